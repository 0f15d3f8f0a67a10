import type { Directive } from './directive.ts'
import { patternOf } from './pattern.ts'
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
export function settings({ server, host, path, file }: Place, ...names: readonly string[]): readonly Directive[] {
  const wanted = new Set(names.map(name => name.toLowerCase()))
  const outer = server.main.filter(({ name }) => !host || !notInherited.has(name))
  const levels = [outer, host?.directives ?? []]
  const sections = levels.flat().filter(({ children }) => children)
  const inside = [...directories(sections, file), ...sections.filter(section => isForFile(section, file)), ...sections.filter(section => isForLocation(section, path))]
  return [...levels.flat(), ...inside.flatMap(section => section.children ?? [])].filter(({ name }) => wanted.has(name))
}

/** The one that decides; undefined where it stands nowhere, or not where it counts. */
export const setting = (place: Place, name: string): Directive | undefined => settings(place, name).at(-1)

/** The first word of the one that decides, in lower case. */
export const value = (place: Place, name: string): string | undefined => setting(place, name)?.words[0]?.toLowerCase()

export const isOn = (place: Place, name: string): boolean => value(place, name) === 'on'

/** Shorter paths first, patterns behind them. */
function directories(sections: readonly Directive[], file: string | undefined): readonly Directive[] {
  if (file === undefined) return []
  const directory = file.slice(0, file.lastIndexOf('/') + 1)
  const plain = sections.filter(({ name, words }) => name === 'directory' && words[0] !== '~' && isBelow(directory, words[0] ?? ''))
  const byPattern = sections.filter(({ name, words }) => {
    const pattern = name === 'directorymatch' ? words[0] : name === 'directory' && words[0] === '~' ? words[1] : undefined
    return pattern !== undefined && (patternOf(pattern)?.test(directory) ?? false)
  })
  const depth = ({ words }: Directive) => (words[0] ?? '').split('/').filter(Boolean).length
  return [...plain.toSorted((one, other) => depth(one) - depth(other)), ...byPattern]
}

function isForFile({ name, words }: Directive, file: string | undefined): boolean {
  if (file === undefined) return false
  const base = file.slice(file.lastIndexOf('/') + 1)
  if (name === 'filesmatch') return patternOf(words[0] ?? '')?.test(base) ?? false
  if (name !== 'files') return false
  return words[0] === '~' ? (patternOf(words[1] ?? '')?.test(base) ?? false) : wildcard(words[0] ?? '').test(base)
}

export function isForLocation({ name, words }: Directive, path: string): boolean {
  if (name === 'locationmatch') return patternOf(words[0] ?? '')?.test(path) ?? false
  if (name !== 'location') return false
  return words[0] === '~' ? (patternOf(words[1] ?? '')?.test(path) ?? false) : isBelow(path, words[0] ?? '')
}

/** Whether a path is another, or below it; `*` and `?` stand for what is between slashes. */
export function isBelow(path: string, outer: string): boolean {
  if (/[*?[]/.test(outer)) return new RegExp(`^${wildcard(outer).source.slice(1, -1)}(?:/|$)`).test(path)
  return path === outer || path.startsWith(outer.endsWith('/') ? outer : `${outer}/`)
}

const wildcard = (text: string): RegExp =>
  new RegExp(`^${text.replaceAll(/[^]/g, character => (character === '*' ? '[^/]*' : character === '?' ? '[^/]' : character.replace(/[\\^$.|+()[\]{}]/, '\\$&')))}$`)
