import { describe, expect, test } from 'vitest'
import { Scene } from '../engine/stage.ts'
import { labHosts, noLab, onLab } from '../lab/hosts.ts'

describe.skipIf(noLab)(onLab('a host is reached as each task says'), () => {
  const lab = labHosts(2)
  const run = (scene: Scene, more: Parameters<Scene['run']>[0] = {}) => scene.run({ inventory: [lab.lab.inventory], connection: undefined, ...more })

  test('plays, tasks and delegates log in as the user that is theirs', async () => {
    using scene = new Scene({
      'site.yml': `- hosts: lab1
  gather_facts: false
  remote_user: plain
  tasks:
    - {name: play, command: id -un, register: said, vars: {ansible_user: plain}}
    - {name: variable, command: id -un, vars: {ansible_user: deploy}}
    - {name: delegate, command: "sh -c 'id -un; hostname'", delegate_to: lab2}
    - {name: become, command: id -un, become: true, vars: {ansible_user: deploy}}
- hosts: lab1
  gather_facts: false
  tasks:
    - {name: the inventory, command: "sh -c 'id -un; echo {{ ansible_user }} {{ said.stdout }}'"}
    - {name: mine, copy: {content: x, dest: /tmp/mine}}
    - {name: reset, meta: reset_connection}
    - {name: seen by another, stat: {path: /tmp/mine}, register: seen, vars: {ansible_user: plain}}
    - {name: gone, file: {path: /tmp/mine, state: absent}}
    - {name: seen to be gone, stat: {path: /tmp/mine}, vars: {ansible_user: plain}}
`,
    })
    const ran = await run(scene)
    const said = (task: string) => String(ran.result(task).result.stdout).split('\n')
    expect(ran.recap('lab1')).toMatchObject({ failed: 0, unreachable: 0 })
    expect([said('play'), said('variable'), said('delegate'), said('become'), said('the inventory')]).toEqual([['plain'], ['deploy'], ['deploy', 'lab2'], ['root'], ['deploy', 'deploy plain']])
    expect([ran.result('seen by another'), ran.result('seen to be gone')].map(({ result }) => (result.stat as { exists: boolean }).exists)).toEqual([true, false])
  })

  test('what a task with other rights notifies is found by the next run', async () => {
    using scene = new Scene({
      'site.yml': `- hosts: lab1
  gather_facts: false
  tasks:
    - {name: Conf, copy: {content: x, dest: "/home/plain/conf"}, become: true, become_user: plain, notify: Mark}
    - {name: Trouble, fail: {msg: stop}, when: trouble | bool}
  handlers:
    - {name: Mark, command: touch /root/marked, become: true}
`,
    })
    expect((await run(scene, { extraVars: ['trouble=yes'] })).story).toEqual(['Conf: changed', 'Trouble: failed'])
    const notes = () => lab.sh('lab1', "find / -xdev -path '*/matrix-provision/pending/*' -type f -printf '%u %p\\n'")
    expect(await notes()).toBe('deploy /home/deploy/.local/state/matrix-provision/pending/site.yml%20lab1/Mark\n')
    expect((await run(scene, { extraVars: ['trouble=no'] })).story).toEqual(['Conf: ok', 'Trouble: skipped', 'Mark: changed'])
    expect(await lab.sh('lab1', 'ls /root/marked')).toBe('/root/marked\n')
    expect(await notes()).toBe('')
  })
})
