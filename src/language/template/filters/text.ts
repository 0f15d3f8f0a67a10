import { fail } from '../fail.ts'
import { bounded } from '../fuel.ts'
import { percentFormat } from '../python/percent-format.ts'
import { prettyPrint } from '../python/pretty-print.ts'
import { capitalize } from '../python/character.ts'
import { integerOf, textOf } from '../python/convert.ts'
import { splitLines, split, splitRight, strip } from '../python/split.ts'
import { centre, replaceText } from '../python/string-methods.ts'
import { str } from '../python/text.ts'
import { wrap } from '../python/text-wrap.ts'
import { truth } from '../python/truth.ts'
import { characters, textLength } from '../python/type.ts'
import { dictionary } from '../python/dictionary.ts'
import { type Thing, tuple } from '../thing.ts'
import { filter, type Filters } from './filter.ts'

const optional = (thing: Thing | undefined, what: string): string | undefined => (thing === undefined || thing === null ? undefined : textOf(thing, what))

/** Filters on text. */
export const textFilters: Filters = {
  capitalize: filter('', value => capitalize(str(value))),
  center: filter('width?', (value, { width = 80 }) => {
    const text = str(value)
    const missing = integerOf(width, 'the width') - textLength(text)
    if (missing <= 0) return text
    bounded(missing)
    const left = centre(missing, integerOf(width, 'the width'))
    return ' '.repeat(left) + text + ' '.repeat(missing - left)
  }),
  comment: filter('style? **options', (value, { style = 'plain', options }) => comment(str(value), str(style), options)),
  format: filter('*positional **named', (value, { positional, named }) => {
    if (positional.length > 0 && named.size > 0) fail('format takes arguments by position or by name, not both')
    return percentFormat(str(value), named.size > 0 ? dictionary(named) : tuple(positional))
  }),
  indent: filter('width? first? blank?', (value, { width = 4, first = false, blank = false }) => {
    const by = typeof width === 'string' ? width : ' '.repeat((bounded(integerOf(width, 'the width')), Math.max(0, integerOf(width, 'the width'))))
    const [head = '', ...lines] = splitLines(`${str(value)}\n`)
    bounded((lines.length + 1) * by.length)
    const rest = lines.map(line => (line !== '' || truth(blank) ? by + line : line))
    return (truth(first) ? by : '') + [head, ...rest].join('\n')
  }),
  lower: filter('', value => str(value).toLowerCase()),
  pprint: filter('', value => prettyPrint(value)),
  quote: filter('', value => shellQuote(value === null ? '' : str(value))),
  replace: filter('old new count?', (value, { old, new: fresh, count = null }) => replaceText(str(value), str(old), str(fresh), count === null ? -1 : integerOf(count, 'the count'))),
  split: filter('sep? maxsplit?', (value, { sep, maxsplit = -1 }) => [...split(textOf(value, 'what is split'), optional(sep, 'the separator'), integerOf(maxsplit, 'maxsplit'))]),
  title: filter('', value => str(value).split(/([-\s({[<]+)/).map(word => (word === '' ? '' : word[0]!.toUpperCase() + word.slice(1).toLowerCase())).join('')),
  trim: filter('chars?', (value, { chars }) => strip(str(value), optional(chars, 'the characters'))),
  truncate: filter('length? killwords? end? leeway?', (value, { length = 255, killwords = false, end = '...', leeway = 5 }) => {
    const text = characters(str(value))
    const [most, mark] = [integerOf(length, 'the length'), str(end)]
    if (most < textLength(mark)) fail('the length must be at least that of the end mark')
    if (text.length <= most + integerOf(leeway ?? 5, 'the leeway')) return text.join('')
    const cut = text.slice(0, most - textLength(mark)).join('')
    return (truth(killwords) ? cut : splitRight(cut, ' ', 1)[0]!) + mark
  }),
  upper: filter('', value => str(value).toUpperCase()),
  wordcount: filter('', value => str(value).match(/[\p{L}\p{N}_]+/gu)?.length ?? 0),
  wordwrap: filter('width? break_long_words? wrapstring? break_on_hyphens?', (value, { width = 79, break_long_words = true, wrapstring = null, break_on_hyphens = true }) => {
    const between = wrapstring === null ? '\n' : str(wrapstring)
    const options = { width: integerOf(width, 'the width'), breakLongWords: truth(break_long_words), breakOnHyphens: truth(break_on_hyphens) }
    return splitLines(str(value)).map(line => wrap(line, options).join(between)).join(between)
  }),
}

/** Python's `shlex.quote`. */
export function shellQuote(text: string): string {
  if (text === '') return "''"
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'"'"'`)}'`
}

interface CommentStyle {
  readonly decoration: string
  readonly beginning?: string
  readonly end?: string
}

const commentStyles: Readonly<Record<string, CommentStyle>> = {
  plain: { decoration: '# ' },
  erlang: { decoration: '% ' },
  c: { decoration: '// ' },
  cblock: { beginning: '/*', decoration: ' * ', end: ' */' },
  xml: { beginning: '<!--', decoration: ' - ', end: '-->' },
}

function comment(text: string, name: string, options: ReadonlyMap<string, Thing>): string {
  const style = commentStyles[name] ?? fail(`there is no comment style '${name}'`, `The styles are ${Object.keys(commentStyles).join(', ')}.`)
  const option = (key: string, otherwise: string) => (options.has(key) ? str(options.get(key)!) : otherwise)
  const times = (key: string) => (options.has(key) ? integerOf(options.get(key)!, key) : 1)
  const known = ['newline', 'beginning', 'prefix', 'prefix_count', 'decoration', 'postfix', 'postfix_count', 'end']
  for (const key of options.keys()) if (!known.includes(key)) fail(`comment has no parameter ${key}`, `Its parameters are ${known.join(', ')}.`)
  const newline = option('newline', '\n')
  const decoration = option('decoration', style.decoration)
  const [beginning, end] = [option('beginning', style.beginning ?? ''), option('end', style.end ?? '')]
  const [prefix, postfix] = [option('prefix', decoration.trimEnd()), option('postfix', decoration.trimEnd())]
  bounded((times('prefix_count') + times('postfix_count')) * (prefix.length + postfix.length + newline.length))
  const head = prefix === '' ? '' : (prefix === newline ? newline : prefix + newline).repeat(Math.max(0, times('prefix_count')))
  const body = (decoration + replaceText(text, newline, newline + decoration)).replaceAll(decoration + newline, () => decoration.trimEnd() + newline)
  return (beginning === '' ? '' : beginning + newline) + head + body + (newline + postfix).repeat(Math.max(0, times('postfix_count'))) + (end === '' ? '' : newline + end)
}
