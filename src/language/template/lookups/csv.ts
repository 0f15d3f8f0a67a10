import { fail } from '../fail.ts'
import { readBytes } from '../files.ts'
import { decode } from '../python/codec.ts'
import { parseInteger } from '../python/number.ts'
import { str } from '../python/text.ts'
import { textOf } from '../python/convert.ts'
import type { Thing } from '../thing.ts'
import { foundFile } from './files.ts'
import { inlineOptions, lookup, type Lookups } from './lookup.ts'

const names = ['file', 'delimiter', 'col', 'keycol', 'default', 'encoding']

/** A cell of a CSV file: of the first row whose key column is the term. */
export const csvLookups: Lookups = {
  csvfile: lookup('file? delimiter? col? keycol? default? encoding?', (terms, given, context) => terms.flatMap(term => {
    const { text: key, options } = inlineOptions(textOf(term, 'the key that csvfile looks for'), names)
    if (key === '') fail('Search key is required but was not found')
    const option = (name: keyof typeof given, usual: string) => options.get(name) ?? (given[name] === undefined ? usual : str(given[name]))
    const delimiter = option('delimiter', 'TAB')
    const number = (name: 'col' | 'keycol', usual: string): number => Number(parseInteger(option(name, usual)) ?? fail(`${name} must be the number of a column, the first is 0`))
    const path = foundFile(option('file', 'ansible.csv'), 'files', context)
    const rows = parseCsv(decode(readBytes(path, context.environment), option('encoding', 'utf-8')), delimiter === 'TAB' ? '\t' : delimiter)
    const row = rows.find(cells => cells[number('keycol', '0')] === key)
    if (row) return [row[number('col', '1')] ?? fail(`the row '${key}' of ${path} has no column ${number('col', '1')}`)]
    const otherwise: Thing = options.get('default') ?? given.default ?? null
    return otherwise === null ? [] : Array.isArray(otherwise) ? otherwise : [otherwise]
  })),
}

/** Rows of cells; a cell in double quotes may hold anything, two of them stand for one. */
export function parseCsv(text: string, delimiter: string): string[][] {
  if (Array.from(delimiter).length !== 1) fail('the delimiter of a CSV file is one character')
  const rows: string[][] = []
  let row: string[] = []
  let cell = ''
  let quoted = false
  const endRow = () => {
    rows.push([...row, cell])
    row = []
    cell = ''
  }
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!
    if (quoted) {
      if (character !== '"') cell += character
      else if (text[at + 1] === '"') cell += text[at++]!
      else quoted = false
    } else if (character === '"' && cell === '') quoted = true
    else if (character === delimiter) {
      row.push(cell)
      cell = ''
    } else if (character === '\n' || character === '\r') {
      if (character === '\r' && text[at + 1] === '\n') at++
      endRow()
    } else cell += character
  }
  if (cell !== '' || row.length > 0) endRow()
  return rows.filter(cells => cells.length > 1 || cells[0] !== '')
}
