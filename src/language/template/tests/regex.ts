import { pattern } from '../../../core/python-regex.ts'
import { fail } from '../fail.ts'
import { flagsOf } from '../filters/regex.ts'
import { textOf } from '../python/convert.ts'
import { str } from '../python/text.ts'
import type { Thing } from '../thing.ts'
import { test, type Tests } from './test.ts'

type Way = 'search' | 'match' | 'fullmatch'

function matches(value: Thing, wanted: Thing, ignoreCase: Thing, multiline: Thing, way: Way): boolean {
  const expression = pattern(textOf(wanted, 'the regular expression'), flagsOf(ignoreCase, multiline))
  const text = str(value)
  return (way === 'search' ? expression.search(text) : way === 'match' ? expression.match(text) : expression.fullMatch(text)) !== undefined
}

const by = (way: Way) => test('pattern? ignorecase? multiline?', (value, { pattern: wanted = '', ignorecase = false, multiline = false }) => matches(value, wanted, ignorecase, multiline, way))

/** `match` looks at the beginning of the text, `search` everywhere. */
export const regexTests: Tests = {
  match: by('match'),
  regex: test('pattern? ignorecase? multiline? match_type?', (value, { pattern: wanted = '', ignorecase = false, multiline = false, match_type = 'search' }) =>
    matches(value, wanted, ignorecase, multiline, ['search', 'match', 'fullmatch'].includes(match_type as string) ? (match_type as Way) : fail("match_type is 'search', 'match' or 'fullmatch'"))),
  search: by('search'),
}
