import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Scene } from '../engine/stage.ts'
import { labHosts, noLab, onLab } from '../lab/hosts.ts'

const tasks = (name: string) => `
    - {name: copy, copy: {content: one, dest: sub/${name}}}
    - {name: line, lineinfile: {path: sub/${name}, line: two}}
    - {name: touch, file: {path: ./touched, state: touch}}
    - {name: look, stat: {path: sub/${name}}}
    - {name: read, slurp: {src: sub/../sub/${name}}}
    - {name: wait, wait_for: {path: sub/${name}, timeout: 1}}
    - {name: command, command: pwd}
    - {name: shell, shell: pwd && cat ${name}, args: {chdir: sub}}
    - {name: created, command: {cmd: 'false', creates: sub/${name}}}
    - {name: removed, command: {cmd: rm touched, removes: touched}}
`

describe('relative paths begin where commands begin', () => {
  test('on this machine: where the playbook is, wherever the tool was started', async () => {
    using scene = new Scene({ 'site.yml': `- hosts: localhost\n  gather_facts: false\n  tasks:${tasks('x')}` })
    mkdirSync(join(scene.directory, 'sub'))
    expect(process.cwd()).not.toBe(scene.directory)
    for (const checkMode of [true, false]) {
      const ran = await scene.run({ checkMode })
      expect(ran.recap()).toMatchObject({ failed: 0 })
      if (checkMode) continue
      expect(ran.result('command').result.stdout).toBe(scene.directory)
      expect(ran.result('shell').result.stdout).toBe(`${scene.directory}/sub\none\ntwo`)
      expect(ran.result('look').result.stat).toMatchObject({ exists: true, path: `${scene.directory}/sub/x` })
      expect(Buffer.from(String(ran.result('read').result.content), 'base64').toString()).toBe('one\ntwo\n')
      expect(ran.result('created').status).toBe('ok')
      expect(readdirSync(scene.directory).sort()).toEqual(['site.yml', 'sub'])
    }
  })

  test('of several playbooks each has its own place', async () => {
    const play = (name: string) => `- hosts: localhost\n  gather_facts: false\n  tasks:\n    - {name: ${name}, shell: pwd > here}\n    - {copy: {content: "{{ playbook_dir }}", dest: there}}\n`
    using scene = new Scene({ 'a/site.yml': play('a'), 'b/site.yml': `${play('b')}- import_playbook: ../a/site.yml\n` })
    expect((await scene.run({ playbooks: ['b', 'a'].map(name => join(scene.directory, name, 'site.yml')) })).recap()).toMatchObject({ failed: 0 })
    for (const name of ['a', 'b'])
      for (const file of ['here', 'there']) expect(readFileSync(join(scene.directory, name, file), 'utf8').trim(), `${name}/${file}`).toBe(join(scene.directory, name))
  })
})

describe.skipIf(noLab)(onLab('on a host'), () => {
  const lab = labHosts(1)
  const play = (keywords: string, body: string) => `- hosts: lab1\n  gather_facts: false\n${keywords}  tasks:${body}`

  test('they begin in the home of who logs in, also when rights are raised', async () => {
    using scene = new Scene({
      'site.yml': play('', `\n    - {name: mkdir, file: {path: sub, state: directory}}${tasks('x')}`),
      'root.yml': play('  become: true\n', `${tasks('y')}    - {name: home, file: {path: ~/at-home, state: touch}}\n`),
      'plain.yml': play('  become: true\n  become_user: plain\n', '\n    - {name: command, command: pwd}\n    - {name: look, stat: {path: etc}}\n'),
    })
    await lab.sh('lab1', 'chmod 700 /home/deploy')
    const run = (name: string) => scene.run({ playbooks: [join(scene.directory, name)], inventory: [lab.lab.inventory], connection: 'ssh', user: 'deploy' })
    const own = await run('site.yml')
    expect(own.recap('lab1')).toMatchObject({ failed: 0 })
    expect(own.result('command').result.stdout).toBe('/home/deploy')
    const root = await run('root.yml')
    expect(root.recap('lab1')).toMatchObject({ failed: 0 })
    expect(root.result('command').result.stdout).toBe('/home/deploy')
    expect(await lab.sh('lab1', 'cd /home/deploy; ls sub; cat sub/y; ls /root/at-home')).toBe('x\ny\none\ntwo\n/root/at-home\n')
    // Whom that home is closed to begins at the root directory.
    const plain = await run('plain.yml')
    expect(plain.result('command').result.stdout).toBe('/')
    expect(plain.result('look').result.stat).toMatchObject({ exists: true, path: '/etc' })
  }, 120_000)
})
