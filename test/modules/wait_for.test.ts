import { describe, expect, test } from 'vitest'
import { isUnknown } from '../../src/core/unknown.ts'
import type { WaitAnswer } from '../../src/host/change.ts'
import waitFor from '../../src/modules/wait_for.ts'
import { planOn, resultOn } from './observed-host.ts'

const waited = (satisfied: boolean, more: Partial<WaitAnswer> = {}): WaitAnswer => ({ step: 'wait', satisfied, elapsed: 2.7, ...more })

describe('what is waited for', () => {
  test.each([
    ['a port', { port: 80 }, { kind: 'port', host: '127.0.0.1', port: 80, state: 'started' }],
    ['a port of another host', { port: 80, host: 'db', state: 'present', search_regex: 'SSH' }, { kind: 'port', host: 'db', port: 80, state: 'started', search: 'SSH' }],
    ['a closed port', { port: 80, state: 'stopped' }, { kind: 'port', host: '127.0.0.1', port: 80, state: 'stopped' }],
    ['no connections', { port: 80, state: 'drained', exclude_hosts: ['10.0.0.1'], active_connection_states: ['ESTABLISHED'] }, { kind: 'drained', host: '127.0.0.1', port: 80, states: ['ESTABLISHED'], exclude: ['10.0.0.1'] }],
    ['a file', { path: '~/x' }, { kind: 'path', path: '/root/x', state: 'present' }],
    ['a text in a file', { path: '/x', search_regex: 'do(ne)' }, { kind: 'path', path: '/x', state: 'present', search: 'do(ne)' }],
    ['a file that is gone', { path: '/x', state: 'absent' }, { kind: 'path', path: '/x', state: 'absent' }],
    ['a while', { timeout: 3 }, { kind: 'time' }],
  ])('%s', async (_, parameters, until) => {
    const { changes } = await planOn(waitFor, parameters)
    expect(changes).toMatchObject([{ incidental: true, touches: [], undo: null, steps: [{ step: 'wait', delay: 0, sleep: 1, connectTimeout: 5 }] }])
    expect(changes[0]!.steps[0]).toHaveProperty('until', until)
  })
  test('times go along', async () => {
    const { changes } = await planOn(waitFor, { port: 1, timeout: 7, delay: 2, sleep: 3, connect_timeout: 4 })
    expect(changes[0]!.steps).toMatchObject([{ timeout: 7, delay: 2, sleep: 3, connectTimeout: 4 }])
  })
})

test.each([
  [{ port: 1, path: '/x' }, 'port and path parameter can not both be passed to wait_for'],
  [{ path: '/x', state: 'stopped' }, 'state=stopped should only be used for checking a port in the wait_for module'],
  [{ path: '/x', state: 'drained' }, 'state=drained should only be used for checking a port in the wait_for module'],
  [{ state: 'drained' }, 'state=drained needs a port'],
  [{ port: 1, exclude_hosts: ['a'] }, 'exclude_hosts should only be with state=drained'],
  [{ port: 1, active_connection_states: ['CLOSED'] }, 'unknown active_connection_state (CLOSED) defined'],
  [{ path: '/x', search_regex: '(' }, expect.stringMatching(/^Invalid regular expression: /)],
])('%j is refused', async (parameters, msg) => {
  const plan = await planOn(waitFor, parameters)
  expect(plan.changes).toEqual([])
  expect(plan.result([])).toMatchObject({ failed: true, elapsed: 0, msg })
})

describe('the result', () => {
  test('is never changed', async () => {
    expect(await resultOn(waitFor, { port: 22, search_regex: '(?P<a>O)(x)?' }, {}, [[waited(true, { match: ['O', null], named: { a: 'O' } })]])).toEqual({
      changed: false, state: 'started', port: 22, path: null, search_regex: '(?P<a>O)(x)?', elapsed: 2, match_groups: ['O', null], match_groupdict: { a: 'O' },
    })
    expect(await resultOn(waitFor, { timeout: 2 }, {}, [[waited(false)]])).toMatchObject({ changed: false, elapsed: 2 })
  })
  test.each([
    [{ port: 80 }, 'Timeout when waiting for 127.0.0.1:80'],
    [{ port: 80, search_regex: 'x' }, 'Timeout when waiting for search string x in 127.0.0.1:80'],
    [{ port: 80, state: 'stopped' }, 'Timeout when waiting for 127.0.0.1:80 to stop.'],
    [{ port: 80, state: 'drained' }, 'Timeout when waiting for 127.0.0.1:80 to drain'],
    [{ path: '/x' }, 'Timeout when waiting for file /x'],
    [{ path: '/x', search_regex: 'y' }, 'Timeout when waiting for search string y in /x'],
    [{ path: '/x', state: 'absent' }, 'Timeout when waiting for /x to be absent.'],
    [{ path: '/x', msg: 'too slow' }, 'too slow'],
  ])('of waiting in vain for %j', async (parameters, msg) => {
    expect(await resultOn(waitFor, parameters, {}, [[waited(false)]])).toEqual({ failed: true, changed: false, elapsed: 2, msg })
  })
  test('is unknown in a dry run, which does not wait', async () => {
    const result = await resultOn(waitFor, { port: 80 })
    expect(result.changed).toBe(false)
    expect(isUnknown(result.elapsed)).toBe(true)
  })
})
