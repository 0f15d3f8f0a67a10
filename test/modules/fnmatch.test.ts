import { expect, test } from 'vitest'
import { fnmatch, isPattern } from '../../src/modules/fnmatch.ts'

test.each([
  ['*.conf', 'a.conf', true], ['*.conf', 'a.config', false], ['a?c', 'abc', true], ['a?c', 'ac', false],
  ['[abc]', 'b', true], ['[!abc]', 'b', false], ['[a-c]x', 'bx', true], ['[c-a]', 'b', false], ['[!c-a]', 'b', true],
  ['[]]', ']', true], ['[!]]', ']', false], ['a[', 'a[', true], ['[a-]', '-', true], ['[-a]', '-', true], ['[^a]', '^', true],
  ['a.b', 'axb', false], ['$^', '$^', true], ['(a|b)', '(a|b)', true], ['*', 'a\nb', true], ['', '', true],
])('%s and %j: %j', (pattern, name, matches) => expect(fnmatch(pattern).test(name)).toBe(matches))

test('a name without special characters is no pattern', () => {
  expect(['a.b', 'a*', 'a?', 'a[', 'a]', 'a!'].map(isPattern)).toEqual([false, true, true, true, false, false])
})
