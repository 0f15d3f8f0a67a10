import { escapePattern, type PatternFlags, pattern } from '../../../core/python-regex.ts'
import { fail } from '../fail.ts'
import { bounded } from '../fuel.ts'
import { integerOf, textOf } from '../python/convert.ts'
import { str } from '../python/text.ts'
import { truth } from '../python/truth.ts'
import { type Thing, tuple } from '../thing.ts'
import { filter, type Filters } from './filter.ts'

export const flagsOf = (ignoreCase: Thing, multiline: Thing): PatternFlags => ({ ignoreCase: truth(ignoreCase), multiline: truth(multiline) })

const compile = (text: Thing, ignoreCase: Thing, multiline: Thing) => pattern(textOf(text, 'the regular expression'), flagsOf(ignoreCase, multiline))

/** Filters that use regular expressions as Python reads them. */
export const regexFilters: Filters = {
  regex_escape: filter('re_type?', (value, { re_type = 'python' }) => {
    if (re_type === 'python') return escapePattern(str(value))
    if (re_type === 'posix_basic') return str(value).replaceAll(/[\].[^$*\\]/g, '\\$&')
    return fail(re_type === 'posix_extended' ? 'Regex type (posix_extended) not yet implemented' : `Invalid regex type (${str(re_type)})`, "The types are 'python' and 'posix_basic'.")
  }),
  regex_findall: filter('regex multiline? ignorecase?', (value, { regex, multiline = false, ignorecase = false }) =>
    compile(regex, ignorecase, multiline).findAll(str(value)).map(found => (typeof found === 'string' ? found : tuple(found)))),
  regex_replace: filter('pattern? replacement? ignorecase? multiline? count? mandatory_count?',
    (value, { pattern: wanted = '', replacement = '', ignorecase = false, multiline = false, count = 0, mandatory_count = 0 }) => {
      const result = compile(wanted, ignorecase, multiline).substitute(str(value), textOf(replacement, 'the replacement'), integerOf(count, 'the count'))
      const wantedCount = integerOf(mandatory_count, 'mandatory_count')
      if (wantedCount !== 0 && wantedCount !== result.count) fail(`'${str(wanted)}' should match ${wantedCount} times, and matches ${result.count} times`)
      bounded(result.text.length)
      return result.text
    }),
  regex_search: filter('regex *groups ignorecase? multiline?', (value, { regex, groups, ignorecase = false, multiline = false }) => {
    const expression = compile(regex, ignorecase, multiline)
    const found = expression.search(str(value))
    if (!found) return null
    if (groups.length === 0) return found.text
    return groups.map(group => {
      const [, name, number] = /^\\(?:g<(\S+)>|(\d+))/.exec(textOf(group, 'a group')) ?? fail(`'${str(group)}' names no group`, "A group is named '\\\\1' or '\\\\g<name>'.")
      const at = expression.groupNumber(name ?? number!)
      return at === 0 ? found.text : (found.groups[at - 1] ?? null)
    })
  }),
}
