import { bytePattern } from '../core/byte-pattern.ts'
import type { Pattern, PatternMatch } from '../core/python-regex.ts'

/** What `lineinfile` is asked to do with the lines of a file. Texts are bytes, as `bytePattern` takes them. */
export interface LineEdit {
  readonly line: string
  readonly regexp?: string
  readonly search?: string
  readonly after?: string
  readonly before?: string
  readonly backrefs: boolean
  readonly firstMatch: boolean
}

export interface Edited {
  readonly lines: readonly string[]
  readonly msg: string
}

/** A text as lines that keep their ends. */
export const linesOf = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? []

const bare = (line: string) => line.replace(/[\r\n]+$/, '')
const isEnded = (line: string) => /[\r\n]$/.test(line)

/**
 * Makes sure that a line is there. A line that `regexp` or `search` finds becomes it, the last one or with `firstMatch` the
 * first; where none is found and it is nowhere yet, it is put in behind `after` or in front of `before`, and at the end
 * where those are not found either. (Ansible's modules/lineinfile.py, `present`.)
 */
export function ensureLine(observed: readonly string[], edit: LineEdit): Edited {
  const { line, regexp, search, backrefs } = edit
  const found = regexp === undefined ? searchText(observed, search, edit.firstMatch) : searchPattern(observed, bytePattern(regexp), edit.firstMatch)
  const at = found.at === -1 ? placeOf(observed, edit) : { exact: -1, place: -1 }
  const target = found.at === -1 ? at.exact : found.at
  const ended = (text: string) => (text.endsWith('\n') ? text : text + '\n')

  if (target !== -1) {
    const wanted = ended(backrefs && found.match && regexp !== undefined ? bytePattern(regexp).expand(line, found.match) : line)
    return observed[target] === wanted ? same(observed) : { lines: observed.with(target, wanted), msg: 'line replaced' }
  }
  if (backrefs) return same(observed)
  if (edit.before === 'BOF' || edit.after === 'BOF') return added(observed, 0, line)
  if (edit.after === 'EOF' || at.place === -1) {
    const end = observed.length > 0 && !isEnded(observed.at(-1)!) ? [...observed, '\n'] : observed
    return { lines: [...end, line + '\n'], msg: 'line added' }
  }
  return edit.after === undefined ? added(observed, at.place, line) : addedBehind(observed, at.place, line)
}

/** Takes away all lines that match, or that are the line. (`absent` there.) */
export function removeLines(observed: readonly string[], { line, regexp, search }: Partial<LineEdit>): Edited & { readonly found: number } {
  const expression = regexp === undefined ? undefined : bytePattern(regexp)
  const matches = (each: string) =>
    expression ? expression.search(each) !== undefined : search !== undefined ? each.includes(search) : bare(each) === line
  const lines = observed.filter(each => !matches(each))
  const found = observed.length - lines.length
  return { lines, found, msg: found > 0 ? `${found} line(s) removed` : '' }
}

interface Found {
  readonly at: number
  readonly match?: PatternMatch
}

function searchPattern(lines: readonly string[], expression: Pattern, firstMatch: boolean): Found {
  let last: Found = { at: -1 }
  for (const [at, line] of lines.entries()) {
    const match = expression.search(line)
    if (!match) continue
    last = { at, match }
    if (firstMatch) break
  }
  return last
}

function searchText(lines: readonly string[], search: string | undefined, firstMatch: boolean): Found {
  if (search === undefined) return { at: -1 }
  const has = (line: string) => line.includes(search)
  return { at: firstMatch ? lines.findIndex(has) : lines.findLastIndex(has) }
}

/** Where the line stands already, and where it would be put in. Both are looked for in one pass: a first match may end it. */
function placeOf(lines: readonly string[], { line, after, before, firstMatch }: LineEdit): { readonly exact: number; readonly place: number } {
  // An empty text marks nothing. `EOF` is a word only behind `after`.
  const marker = after === 'EOF' || after === 'BOF' || before === 'BOF' ? '' : (after ?? before ?? '')
  const expression = marker === '' ? undefined : bytePattern(marker)
  let exact = -1
  let place = -1
  for (const [at, each] of lines.entries()) {
    if (bare(each) === line) exact = at
    else if (expression?.search(each)) {
      place = after === undefined ? at : at + 1
      if (firstMatch) break
    }
  }
  return { exact, place }
}

/** Unless the next line is the same. A last line without an end gets one, which Ansible forgets here. */
function addedBehind(lines: readonly string[], place: number, line: string): Edited {
  const next = lines[place]
  if (next !== undefined) return bare(next) === line ? same(lines) : added(lines, place, line)
  return added(isEnded(lines.at(-1)!) ? lines : lines.with(-1, lines.at(-1)! + '\n'), place, line)
}

const added = (lines: readonly string[], at: number, line: string): Edited => ({ lines: lines.toSpliced(at, 0, line + '\n'), msg: 'line added' })
const same = (lines: readonly string[]): Edited => ({ lines, msg: '' })
