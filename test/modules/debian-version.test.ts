import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compareVersions } from '../../src/modules/debian-version.ts'
import { fits, parseSpec } from '../../src/modules/package-spec.ts'

test.each([
  ['1.0', '1.0', 0], ['1.0', '1.1', -1], ['1.10', '1.9', 1], ['1.0~rc1', '1.0', -1], ['1.0~~', '1.0~', -1], ['1.0', '1.0-1', -1], ['1.0-1', '1.0-1+b1', -1],
  ['1:0.9', '2.0', 1], ['0:1.0', '1.0', 0], ['1.0a', '1.0+', -1], ['1.0+', '1.0.1', -1], ['01.002', '1.2', 0], ['5.2.15-2+b8', '5.2.15-2+b13', -1],
  ['2.4.71-1~deb12u1', '2.4.71-1', -1], ['12345678901234567890', '12345678901234567891', -1], ['1.0-', '1.0', 0], ['', '0', 0],
])('%s and %s: %i', (one, other, order) => {
  expect(Math.sign(compareVersions(one, other))).toBe(order)
  expect(Math.sign(compareVersions(other, one))).toBe(order === 0 ? 0 : -order)
})

test('versions have one order', () => {
  const version = fc.stringMatching(/^[0-9][0-9a-b.+~]{0,4}(-[0-9a~]{1,2})?$/)
  fc.assert(
    fc.property(version, version, version, (a, b, c) => {
      expect(compareVersions(a, a)).toBe(0)
      expect(Math.sign(compareVersions(a, b))).toBe(0 - Math.sign(compareVersions(b, a)))
      if (compareVersions(a, b) <= 0 && compareVersions(b, c) <= 0) expect(compareVersions(a, c)).toBeLessThanOrEqual(0)
    }),
  )
})

test.each([
  ['apache2', { name: 'apache2' }], ['apache2=2.4*', { name: 'apache2', operator: '=', version: '2.4*' }], ['libc6:i386 >= 2', { name: 'libc6:i386', operator: '>=', version: '2' }],
  ['a=b=c', undefined], ['a b', undefined], ['', undefined], ['a=', undefined],
])('%j is read as %j', (text, spec) => expect(parseSpec(text)).toEqual(spec && { text, ...spec }))

test.each([['a', '1', true], ['a=1.*', '1.2', true], ['a=1.*', '2', false], ['a>=1.2', '1.10', true], ['a>=1.2', '1.1', false]])('%s takes %s: %j', (text, version, taken) =>
  expect(fits(version, parseSpec(text)!)).toBe(taken))
