import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { splitWords, UnclosedText } from '../../src/core/shlex.ts'

describe('a command line is split into words as Python does it', () => {
  test.each([
    ['', []],
    ['  \t\n ', []],
    ['ls -l  /tmp', ['ls', '-l', '/tmp']],
    [`echo 'a b' "c d"`, ['echo', 'a b', 'c d']],
    [`a'b c'd"e f"`, ['ab cde f']],
    [`''`, ['']],
    [`a '' b`, ['a', '', 'b']],
    [`"a\\"b\\\\c\\d$"`, ['a"b\\c\\d$']],
    [`'a\\b'`, ['a\\b']],
    ['a\\ b \\\\ \\n', ['a b', '\\', 'n']],
    ['echo "$HOME" # no comment', ['echo', '$HOME', '#', 'no', 'comment']],
    ['a|b && c>d', ['a|b', '&&', 'c>d']],
    ['naïve “quotes”', ['naïve', '“quotes”']],
    ['line\\\nbreak', ['line\nbreak']],
  ])('%j', (text, words) => expect(splitWords(text)).toEqual(words))
})

test.each([
  [`echo 'a`, 'No closing quotation'],
  ['echo "a', 'No closing quotation'],
  ['echo "a\\', 'No escaped character'],
  ['echo a\\', 'No escaped character'],
])('%j is refused: %s', (text, message) => {
  expect(() => splitWords(text)).toThrow(UnclosedText)
  expect(() => splitWords(text)).toThrow(message)
})

test('words that were quoted come back as they were', () => {
  const quote = (word: string) => `'${word.replaceAll("'", `'\\''`)}'`
  fc.assert(fc.property(fc.array(fc.string()), words => void expect(splitWords(words.map(quote).join(' '))).toEqual(words)))
})

test('a comment ends the line where comments are asked for', () => {
  expect(splitWords('a b#c "#d" # e', true)).toEqual(['a', 'b'])
  expect(splitWords('a "#d"\n#x\nb', true)).toEqual(['a', '#d', 'b'])
  expect(splitWords('a #b')).toEqual(['a', '#b'])
})
