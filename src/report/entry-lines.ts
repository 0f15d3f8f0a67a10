import type { Entry } from './entry.ts'
import type { Paint } from './paint.ts'
import { fill, indent, pad, width } from './width.ts'

/** Anything with a sign in front. */
type Marked = Omit<Entry, 'mark'> & { readonly mark: string }

/** `+ file /etc/hosts  root:root 0644`, without what belongs at the right edge. Long lists of names take several lines. */
export function entryLines(entry: Marked, kindWidth: number, columns: number): string[] {
  const start = `${entry.mark} ${pad(entry.kind, kindWidth)} `
  const attributes = entry.attributes === '' ? '' : `  ${entry.attributes}`
  if (entry.names.length < 2) return [`${start}${entry.names.join('')}${attributes}`]
  const shown = entry.names.length > 24 ? [...entry.names.slice(0, 20), `… ${entry.names.length - 20} more`] : entry.names
  const words = shown.map((name, index) => (index < shown.length - 1 ? `${name},` : name))
  const lines = fill(words, Math.max(20, columns - width(start)))
  return lines.map((text, index) => `${index === 0 ? start : ' '.repeat(width(start))}${text}${index === lines.length - 1 ? attributes : ''}`)
}

/** What stands under an entry: notes, then the diff. */
export const detailLines = (entry: Marked, paint: Paint): string[] =>
  [...entry.notes.map(note => paint.dim(note)), ...entry.diff.map(line => diffColour(line, paint)(diffSpacing(line, entry.mark)))].map(line => indent(line, 4))

/** A file that is made anew is easier to read with a blank behind the sign. */
const diffSpacing = (line: string, mark: string): string => (mark === '+' && line.startsWith('+') ? `+ ${line.slice(1)}`.trimEnd() : line)

function diffColour(line: string, paint: Paint): (text: string) => string {
  if (line.startsWith('+')) return paint.good
  if (line.startsWith('-')) return paint.bad
  return line.startsWith(' ') ? text => text : paint.dim
}

/** The colour that goes with a mark. */
export const markColour = (mark: string, paint: Paint): (text: string) => string =>
  mark === '+' ? paint.good : mark === '-' || mark === '✖' ? paint.bad : mark === '?' || mark === '=' ? paint.dim : paint.change
