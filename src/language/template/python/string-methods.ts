import { fail } from '../fail.ts'
import { bounded } from '../fuel.ts'
import { present, type Thing, Tuple, tuple } from '../thing.ts'
import type { Bound } from '../signature.ts'
import { braceFormat } from './brace-format.ts'
import { capitalize, isLower, isTitle, isUpper, predicates, swapcase, title } from './character.ts'
import { encode } from './codec.ts'
import { integerOf, textOf } from './convert.ts'
import { findKey } from './dictionary.ts'
import { type Method, method } from './method.ts'
import { iterate } from './sequence.ts'
import { split, splitLines, splitRight, strip } from './split.ts'
import { truth } from './truth.ts'
import { characters, textLength, typeName } from './type.ts'

const optional = (thing: Thing | undefined, what: string): string | undefined => (thing === undefined || thing === null ? undefined : textOf(thing, what))
const number = (thing: Thing | undefined, otherwise: number): number => (thing === undefined || thing === null ? otherwise : integerOf(thing, 'the number'))

/** The part between two positions that count characters, and where it starts. */
function window(text: string, start: Thing | undefined, end: Thing | undefined): { readonly part: string; readonly from: number } {
  if (start === undefined && end === undefined) return { part: text, from: 0 }
  const all = characters(text)
  const from = position(number(start, 0), all.length)
  return { part: all.slice(from, position(number(end, all.length), all.length)).join(''), from: number(start, 0) > all.length ? all.length + 1 : from }
}

const position = (at: number, length: number): number => Math.min(Math.max(at < 0 ? at + length : at, 0), length)

type Search = Bound<'sub start? end?'>

function search(text: string, { sub, start, end }: Search, last: boolean): number {
  const { part, from } = window(text, start, end)
  const wanted = textOf(sub, 'what is looked for')
  const at = from > textLength(text) ? -1 : last ? part.lastIndexOf(wanted) : part.indexOf(wanted)
  return at < 0 ? -1 : from + textLength(part.slice(0, at))
}

const found = (at: number): number => (at < 0 ? fail('the text does not contain what index() looks for') : at)

function affix(text: string, { prefix, start, end }: Bound<'prefix start? end?'>, has: (part: string, wanted: string) => boolean): boolean {
  const { part } = window(text, start, end)
  const wanted = present(prefix)
  return (wanted instanceof Tuple ? wanted : [wanted]).some(one => has(part, textOf(one, 'the beginning or end')))
}

function pad(text: string, { width, fillchar }: Bound<'width fillchar?'>, place: (missing: number) => number): string {
  const wide = integerOf(width, 'the width')
  const missing = wide - textLength(text)
  if (missing <= 0) return text
  bounded(wide)
  const fill = fillchar === undefined ? ' ' : textOf(fillchar, 'the fill character')
  if (textLength(fill) !== 1) fail('the fill character must be one character')
  const left = place(missing)
  return fill.repeat(left) + text + fill.repeat(missing - left)
}

/** Python's odd rule for where the extra blank goes when the padding is uneven. */
export const centre = (missing: number, width: number): number => Math.floor(missing / 2) + (missing & width & 1)

export function replaceText(text: string, old: string, fresh: string, count = -1): string {
  const hits = old === '' ? textLength(text) + 1 : text.split(old).length - 1
  const times = count < 0 ? hits : Math.min(count, hits)
  bounded(text.length + times * Math.max(0, fresh.length - old.length))
  if (times === hits && old !== '') return text.replaceAll(old, () => fresh)
  const pieces = old === '' ? ['', ...characters(text), ''] : split(text, old, times)
  return old === '' ? pieces.slice(0, times + 1).join(fresh) + pieces.slice(times + 1).join('') : pieces.join(fresh)
}

function partition(text: string, separator: string, at: number): Thing {
  if (separator === '') fail('the separator must not be empty')
  return at < 0 ? [] : tuple([text.slice(0, at), separator, text.slice(at + separator.length)])
}

const texts = (parts: readonly string[]): Thing => [...parts]
const no = '' as const
const define = <const Words extends string>(name: string, words: Words, body: (self: string, values: Bound<Words>) => Thing): Method<string> => method(name, words, body)
const test = (name: keyof typeof predicates): Method<string> => define(name, no, self => predicates[name](self))

export const stringMethods: Readonly<Record<string, Method<string>>> = {
  __proto__: null as never,
  capitalize: define('capitalize', no, capitalize),
  casefold: define('casefold', no, self => self.toLowerCase().replaceAll('ß', 'ss')),
  center: define('center', 'width fillchar?', (self, values) => pad(self, values, missing => centre(missing, Number(values.width)))),
  count: define('count', 'sub start? end?', (self, { sub, start, end }) => {
    const { part } = window(self, start, end)
    const wanted = textOf(sub, 'what is counted')
    return wanted === '' ? textLength(part) + 1 : part.split(wanted).length - 1
  }),
  encode: define('encode', 'encoding? errors?', (self, { encoding }) => encode(self, optional(encoding, 'the encoding') ?? 'utf-8')),
  endswith: define('endswith', 'prefix start? end?', (self, values) => affix(self, values, (part, end) => part.endsWith(end))),
  expandtabs: define('expandtabs', 'tabsize?', (self, { tabsize }) => expandTabs(self, number(tabsize, 8))),
  find: define('find', 'sub start? end?', (self, values) => search(self, values, false)),
  format: (self, given) => braceFormat(self, given),
  format_map: define('format_map', 'mapping', (self, { mapping }) => {
    const it = present(mapping)
    if (!(it instanceof Map)) return fail(`format_map() needs a dictionary, and got ${typeName(it)}`)
    return braceFormat(self, { positional: [], named: new Map(Array.from(it, ([key, value]) => [String(key), value])) })
  }),
  index: define('index', 'sub start? end?', (self, values) => found(search(self, values, false))),
  isalnum: test('isalnum'),
  isalpha: test('isalpha'),
  isascii: test('isascii'),
  isdecimal: test('isdecimal'),
  isdigit: test('isdigit'),
  isidentifier: test('isidentifier'),
  islower: define('islower', no, isLower),
  isnumeric: test('isnumeric'),
  isprintable: test('isprintable'),
  isspace: test('isspace'),
  istitle: define('istitle', no, isTitle),
  isupper: define('isupper', no, isUpper),
  join: define('join', 'iterable', (self, { iterable }) => {
    const parts = iterate(iterable).map(part => textOf(part, 'every item of join()'))
    bounded(parts.reduce((size, part) => size + part.length + self.length, 0))
    return parts.join(self)
  }),
  ljust: define('ljust', 'width fillchar?', (self, values) => pad(self, values, () => 0)),
  lower: define('lower', no, self => self.toLowerCase()),
  lstrip: define('lstrip', 'chars?', (self, { chars }) => strip(self, optional(chars, 'chars'), 'left')),
  partition: define('partition', 'sep', (self, { sep }) => {
    const separator = textOf(sep, 'the separator')
    const parts = partition(self, separator, self.indexOf(separator)) as Thing[]
    return parts.length > 0 ? parts : tuple([self, '', ''])
  }),
  removeprefix: define('removeprefix', 'prefix', (self, { prefix }) => (self.startsWith(textOf(prefix, 'the prefix')) ? self.slice((prefix as string).length) : self)),
  removesuffix: define('removesuffix', 'suffix', (self, { suffix }) =>
    suffix !== '' && self.endsWith(textOf(suffix, 'the suffix')) ? self.slice(0, -(suffix as string).length) : self),
  replace: define('replace', 'old new count?', (self, { old, new: fresh, count }) =>
    replaceText(self, textOf(old, 'what is replaced'), textOf(fresh, 'the replacement'), number(count, -1))),
  rfind: define('rfind', 'sub start? end?', (self, values) => search(self, values, true)),
  rindex: define('rindex', 'sub start? end?', (self, values) => found(search(self, values, true))),
  rjust: define('rjust', 'width fillchar?', (self, values) => pad(self, values, missing => missing)),
  rpartition: define('rpartition', 'sep', (self, { sep }) => {
    const separator = textOf(sep, 'the separator')
    const parts = partition(self, separator, self.lastIndexOf(separator)) as Thing[]
    return parts.length > 0 ? parts : tuple(['', '', self])
  }),
  rsplit: define('rsplit', 'sep? maxsplit?', (self, { sep, maxsplit }) => texts(splitRight(self, optional(sep, 'the separator'), number(maxsplit, -1)))),
  rstrip: define('rstrip', 'chars?', (self, { chars }) => strip(self, optional(chars, 'chars'), 'right')),
  split: define('split', 'sep? maxsplit?', (self, { sep, maxsplit }) => texts(split(self, optional(sep, 'the separator'), number(maxsplit, -1)))),
  splitlines: define('splitlines', 'keepends?', (self, { keepends = false }) => texts(splitLines(self, truth(keepends)))),
  startswith: define('startswith', 'prefix start? end?', (self, values) => affix(self, values, (part, start) => part.startsWith(start))),
  strip: define('strip', 'chars?', (self, { chars }) => strip(self, optional(chars, 'chars'))),
  swapcase: define('swapcase', no, swapcase),
  title: define('title', no, title),
  translate: define('translate', 'table', (self, { table }) => {
    const it = present(table)
    if (!(it instanceof Map)) return fail(`translate() needs a dictionary, and got ${typeName(it)}`)
    return Array.from(self, character => {
      const key = findKey(it, character.codePointAt(0)!)
      const value = key && it.get(key.key)!
      return value === undefined ? character : value === null ? '' : typeof value === 'number' ? String.fromCodePoint(value) : textOf(value, 'what a character becomes')
    }).join('')
  }),
  upper: define('upper', no, self => self.toUpperCase()),
  zfill: define('zfill', 'width', (self, { width }) => {
    const wide = integerOf(width, 'the width')
    bounded(wide)
    const sign = /^[+-]/.exec(self)?.[0] ?? ''
    return sign + self.slice(sign.length).padStart(wide - sign.length, '0')
  }),
}

function expandTabs(text: string, size: number): string {
  bounded(text.length * Math.max(1, size))
  let column = 0
  return Array.from(text, character => {
    if (character === '\t') {
      const blanks = size > 0 ? size - (column % size) : 0
      column += blanks
      return ' '.repeat(blanks)
    }
    column = character === '\n' || character === '\r' ? 0 : column + 1
    return character
  }).join('')
}
