import { describe, expect, test } from 'vitest'
import { failure, shown } from './given.ts'

// What ansible-core 2.18 gives for the same expressions, printed as the item of a list, with the variables of given.ts.
const results = [
  ["ls | map('regex_replace', '^', 'x') | list", "['xb', 'xA', 'xc', 'xa']"],
  ["s | regex_replace('o', '0')", "'Hell0, W0rld'"],
  ["s | regex_replace('(\\\\w+), (\\\\w+)', '\\\\2 \\\\1')", "'World Hello'"],
  ["s | regex_replace('(?P<a>\\\\w+), (?P<b>\\\\w+)', '\\\\g<b> \\\\g<a>')", "'World Hello'"],
  ["s | regex_replace('HELLO', 'x', ignorecase=true)", "'x, World'"],
  ["text | regex_replace('^', '# ', multiline=true)", "'# first line\\n# second line\\n# \\n# fourth'"],
  ["text | regex_replace('line$', 'LINE')", "'first line\\nsecond line\\n\\nfourth'"],
  ["'aaa' | regex_replace('a', 'b', count=2)", "'bba'"],
  ["'aaa' | regex_replace('a', 'b', mandatory_count=3)", "'bbb'"],
  ["'abc' | regex_replace('x*', '-')", "'-a-b-c-'"],
  ["'abc' | regex_replace('(b)|c', '[\\\\1]')", "'a[b][]'"],
  ["'a.b' | regex_replace('\\\\.', '\\\\\\\\.')", "'a\\\\.b'"],
  ["s | regex_search('W.*')", "'World'"],
  ["s | regex_search('z')", 'None'],
  ["s | regex_search('(\\\\w+), (\\\\w+)', '\\\\1', '\\\\2')", "['Hello', 'World']"],
  ["s | regex_search('(?P<x>\\\\w+),', '\\\\g<x>')", "['Hello']"],
  ["s | regex_search('(?i)hello')", "'Hello'"],
  ["s | regex_search('HELLO', ignorecase=true)", "'Hello'"],
  ["s | regex_search('(z)', '\\\\1')", 'None'],
  ["s | regex_findall('o')", "['o', 'o']"],
  ["s | regex_findall('(\\\\w)(o)')", "[('l', 'o'), ('W', 'o')]"],
  ["s | regex_findall('(l)')", "['l', 'l', 'l']"],
  ["text | regex_findall('^\\\\w+', multiline=true)", "['first', 'second', 'fourth']"],
  ["'a.b*c' | regex_escape", "'a\\\\.b\\\\*c'"],
  ["'a.b*c[]' | regex_escape('posix_basic')", "'a\\\\.b\\\\*c\\\\[\\\\]'"],
  ["'foo123bar' | regex_findall('[0-9]+|[a-z]{2}')", "['fo', '123', 'ba']"],
] as const

const mistakes = [
  ["'aaa' | regex_replace('a', 'b', mandatory_count=2)", 'template-error'],
  ["'abc' | regex_replace('(', '')", 'pattern'],
  ["'abc' | regex_replace('b', '\\\\q')", 'pattern'],
  ["'x' | regex_escape('posix_extended')", 'template-error'],
] as const

describe('regular expressions', () => {
  test.each(results)('%s is %s', (expression, text) => expect(shown(expression)).toBe(text))
  test.each(mistakes)('%s is the mistake %s', (expression, code) => expect(failure(`{{ ${expression} }}`).code).toBe(code))
})
