import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readJson } from '../../src/federation/json.ts'

const read = (text: string) => readJson(Buffer.from(text))
const oddities = (text: string) => {
  const reading = read(text)
  return reading.ok ? reading.oddities.map(({ kind, message }) => `${kind}: ${message}`) : reading.message
}

describe('what is no JSON is refused, and why', () => {
  test.each([
    ['', 'empty'], [' \n', 'empty'], ['\ufeff{}', 'byte-order-mark'], ['<!DOCTYPE html>', 'syntax'], ['{"a":1,}', 'syntax'], ["{'a':1}", 'syntax'], ['{} {}', 'syntax'],
    ['{"a":1 /* no */}', 'syntax'], ['[01]', 'syntax'], ['[1.]', 'syntax'], ['NaN', 'syntax'], ['"\t"', 'syntax'], ['[\u00a01]', 'syntax'],
    ['['.repeat(10_000), 'syntax'], ['['.repeat(10_000) + ']'.repeat(10_000), 'too-deep'], ['{"a":'.repeat(10_000) + '1' + '}'.repeat(10_000), 'too-deep'],
  ])('%.40j', (text, kind) => expect(read(text)).toMatchObject({ ok: false, kind }))

  test.each([[[0xff]], [[0x22, 0xc3, 0x28, 0x22]], [[0x22, 0xed, 0xa0, 0x80, 0x22]], [[0x22, 0xc0, 0x80, 0x22]]])('bytes %j', bytes =>
    expect(readJson(Uint8Array.from(bytes))).toMatchObject({ ok: false, kind: 'not-utf-8' }))

  test('no message carries what would move a cursor', () => expect((read('\u001b[2J') as { message: string }).message).not.toMatch(/\p{C}/u))
})

describe('what readers see differently is told', () => {
  test.each([
    ['{"a":1,"b":{"a":1}}', []],
    ['{"a":1,"a":2}', ['duplicate-key: a is there twice']],
    ['{"a":[{"b":1,"\\u0062":2}]}', ['duplicate-key: a.0.b is there twice']],
    ['{"a":"x\\"y","b":["a","a"],"c":{}}', []],
    ['[0,-0,9007199254740991,-9007199254740991]', []],
    ['[1.0]', ['number: 0 is 1.0, no integer of at most 53 bits']],
    ['{"valid_until_ts":1e2}', ['number: valid_until_ts is 1e2, no integer of at most 53 bits']],
    ['[0,9007199254740993]', ['number: 1 is 9007199254740993, no integer of at most 53 bits']],
    ['1.5', ['number: the value is 1.5, no integer of at most 53 bits']],
    ['{"a":"\\ud800"}', ['surrogate: a has half of a surrogate pair, which is no character']],
    ['{"a":"\\ud83d\\ude00 \\\\ud800"}', []],
  ])('%s', (text, wanted) => expect(oddities(text)).toEqual(wanted))

  test('but not endlessly', () => expect(oddities(`[${'1.5,'.repeat(10_000)}1]`)).toHaveLength(20))
})

test('members called like what objects have are members', () =>
  expect(read('{"__proto__":{"a":1},"constructor":2}')).toEqual({ ok: true, value: JSON.parse('{"__proto__":{"a":1},"constructor":2}'), oddities: [] }))

test('every JSON text is read as JSON.parse reads it', () =>
  fc.assert(fc.property(fc.json({ maxDepth: 6 }), text => void expect(read(text)).toMatchObject({ ok: true, value: JSON.parse(text) }))))

test('no bytes make it throw', () =>
  fc.assert(fc.property(fc.oneof(fc.uint8Array(), fc.string({ unit: fc.constantFrom(...'{}[],:"\\u0dea1.-+ \n') }).map(text => Buffer.from(text))), bytes => {
    const reading = readJson(bytes)
    expect(reading.ok ? undefined : reading.message).toSatisfy(message => message === undefined || typeof message === 'string')
  }), { numRuns: 2000 }))

test.each([
  ['<!DOCTYPE html><p>', 'not JSON: it is a page in HTML or XML'], ['{"a": 1', 'not JSON: it ends in the middle'], ['[1, 2', 'not JSON: it ends in the middle'], ['', 'not JSON: it is empty'],
  ['{"a": x}', 'not JSON: there is a "x" where none may be'], ['{"a": 1,\n "b": 2,}', 'not JSON: there is a mistake in line 2, column 9'], ['\u0007', 'not JSON: there is a " " where none may be'],
])('what is wrong with %j is said in words', (text, message) => {
  const reading = readJson(Buffer.from(text))
  expect(reading.ok ? '' : reading.message).toBe(message)
})
