import type { Directive } from '../apache/directive.ts'
import { route, type Meeting } from '../apache/route.ts'
import { setting, settings, type Place } from '../apache/setting.ts'
import { placeOf, type Standpoint, type Way } from '../apache/standpoint.ts'
import type { Finding } from '../check.ts'

/** A line of Apache's configuration that explains a finding. */
export interface Cause {
  readonly line: Directive
  /** What is wrong there, as a sentence's rest; absent where the line says it itself. */
  readonly says?: string
}

/** A finding, seen from one host. */
export interface Look {
  readonly standpoint: Standpoint
  readonly finding: Pick<Finding, 'kind' | 'message' | 'asked' | 'answered'>
}

/** Lines that explain a finding, the likeliest first. */
export type Finder = (look: Look) => Iterable<Cause>

/** The ways that a finding speaks of, by their names; all of them where it names none. */
export function waysOf({ standpoint: { hosts }, finding }: Look): readonly Way[] {
  const ways = (['servers', 'documents', 'clients'] as const).filter(way => hosts[way])
  const text = [finding.message, finding.asked, finding.answered].join(' ').toLowerCase()
  const names = new Set(text.split(/[^\w.-]+/).map(word => word.replace(/\.$/, '')))
  const named = ways.filter(way => names.has(hosts[way]!.gate.name.toLowerCase()))
  return named.length > 0 ? named : ways
}

/** The virtual hosts that a finding speaks of, as places at their root. */
export const virtualHosts = (look: Look): readonly Place[] => waysOf(look).flatMap(way => placeOf(look.standpoint, way, '/') ?? [])

/** The lines of these names that decide in the virtual hosts that a finding speaks of. */
export const deciding = (...names: readonly string[]): Finder => look =>
  virtualHosts(look).flatMap(place => names.flatMap(name => setting(place, name) ?? [])).map(line => ({ line }))

/** The lines of these names that count for a path, the last first. */
export const counting = (way: Way, path: string, ...names: readonly string[]): Finder => ({ standpoint }) => {
  const place = placeOf(standpoint, way, path)
  return place ? settings(place, ...names).toReversed().map(line => ({ line })) : []
}

/** What is to be said of a meeting. */
export type Says = string | ((meeting: Meeting) => string)

/** What a path meets that fits. */
export const meeting = (way: Way, path: string, fits: (meeting: Meeting) => boolean, says: Says): Finder => ({ standpoint }) => {
  const place = placeOf(standpoint, way, path)
  const met = place ? [...route(place)].filter(fits) : []
  return met.map(one => ({ line: one.directive, says: typeof says === 'string' ? says : says(one) }))
}

/** Those of several finders, in their order. */
export const eitherOf = (...finders: readonly Finder[]): Finder => function* (look) {
  for (const find of finders) yield* find(look)
}

/** Those of a finder that fit, with what is to be said of them. */
export const only = (find: Finder, fits: (line: Directive) => boolean, says?: string): Finder => look =>
  [...find(look)].filter(({ line }) => fits(line)).map(({ line, ...before }) => ({ line, ...before, ...(says !== undefined && { says }) }))

/** One finder or another, by the finding's kind. */
export const byKind = (kinds: { readonly [kind: string]: Finder }, otherwise: Finder): Finder => look =>
  (kinds[look.finding.kind] ?? otherwise)(look)

/** The first word of a line is this one. */
export const saying = (word: string) => ({ words }: Directive): boolean => words[0]?.toLowerCase() === word

export const isRedirect = (meeting: Meeting): boolean =>
  meeting.kind === 'redirect' || (meeting.kind === 'rewrite' && meeting.does === 'redirect')

export const isRefusal = (meeting: Meeting): boolean =>
  (meeting.kind === 'rewrite' && (meeting.does === 'forbid' || meeting.does === 'gone')) ||
  (meeting.kind === 'redirect' && meeting.status >= 400)

/** `Header` lines that count for a path, about headers that are wanted. */
export const headers = (way: Way, path: string, wanted: (name: string) => boolean): Finder =>
  only(counting(way, path, 'header'), line => wanted(headerOf(line).name))

/** `Header [always|onsuccess] set NAME VALUE`. */
export function headerOf({ words }: Directive): { readonly always: boolean; readonly name: string } {
  const condition = words[0]?.toLowerCase()
  const name = words[condition === 'always' || condition === 'onsuccess' ? 2 : 1] ?? ''
  return { always: condition === 'always', name: name.replace(/:$/, '').toLowerCase() }
}

/** The virtual host of a way where none is for its name, so that the first of the port answers. */
export const unnamed = (way: Way): Finder => ({ standpoint: { hosts } }) => {
  const { host, named, gate } = hosts[way] ?? {}
  if (!host || !gate || named) return []
  return [{ line: host.directive, says: `no virtual host at port ${gate.port} is for ${gate.name}, and this one is the first` }]
}
