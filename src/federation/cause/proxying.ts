import type { Directive } from '../apache/directive.ts'
import { clientPaths, serverPaths } from '../apache/matrix-paths.ts'
import { isOn, setting, settings, type Place } from '../apache/setting.ts'
import { route, type Meeting } from '../apache/route.ts'
import { placeOf, type Standpoint, type Way } from '../apache/standpoint.ts'

/** A line that passes Matrix on. */
export interface Passing {
  readonly way: Way
  readonly path: string
  readonly place: Place
  readonly by: (Meeting & { readonly kind: 'proxy' }) | (Meeting & { readonly kind: 'rewrite' })
}

/** The lines that pass Matrix on, each once, with the first path that it takes; those for servers first. */
export function passings(standpoint: Standpoint): readonly Passing[] {
  const all = (
    [
      ['servers', serverPaths],
      ['clients', clientPaths],
    ] as const
  ).flatMap(([way, paths]) => paths.flatMap(path => passing(standpoint, way, path) ?? []))
  const seen = new Set<Directive>()
  return all.filter(({ by }) => !seen.has(by.directive) && seen.add(by.directive))
}

/** What passes one path on; undefined where nothing does. */
export function passing(standpoint: Standpoint, way: Way, path: string): Passing | undefined {
  const place = placeOf(standpoint, way, path)
  if (!place) return undefined
  for (const by of route(place)) {
    if (by.kind === 'proxy') return { way, path, place, by }
    if (by.kind === 'rewrite' && by.certain && by.does !== 'pass')
      return by.does === 'proxy' ? { way, path, place, by } : undefined
    if (by.kind === 'redirect' || by.kind === 'alias') return undefined
  }
  return undefined
}

/** Whether it decodes what was escaped: measured, only nocanon and mapping=encoded do not. */
export const decodes = ({ by }: Passing): boolean =>
  by.kind === 'rewrite' || !(by.parameters.flags.has('nocanon') || by.parameters.values.get('mapping') === 'encoded')

/** Seconds that a backend may take: `timeout=` of the line, else ProxyTimeout, else Timeout. */
export function patienceOf({ place, by }: Passing): { readonly seconds: number; readonly directive: Directive | undefined } {
  const own = by.kind === 'proxy' ? secondsOf(by.parameters.values.get('timeout')) : undefined
  if (own !== undefined) return { seconds: own, directive: by.directive }
  const directive = setting(place, 'proxytimeout') ?? setting(place, 'timeout')
  return { seconds: secondsOf(directive?.words[0]) ?? 60, directive }
}

/** `600`, `600s`, `10min`, `500ms` as seconds. */
function secondsOf(text: string | undefined): number | undefined {
  const [, digits, unit = 's'] = /^(\d+)(ms|s|mi|min|h)?$/.exec(text ?? '') ?? []
  return digits === undefined ? undefined : Number(digits) * { ms: 0.001, s: 1, mi: 60, min: 60, h: 3600 }[unit]!
}

/** Whether requests reach this virtual host over TLS, rather than by something else that ends it. */
export const hasTls = (place: Place): boolean => isOn(place, 'sslengine')

/** What `RequestHeader` lines do to a header, in order. */
export function requestHeaderLines(
  place: Place,
  header: string,
): readonly (Directive & { readonly action: string; readonly value: string })[] {
  return settings(place, 'requestheader').flatMap(directive => {
    const [action = '', name = '', value = ''] = directive.words
    return name.replace(/:$/, '').toLowerCase() === header.toLowerCase()
      ? [{ ...directive, action: action.toLowerCase(), value }]
      : []
  })
}

/** What the homeserver is told about the scheme: a text, or undefined for what nobody can tell from here. */
export function forwardedProto(place: Place): {
  readonly value: 'missing' | 'http' | 'https' | 'unknown'
  readonly directive: Directive | undefined
} {
  const directive = requestHeaderLines(place, 'x-forwarded-proto').findLast(({ action }) => action !== 'note')
  if (!directive || directive.action === 'unset') return { value: 'missing', directive }
  const { value } = directive
  if (/^expr=%\{(?:req:)?REQUEST_SCHEME\}$/i.test(value)) return { value: hasTls(place) ? 'https' : 'http', directive }
  return { value: value === 'https' || value === 'http' ? value : 'unknown', directive }
}
