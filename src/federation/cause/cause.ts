import type { Directive } from '../apache/directive.ts'
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
  const named = ways.filter(way => new RegExp(`(^|[^\\w.-])${hosts[way]!.gate.name.toLowerCase().replaceAll(/[^\w-]/g, '\\$&')}([^\\w.-]|$)`).test(text))
  return named.length > 0 ? named : ways
}

/** The virtual hosts that a finding speaks of, as places at their root. */
export const virtualHosts = (look: Look): readonly Place[] => waysOf(look).flatMap(way => placeOf(look.standpoint, way, '/') ?? [])

/** The lines of a name that decide in the virtual hosts that a finding speaks of. */
export const deciding = (...names: readonly string[]): Finder => look =>
  virtualHosts(look).flatMap(place => names.flatMap(name => setting(place, name) ?? [])).map(line => ({ line }))

/** The lines of a name that count for a path. */
export const countingAt = (way: Way, path: string, ...names: readonly string[]): Finder => ({ standpoint }) => {
  const place = placeOf(standpoint, way, path)
  return place ? settings(place, ...names).toReversed().map(line => ({ line })) : []
}

/** Those of several finders, in their order. */
export const eitherOf = (...finders: readonly Finder[]): Finder => function* (look) {
  for (const find of finders) yield* find(look)
}

/** Those of a finder that fit, with what is to be said of them. */
export const only = (find: Finder, fits: (line: Directive) => boolean, says?: string): Finder => look =>
  [...find(look)].filter(({ line }) => fits(line)).map(cause => (says === undefined ? cause : { ...cause, says }))
