import type { Position } from '../core/position.ts'
import type { TemplateText } from '../core/value.ts'

/** A file's text, in which an offset is a line and a column. */
export class SourceText {
  readonly file: string
  readonly text: string
  #lineStarts: number[] | undefined

  constructor(file: string, text: string) {
    this.file = file
    this.text = text
  }

  /** @param end offset behind the last character; shown only as far as its line goes */
  position(start: number, end?: number): Position {
    const starts = (this.#lineStarts ??= lineStarts(this.text))
    const line = lineAt(starts, start)
    const column = start - starts[line]! + 1
    if (end === undefined || end <= start) return { file: this.file, line: line + 1, column }
    const lineEnd = (starts[line + 1] ?? this.text.length + 1) - 1
    return { file: this.file, line: line + 1, column, endColumn: Math.max(column + 1, Math.min(end, lineEnd) - starts[line]! + 1) }
  }
}

function lineStarts(text: string): number[] {
  const starts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}

/** The last line that starts at or before `offset`, counted from 0. */
function lineAt(starts: readonly number[], offset: number): number {
  let low = 0
  let high = starts.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (starts[middle]! <= offset) low = middle
    else high = middle - 1
  }
  return low
}

/** Where something stands: offsets into a source, made into lines and columns only when they are asked for. */
export interface Span {
  readonly source: SourceText
  readonly start: number
  readonly end: number
}

type Place = Span | Position

interface Places {
  readonly self: Place
  /** By key of a dictionary or index of a list: where the key is, where the value is, where the characters of a text begin. */
  readonly members: Map<unknown, { readonly key: Place; readonly value: Place; readonly text?: Place }>
}

// A side table, so that values stay plain data.
const places = new WeakMap<object, Places>()
const templates = new WeakMap<TemplateText, Span>()
/** Where the characters stand of a text whose first one stands at a position: the very object is asked for. */
const starts = new WeakMap<Position, Span>()

export function placeContainer(container: object, self: Place): void {
  places.set(container, { self, members: new Map() })
}

/** Notes where a member of a container stands. A container that has no place yet begins at its first member. */
export function placeMember(container: object, key: unknown, keyPlace: Place, value: Place, text?: Place): void {
  if (!places.has(container)) placeContainer(container, keyPlace)
  places.get(container)!.members.set(key, text ? { key: keyPlace, value, text } : { key: keyPlace, value })
}

export function placeTemplate(template: TemplateText, span: Span): void {
  templates.set(template, span)
  if (template.at) starts.set(template.at, span)
}

/**
 * Where a list or a dictionary that was read from a file begins, or, with a key, where that key (of a list: that item)
 * stands. Undefined for what was not read from a file.
 */
export function positionOf(container: unknown, key?: unknown): Position | undefined {
  const found = lookUp(container)
  return found && place(key === undefined ? found.self : found.members.get(key)?.key)
}

/** Where the value of a key stands. */
export function valuePositionOf(container: unknown, key: unknown): Position | undefined {
  return place(lookUp(container)?.members.get(key)?.value)
}

/**
 * Where the first character of a text stands that is the value of a key: behind its quote, in the first line of its
 * block. Errors within the text can be placed from there (`positionWithin`).
 */
export function textPositionOf(container: unknown, key: unknown): Position | undefined {
  const member = lookUp(container)?.members.get(key)
  const found = member?.text ?? member?.value
  const at = place(found)
  if (at && found && 'source' in found) starts.set(at, found)
  return at
}

/** Notes that a member of one dictionary was taken from another, and stands there. */
export function copyPlace(from: object, to: object, key: unknown): void {
  const member = places.get(from)?.members.get(key)
  if (!member) return
  if (!places.has(to)) placeContainer(to, places.get(from)!.self)
  places.get(to)!.members.set(key, member)
}

/** Notes that the only item of a list was taken from a dictionary, where it stood alone. */
export function copyPlaceAs(from: object, key: unknown, to: object, index: number): void {
  const member = places.get(from)?.members.get(key)
  if (member) placeMember(to, index, member.value, member.value, member.text)
}

const lookUp = (container: unknown) => (typeof container === 'object' && container !== null ? places.get(container) : undefined)

const place = (at: Place | undefined) => (at && 'source' in at ? at.source.position(at.start, at.end) : at)

/**
 * Where a character of a template's text stands in the file. Exact also where YAML has folded lines or taken away
 * indentation; characters that are written as escapes count as one.
 *
 * @param offset into `template.text`
 */
export function positionIn(template: TemplateText, offset: number): Position | undefined {
  const span = templates.get(template)
  return span ? positionInSpan(template.text, span, offset, offset) : template.at
}

/**
 * The same for any text of which only is known where it begins.
 *
 * @param at `at` of a template, or what `textPositionOf` gave: the very object
 * @param end offset behind the last character that is meant
 * @returns undefined for a position that did not come from a file
 */
export function positionWithin(at: Position, text: string, start: number, end: number): Position | undefined {
  const span = starts.get(at)
  return span && positionInSpan(text, span, start, end)
}

function positionInSpan(text: string, { source, start, end }: Span, from: number, to: number): Position {
  const first = originalOffset(text, from, source.text, start, end)
  return source.position(first, to > from ? originalOffset(text, to - 1, source.text, start, end) + 1 : undefined)
}

/** Walks text and source side by side: blanks may differ (folding, indentation), everything else is the same. */
function originalOffset(text: string, offset: number, source: string, start: number, end: number): number {
  const quote = source[start - 1] === '"' ? '"' : source[start - 1] === "'" ? "'" : ''
  let at = start
  for (let index = 0; at < end; ) {
    while (index < offset && isBlank(text[index])) index++
    if (index >= offset && isBlank(text[offset])) return at
    while (at < end && (isBlank(source[at]) || (quote === '"' && isBlankEscape(source, at)))) at += source[at] === '\\' ? 2 : 1
    if (index >= offset) return at
    at += characterLength(source, at, quote)
    index++
  }
  return at
}

const isBlank = (character: string | undefined) => character === ' ' || character === '\n' || character === '\t' || character === '\r'

/** In double quotes: a line that goes on, or a blank that is written as an escape. */
const isBlankEscape = (source: string, at: number) => source[at] === '\\' && /[\stnr]/.test(source[at + 1] ?? '')

/** How many characters of the source stand for one of the text. */
function characterLength(source: string, at: number, quote: string): number {
  if (quote === "'" && source.startsWith("''", at)) return 2
  if (quote !== '"' || source[at] !== '\\') return 1
  const digits = { x: 2, u: 4, U: 8 }[source[at + 1] ?? '']
  return 2 + (digits ?? 0)
}
