import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hostList, inOrder } from '../../src/report/hosts.ts'
import { printable, printableLine } from '../../src/report/printable.ts'
import { jsonText, valueText } from '../../src/report/value-text.ts'
import { edges, fill, fit, pad, width } from '../../src/report/width.ts'
import { count, grouped, listed, seconds } from '../../src/report/words.ts'
import { Unknown } from '../../src/core/unknown.ts'

test.each([
  [0, '0.0 s'], [0.44, '0.4 s'], [9.94, '9.9 s'], [9.96, '10 s'], [59.4, '59 s'], [59.6, '1 min'], [75, '1 min 15 s'], [3600, '1 h'], [7500, '2 h 5 min'],
])('%s seconds are said as %s', (duration, text) => expect(seconds(duration)).toBe(text))

test('numbers, plurals and lists read as a person writes them', () => {
  expect([count(1, 'host'), count(0, 'host'), count(1234567, 'line'), grouped(999)]).toEqual(['1 host', '0 hosts', '1,234,567 lines', '999'])
  expect([listed([]), listed(['a']), listed(['a', 'b', 'c'])]).toEqual(['', 'a', 'a, b and c'])
})

describe('width', () => {
  test.each([['abc', 3], ['日本', 4], ['é', 1], ['e\u0301', 1], ['\u001b[31mred\u001b[39m', 3], ['✔', 1], ['🚀', 2], ['', 0]])('%j takes %i columns', (text, columns) =>
    expect(width(text)).toBe(columns))

  test('a text that is fitted never takes more than its room and never loses its beginning', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 2, max: 40 }), (text, columns) => {
      const fitted = fit(text, columns)
      expect(width(fitted)).toBeLessThanOrEqual(Math.max(columns, 1))
      expect(text.startsWith(fitted.replace(/…$/, '')) || fitted === text).toBe(true)
    }))
  })

  test('both edges of a line are kept, also when it is too long', () => {
    expect(edges('left', 'right', 12)).toBe('left   right')
    expect(edges('left', 'right', 3)).toBe('left  right')
    expect(edges('left', '', 30)).toBe('left')
    expect(pad('日', 4)).toBe('日  ')
  })

  test('words are filled into lines and stay whole', () => expect(fill(['aa', 'bb', 'ccccccc', 'd'], 5)).toEqual(['aa bb', 'ccccccc', 'd']))
})

describe('printable', () => {
  test.each([
    ['a\u001b[2Jb', 'a\\x1b[2Jb'], ['bell\u0007', 'bell\\x07'], ['one\r\ntwo', 'one\ntwo'], ['over\rwritten', 'over\\rwritten'],
    ['\u202egnp.exe', '\\u202egnp.exe'], ['\u009b31m', '\\x9b31m'], ['tab\tnew\nline', 'tab\tnew\nline'], ['grüße ✔', 'grüße ✔'],
  ])('%j is shown as %j', (text, shown) => expect(printable(text)).toBe(shown))

  test('whatever it is, it stays on its line', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), text => {
      expect(printableLine(text)).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/)
    }))
  })
})

describe('hosts', () => {
  const many = Array.from({ length: 198 }, (_, n) => `web${n + 1}`)
  test.each([
    [['a', 'b'], 1, 'a, b'], [['a', 'b', 'c'], 20, 'a, b, c'], [many, 40, '198 hosts (web1, web2, … web198)'], [many, 10, '198 hosts'], [many.slice(0, 4), Infinity, 'web1, web2, web3, web4'],
  ])('%j in %i columns', (hosts, columns, text) => expect(hostList(hosts, columns)).toBe(text))

  test('web2 comes before web10', () => expect(inOrder(['web10', 'web2', 'db'])).toEqual(['db', 'web2', 'web10']))
})

describe('values', () => {
  test.each([
    [null, 'none'], [undefined, 'none'], ['0644', '0644'], ['', '""'], [' x', '" x"'], [true, 'true'], [12, '12'], [['a', 'b'], 'a, b'], [[], '[]'], [{ a: 1 }, '{"a":1}'],
    ['x'.repeat(100), `${'x'.repeat(59)}…`], ['two\nlines', 'two\\nlines'],
  ])('%o is said as %s', (value, text) => expect(valueText(value)).toBe(text))

  test('JSON takes what JSON has no form for', () => {
    const data = { big: 2n ** 70n, small: 5n, unknown: new Unknown('later'), bytes: new TextEncoder().encode('text'), buffer: Buffer.from('text'), binary: Uint8Array.of(255, 0), map: new Map([['a', 1]]), nan: NaN }
    expect(JSON.parse(jsonText(data))).toEqual({
      big: '1180591620717411303424', small: 5, unknown: '(known after apply)', bytes: 'text', buffer: 'text', binary: 'base64:/wA=', map: { a: 1 }, nan: 'NaN',
    })
    const circle: { self?: unknown } = {}
    circle.self = circle
    expect(() => jsonText(circle)).not.toThrow()
  })
})
