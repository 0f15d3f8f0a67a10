import { type Thing, type Things, Tuple } from '../thing.ts'
import { order } from './compare.ts'
import { splitLines } from './split.ts'
import { repr } from './text.ts'
import { textLength } from './type.ts'

/** Python's `pprint.pformat`: on one line where it fits 80 columns, keys of dictionaries sorted. */
export function prettyPrint(thing: Thing): string {
  return format(thing, 0, 0)
}

function format(thing: Thing, indent: number, allowance: number): string {
  const plain = repr(sortedKeys(thing))
  const most = 80 - indent - allowance
  if (textLength(plain) <= most || !(thing instanceof Map || Array.isArray(thing))) return typeof thing === 'string' && thing !== '' && textLength(plain) > most ? longText(thing, indent, allowance, most) : plain
  if (thing instanceof Map) {
    const entries = [...(sortedKeys(thing) as Things)]
    return `{${entries.map(([key, value], at) => {
      const name = repr(key)
      return `${name}: ${format(value, indent + textLength(name) + 3, at === entries.length - 1 ? allowance + 1 : 1)}`
    }).join(`,\n${' '.repeat(indent + 1)}`)}}`
  }
  const [open, close] = thing instanceof Tuple ? ['(', thing.length === 1 ? ',)' : ')'] : ['[', ']']
  return open + thing.map((item, at) => format(item, indent + 1, at === thing.length - 1 ? allowance + close!.length : 1)).join(`,\n${' '.repeat(indent + 1)}`) + close
}

function sortedKeys(thing: Thing): Thing {
  if (thing instanceof Map) {
    const byKey = (a: Thing, b: Thing): number => (typeof a === typeof b ? order(a, b) : typeof a < typeof b ? -1 : 1)
    return new Map([...thing].sort(([a], [b]) => byKey(a, b)).map(([key, value]) => [key, sortedKeys(value)]))
  }
  return Array.isArray(thing) && !(thing instanceof Tuple) ? thing.map(sortedKeys) : thing
}

/** Long text at any depth but the top is written as literals that stand below each other. */
function longText(text: string, indent: number, allowance: number, most: number): string {
  const top = indent === 0
  const room = most - (top ? 1 : 0)
  const lines = splitLines(text, true)
  const pieces = lines.flatMap((line, at) => {
    const plain = repr(line)
    const space = at === lines.length - 1 ? room - allowance : room
    return textLength(plain) <= space ? [plain] : wrapped(line, room, at === lines.length - 1 ? allowance : 0)
  })
  if (pieces.length === 1) return pieces[0]!
  const inner = top ? indent + 1 : indent
  const body = pieces.join(`\n${' '.repeat(inner)}`)
  return top ? `(${body})` : body
}

function wrapped(line: string, room: number, allowance: number): string[] {
  const parts = line.match(/\S*\s*/g)!.filter(part => part !== '')
  const pieces: string[] = []
  let current = ''
  parts.forEach((part, at) => {
    const space = at === parts.length - 1 ? room - allowance : room
    if (current !== '' && textLength(repr(current + part)) > space) {
      pieces.push(repr(current))
      current = part
    } else current += part
  })
  return current === '' ? pieces : [...pieces, repr(current)]
}
