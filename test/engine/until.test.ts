import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Scene } from './stage.ts'

/** A server that answers with each of some statuses in turn, and with the last for ever. */
async function serverOf(...statuses: readonly number[]) {
  let asked = 0
  const server = createServer((_, response) => response.writeHead(statuses[Math.min(asked++, statuses.length - 1)]!).end('here\n')).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, asked: () => asked, [Symbol.dispose]: () => server.close() }
}

const play = (tasks: string) => `- hosts: localhost\n  gather_facts: false\n  tasks:\n${tasks.replace(/^(?=.)/gm, '    ')}`

test('each try of until asks the server again', async () => {
  using server = await serverOf(503, 503, 200)
  using scene = new Scene({ 'site.yml': play(`- {name: up, uri: {url: "${server.url}", status_code: [200, 503]}, register: answer, until: answer.status == 200, retries: 5, delay: 0}\n- {name: say, debug: {msg: "{{ answer.attempts }}"}}\n`) })
  const ran = await scene.run()
  expect(ran.story).toEqual(['up: ok', 'say: ok'])
  expect(ran.result('say').result.msg).toBe(3)
  expect(server.asked()).toBe(3)
  expect(ran.events.filter(event => event.type === 'retry').map(event => [event.attempt, event.attempts, event.result.status])).toEqual([[1, 6, 503], [2, 6, 503]])
})

test('tries that are used up fail the task, with the number of retries as attempts', async () => {
  using server = await serverOf(503)
  using scene = new Scene({ 'site.yml': play(`- {name: up, uri: {url: "${server.url}", status_code: 503}, register: answer, until: answer.status == 200, retries: 2, delay: 0}\n`) })
  const ran = await scene.run()
  expect(ran.result('up')).toMatchObject({ status: 'failed', result: { attempts: 2 } })
  expect(server.asked()).toBe(3)
})

test('a dry run tries again as well, since it only looks', async () => {
  using server = await serverOf(503, 200)
  using scene = new Scene({ 'site.yml': play(`- {name: up, uri: {url: "${server.url}", status_code: [200, 503]}, register: answer, until: answer.status == 200, retries: 3, delay: 0}\n`) })
  expect((await scene.run({ checkMode: true })).story).toEqual(['up: ok'])
  expect(server.asked()).toBe(2)
})

test('what somebody else makes in the meantime is seen by the next try', async () => {
  using scene = new Scene({ 'site.yml': play('- {name: wait, stat: {path: DIR/flag}, register: flag, until: flag.stat.exists, retries: 50, delay: 0.05}\n') })
  const path = join(scene.directory, 'flag')
  setTimeout(() => writeFileSync(path, ''), 300)
  const ran = await scene.run()
  expect(existsSync(path)).toBe(true)
  expect(ran.story).toEqual(['wait: ok'])
  expect(ran.result('wait').result.attempts).toBeGreaterThan(1)
})

test.each<[string, string, number, string]>([
  ['until it does not fail', 'retries: 5', 3, 'changed 3 False'],
  ['as often as it may', 'retries: 1', 2, 'failed 1 True'],
  ['once where it may not', 'retries: 0', 1, 'failed none True'],
  ['as often as failed_when says', 'retries: 5, failed_when: made.rc == 1 and made.attempts < 2', 2, 'changed 2 False'],
  ['once where until holds, though it fails', 'retries: 5, until: true', 1, 'failed 1 True'],
])('a task with retries alone is tried %s', async (_, keywords, tries, wanted) => {
  using scene = new Scene({
    'site.yml': play(`- {name: try, shell: "echo x >> DIR/count; test $(wc -l < DIR/count) -ge 3", register: made, ignore_errors: true, delay: 0, ${keywords}}
- {name: say, debug: {msg: "{{ made.attempts | default('none') }} {{ made.failed }}"}}
`),
  })
  const ran = await scene.run()
  expect(`${ran.result('try').status} ${ran.result('say').result.msg as string}`).toBe(wanted)
  expect(readFileSync(join(scene.directory, 'count'), 'utf8').length / 2).toBe(tries)
})

test('keywords that are numbers may be floats that are whole', async () => {
  using scene = new Scene({ 'site.yml': play('- {name: try, command: "false", retries: 1.0, delay: 0.0, timeout: 5.0, throttle: 1.0, register: made, failed_when: made.attempts < 2}\n').replace('  tasks', '  serial: "{{ 2 / 2 }}"\n  tasks') })
  expect((await scene.run()).result('try').result.attempts).toBe(2)
})
