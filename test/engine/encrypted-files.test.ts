import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Scene } from './stage.ts'

const encrypted = '$ANSIBLE_VAULT;1.1;AES256\n33363965326261303437393066393462\n'

test.each([
  ['copy: {src: secret, dest: out/x}'], ['copy: {src: tree, dest: out/}'], ['template: {src: secret, dest: out/x}'], ['uri: {url: "http://127.0.0.1:9/", method: PUT, src: secret}'],
])('what is encrypted is not handed on as it is: %s', async task => {
  using scene = new Scene({ 'site.yml': `- hosts: localhost\n  gather_facts: false\n  tasks:\n    - {name: t, ${task}}\n`, 'files/secret': encrypted, 'files/tree/secret': encrypted, 'templates/secret': encrypted })
  mkdirSync(join(scene.directory, 'out'))
  const ran = await scene.run()
  expect(ran.result('t')).toMatchObject({ status: 'failed', result: { msg: expect.stringMatching(/secret is encrypted/) } })
  expect(existsSync(join(scene.directory, 'out/x'))).toBe(false)
})

test('unless that is asked for', async () => {
  using scene = new Scene({ 'site.yml': '- hosts: localhost\n  gather_facts: false\n  tasks:\n    - {copy: {src: secret, dest: out, decrypt: false}}\n    - {copy: {src: tree/, dest: deep/, decrypt: false}}\n', 'files/secret': encrypted, 'files/tree/secret': encrypted })
  expect((await scene.run()).recap()).toMatchObject({ failed: 0 })
  for (const path of ['out', 'deep/secret']) expect(readFileSync(join(scene.directory, path), 'utf8')).toBe(encrypted)
})
