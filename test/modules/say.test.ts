import { describe, expect, test } from 'vitest'
import { Unknown, UnknownReached } from '../../src/core/unknown.ts'
import assertModule from '../../src/modules/assert.ts'
import debug from '../../src/modules/debug.ts'
import fail from '../../src/modules/fail.ts'
import ping from '../../src/modules/ping.ts'
import { resultOn } from './observed-host.ts'

const says = { _ansible_verbose_always: true }

describe('debug', () => {
  const variables: Record<string, unknown> = { name: 'matrix', list: [1, 2], none: null, 'a.b': new Unknown('not yet') }
  const more = { variable: (expression: string) => variables[expression] }
  test.each([
    ['greets without parameters', {}, { msg: 'Hello world!', ...says }],
    ['shows null', { msg: null }, { msg: null, ...says }],
    ['shows a message', { msg: ['a', 'b'] }, { msg: ['a', 'b'], ...says }],
    ['shows a variable under its name', { var: 'list' }, { list: [1, 2], ...says }],
    ['shows a variable that is none', { var: 'none' }, { none: null, ...says }],
    ['says that a name is not defined', { var: 'nosuch' }, { nosuch: 'VARIABLE IS NOT DEFINED!', ...says }],
    ['is silent below its verbosity', { msg: 'x', verbosity: 1 }, { skipped: true, skipped_reason: 'Verbosity threshold not met.' }],
  ])('%s', async (_, parameters, wanted) => {
    expect(await resultOn(debug, parameters, {}, [], more)).toEqual({ changed: false, ...wanted })
  })
  test('speaks at its verbosity', async () => {
    expect(await resultOn(debug, { msg: 'x', verbosity: 2 }, {}, [], { verbosity: 2 })).toMatchObject({ msg: 'x' })
  })
  test('shows what is not known yet as such', async () => {
    expect((await resultOn(debug, { var: 'a.b' }, {}, [], more))['a.b']).toBeInstanceOf(Unknown)
  })
})

describe('assert', () => {
  const truths: Record<string, boolean | Unknown> = { yes: true, no: false, later: new Unknown('not yet') }
  const more = {
    condition: (expression: string | boolean) => (typeof expression === 'boolean' ? expression : truths[expression]!),
    variable: (expression: string) => ({ '{{ all }}': ['yes', 'no'], '{{ one }}': 'yes', '{{ truth }}': false })[expression],
  }
  test.each([
    ['holds', { that: ['yes', 'yes'] }, { changed: false, msg: 'All assertions passed', ...says }],
    ['says what it is told to', { that: ['yes'], success_msg: 'fine' }, { changed: false, msg: 'fine', ...says }],
    ['is quiet', { that: [true], quiet: true }, { changed: false, msg: 'All assertions passed' }],
    ['names the condition that does not hold', { that: ['yes', 'no'] }, { failed: true, changed: false, assertion: 'no', evaluated_to: false, msg: 'Assertion failed', ...says }],
    ['says why', { that: ['no'], fail_msg: ['a', 'b'] }, { failed: true, changed: false, assertion: 'no', evaluated_to: false, msg: ['a', 'b'], ...says }],
    ['takes a list from a variable', { that: ['{{ all }}'] }, { failed: true, changed: false, assertion: 'no', evaluated_to: false, msg: 'Assertion failed', ...says }],
    ['takes a condition from a variable', { that: ['{{ one }}'] }, { changed: false, msg: 'All assertions passed', ...says }],
    ['takes a truth from a variable', { that: ['{{ truth }}'] }, { failed: true, changed: false, assertion: false, evaluated_to: false, msg: 'Assertion failed', ...says }],
  ])('%s', async (_, parameters, wanted) => {
    expect(await resultOn(assertModule, parameters, {}, [], more)).toEqual(wanted)
  })
  test('is unknown when a condition is', async () => {
    await expect(resultOn(assertModule, { that: ['yes', 'later'] }, {}, [], more)).rejects.toThrow(UnknownReached)
  })
  test('fails on what is known to be false before what is not known', async () => {
    expect(await resultOn(assertModule, { that: ['no', 'later'] }, {}, [], more)).toMatchObject({ failed: true })
  })
})

test('fail fails with its message', async () => {
  expect(await resultOn(fail, {})).toEqual({ failed: true, changed: false, msg: 'Failed as requested from task' })
  expect(await resultOn(fail, { msg: 'no name' })).toEqual({ failed: true, changed: false, msg: 'no name' })
})

test('ping answers', async () => {
  expect(await resultOn(ping, {})).toEqual({ changed: false, ping: 'pong' })
  expect(await resultOn(ping, { data: 'crash' })).toMatchObject({ failed: true, msg: 'boom' })
})
