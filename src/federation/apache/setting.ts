import type { Directive } from './directive.ts'
import { patternOf, wildcardOf } from './pattern.ts'
import type { Server, VirtualHost } from './virtual-host.ts'

/** A request as Apache sees it when it decides what counts. */
export interface Place {
  readonly server: Server
  /** Undefined for what no virtual host answers. */
  readonly host: VirtualHost | undefined
  /** Decoded, without a query. */
  readonly path: string
  /** The file that the path leads to; absent where it is none, as for what is passed on. */
  readonly file?: string
}

/** Directives that a virtual host does not take from outside. Measured with Apache 2.4.71. */
const notInherited: ReadonlySet<string> = new Set(['allowencodedslashes', 'rewriterule', 'rewritecond'])

/**
 * All directives of these names that count for a place, in the order in which Apache merges them: from outside of the virtual
 * hosts, of the virtual host, of directories, of files, of locations. The last one decides, or adds to the others.
 */
export function settings(place: Place, ...names: readonly string[]): readonly Directive[] {
  const wanted = new Set(names.map(name => name.toLowerCase()))
  const inside = sectionsFor(place).flatMap(section => section.children ?? [])
  return [...levelsOf(place), ...inside].filter(({ name }) => wanted.has(name))
}

/** The `<Directory>`, `<Files>` and `<Location>` sections that a place is in, in the order in which Apache merges them. */
export function sectionsFor(place: Place): readonly Directive[] {
  const { path, file } = place
  const sections = levelsOf(place).filter(({ children }) => children)
  return [
    ...directories(sections, file),
    ...sections.filter(section => isForFile(section, file)),
    ...sections.filter(section => isForLocation(section, path)),
  ]
}

/** What stands outside of sections: outside of the virtual hosts, then in the virtual host. */
const levelsOf = ({ server, host }: Place): readonly Directive[] =>
  [...server.main.filter(({ name }) => !host || !notInherited.has(name)), ...(host?.directives ?? [])]

/** The one that decides; undefined where it stands nowhere, or not where it counts. */
export const setting = (place: Place, name: string): Directive | undefined => settings(place, name).at(-1)

/** The first word of the one that decides, in lower case. */
export const value = (place: Place, name: string): string | undefined => setting(place, name)?.words[0]?.toLowerCase()

export const isOn = (place: Place, name: string): boolean => value(place, name) === 'on'

/** Shorter paths first, patterns behind them. */
function directories(sections: readonly Directive[], file: string | undefined): readonly Directive[] {
  if (file === undefined) return []
  const directory = file.slice(0, file.lastIndexOf('/') + 1)
  const named = sections.filter(({ name }) => name === 'directory' || name === 'directorymatch')
  const plain = named.filter(section => regexOf(section) === undefined && isBelow(directory, section.words[0] ?? ''))
  const depth = ({ words }: Directive) => (words[0] ?? '').split('/').filter(Boolean).length
  return [...plain.toSorted((one, other) => depth(one) - depth(other)), ...named.filter(section => regexOf(section)?.test(directory))]
}

function isForFile(section: Directive, file: string | undefined): boolean {
  if (file === undefined || !(section.name === 'files' || section.name === 'filesmatch')) return false
  return (regexOf(section) ?? wildcardOf(section.words[0] ?? '')).test(file.slice(file.lastIndexOf('/') + 1))
}

export function isForLocation(section: Directive, path: string): boolean {
  if (section.name !== 'location' && section.name !== 'locationmatch') return false
  return regexOf(section)?.test(path) ?? isBelow(path, section.words[0] ?? '')
}

/** The regular expression of `<LocationMatch "…">` and `<Location ~ "…">`; undefined for a section by a plain path. */
function regexOf({ name, words }: Directive): RegExp | undefined {
  const text = name.endsWith('match') ? words[0] : words[0] === '~' ? words[1] : undefined
  return text === undefined ? undefined : patternOf(text)
}

/** Whether a path is another, or below it; `*` and `?` stand for what is between slashes. */
function isBelow(path: string, outer: string): boolean {
  if (!/[*?[]/.test(outer)) return path === outer || path.startsWith(outer.endsWith('/') ? outer : `${outer}/`)
  const depth = outer.split('/').length
  return wildcardOf(outer, '[^/]').test(path.split('/').slice(0, depth).join('/'))
}
