import { expect, test } from 'vitest'
import { failureBlock, failureKey, shortMessage } from '../../src/report/failure.ts'
import { Failures } from '../../src/report/failures.ts'
import { createPaint } from '../../src/report/paint.ts'
import { outcomes, type Outcome } from '../../src/report/outcome.ts'
import type { HostResult, TaskResult } from '../../src/core/event.ts'
import * as streams from './streams.ts'

const options = { columns: 80, paint: createPaint(false), verbosity: 0 }

function outcome(host: string, result: TaskResult, more: Partial<HostResult> = {}, items: readonly [string, TaskResult][] = []): Outcome {
  const taken: Outcome[] = []
  const listener = outcomes(one => taken.push(one))
  listener(streams.task(1, 'A task', 'command', 5, [host]))
  for (const [name, data] of items) listener(streams.item(1, host, name, data.failed ? 'failed' : 'ok', [], data))
  listener(streams.result(1, host, 'failed', { result, looped: items.length > 0, ...more }))
  return taken[0]!
}
const block = (one: Outcome, verbosity = 0) => failureBlock(one, [one.host], { ...options, verbosity }).split('\n').slice(1)

test.each<[what: string, result: TaskResult, lines: string[]]>([
  ['a message with its hint', { msg: 'no', hint: 'Try yes.' }, ['    no', '    Try yes.']],
  ['a command that failed says what it wrote to stderr', { msg: 'non-zero return code', rc: 2, cmd: ['ls', 'x'], stderr: 'ls: no x\n', stdout: 'o' }, ['    ls x ended with 2:', '      ls: no x']],
  ['or to stdout when stderr is empty', { msg: 'non-zero return code', rc: 1, cmd: 'check', stdout: 'bad', stderr: '' }, ['    check ended with 1:', '      bad']],
  ['a command of several words is shown as it could be typed', { msg: 'non-zero return code', rc: 3, cmd: ['sh', '-c', "echo 'a'; exit 3"] }, ["    sh -c 'echo '\\''a'\\''; exit 3' ended with 3"]],
  ['a command without output', { msg: 'non-zero return code', rc: 1, cmd: 'false', stdout: '', stderr: '' }, ['    false ended with 1']],
  ['output that the message holds already is not said twice', { msg: 'apt failed: E: no', stderr: 'E: no' }, ['    apt failed: E: no']],
  ['a message that is no text', { msg: ['a', { b: 1 }] }, ['    ["a",{"b":1}]']],
  ['no_log', { censored: 'hidden' }, ['    hidden']],
  ['nothing at all', {}, ['    failed without a message']],
])('%s', (_what, result, lines) => expect(block(outcome('lab1', result))).toEqual(lines))

test('of long output the end is shown, with -v all', () => {
  const one = outcome('lab1', { msg: 'non-zero return code', rc: 1, cmd: 'make', stderr: Array.from({ length: 30 }, (_, n) => `line ${n}`).join('\n') })
  expect(block(one)).toHaveLength(22)
  expect(block(one)[1]).toBe('      … 10 lines before these, shown with -v')
  expect(block(one).at(-1)).toBe('      line 29')
  expect(block(one, 1)).toHaveLength(31)
})

test('items that fail are told one by one, and no more than five', () => {
  const one = outcome('lab1', { msg: 'One or more items failed' }, {}, Array.from({ length: 8 }, (_, n) => [`i${n}`, { failed: n > 0, msg: `m${n}` }]))
  expect(block(one)).toEqual(['    i1: m1', '    i2: m2', '    i3: m3', '    i4: m4', '    i5: m5', '    … and 2 more items'])
})

test('long hints are broken at words', () => {
  const lines = block(outcome('lab1', { msg: 'no', hint: 'word '.repeat(40).trim() }))
  expect(Math.max(...lines.map(line => line.length))).toBeLessThanOrEqual(80)
})

test('a message that announces output is shortened with its first line', () => {
  expect(shortMessage(outcome('lab1', { msg: 'it said:\n  why' }))).toBe('it said: why')
})

test('failures that differ in the host and its address only are one', () => {
  const refused = (host: string, address: string) => outcome(host, { msg: `${host} (${address}) refuses the connection` }, { status: 'unreachable' })
  expect(failureKey(refused('web1', '10.0.0.1:22'))).toBe(failureKey(refused('web2', '10.0.0.2:22')))
  expect(failureKey(refused('web1', '10.0.0.1:22'))).not.toBe(failureKey(outcome('web1', { msg: 'other' }, { status: 'unreachable' })))
  expect(failureKey(outcome('a', { msg: 'a bad apple' }))).toBe(failureKey(outcome('b', { msg: 'a bad apple' })))
})

test('a rescued failure is none; others keep their hosts', () => {
  const failures = new Failures()
  expect([failures.add(outcome('lab1', { msg: 'no' })), failures.add(outcome('lab2', { msg: 'no' }))]).toEqual([true, false])
  expect(failures.rescued('lab1', 1)?.name).toBe('A task')
  expect(failures.rescued('lab1', 1)).toBeUndefined()
  expect(failures.all().map(({ hosts }) => hosts)).toEqual([['lab2']])
})

test('when many hosts fail alike, all of them are named', () => {
  const hosts = streams.fleet(12)
  expect(failureBlock(outcome('web001', { msg: 'no' }), hosts, options)).toBe(
    `✖ 12 hosts (web001, web002, … web012): A task             playbooks/site.yml:5:7
    web001 web002 web003 web004 web005 web006 web007 web008 web009 web010 web011
    web012
    no`)
})
