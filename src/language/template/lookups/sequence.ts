import type { Context } from '../context.ts'
import { fail } from '../fail.ts'
import { parseInteger } from '../python/number.ts'
import { percentFormat } from '../python/percent-format.ts'
import { repr, str } from '../python/text.ts'
import type { Thing } from '../thing.ts'
import { inlineOptions, lookup, type Lookups } from './lookup.ts'

const names = ['start', 'end', 'stride', 'count', 'format'] as const
type Options = Partial<Record<(typeof names)[number], Thing>>

/** `5`, `5-8`, `2-10/2`, `4:host%02d`, or `start=… end=… stride=… count=… format=…`. */
export const sequenceLookups: Lookups = {
  sequence: lookup('start? end? stride? count? format?', (terms, options, context) =>
    (terms.length > 0 ? terms.map(str) : ['']).flatMap(term => sequence({ ...options, ...read(term) }, context))),
}

function read(term: string): Options {
  const short = /^(?:(0?x?[0-9a-f]+)-)?(0?x?[0-9a-f]+)(?:\/(0?x?[0-9a-f]+))?(?::(.+))?$/i.exec(term)
  if (short) {
    const [, start, end, stride, format] = short
    return Object.fromEntries(Object.entries({ start, end, stride, format }).filter(([, value]) => value !== undefined))
  }
  const { text, options } = inlineOptions(term, undefined)
  const others = [...(text === '' ? [] : [text]), ...[...options.keys()].filter(key => !(names as readonly string[]).includes(key))]
  if (others.length > 0) fail(`unrecognized arguments to with_sequence: ${repr(others)}`, 'A sequence is written start-end/stride:format, or with start=, end=, stride=, count= and format=.')
  return Object.fromEntries(options)
}

function number(value: Thing | undefined, name: string): number | undefined {
  if (value === undefined || value === null) return undefined
  const text = str(value)
  const parsed = parseInteger(/^-?0\d/.test(text) ? text.replace(/0/, '0o') : text, 0)
  return parsed === undefined ? fail(`can't parse ${name}=${text} as integer`) : Number(parsed)
}

function sequence(options: Options, { fuel }: Context): string[] {
  const start = number(options.start, 'start') ?? 1
  const stride = number(options.stride, 'stride') ?? 1
  const count = number(options.count, 'count')
  const end = number(options.end, 'end')
  const format = str(options.format ?? '%d')
  if (count === undefined && end === undefined) fail('must specify count or end in with_sequence')
  if (count !== undefined && end !== undefined) fail("can't specify both count and end in with_sequence")
  if (count === 0 || stride === 0) return []
  const last = end ?? start + count! * stride - 1
  if (stride > 0 && last < start) fail('to count backwards make stride negative')
  if (stride < 0 && last > start) fail("to count forward don't make stride negative")
  if (format.split('%').length !== 2) fail(`bad formatting string: ${format}`, 'It must have one %.')
  const length = Math.floor((last - start) / stride) + 1
  fuel.spend(Math.max(0, length))
  return Array.from({ length: Math.max(0, length) }, (_, at) => percentFormat(format, start + at * stride))
}
