import type { Directive } from './directive.ts'
import { patternOf } from './pattern.ts'
import { replaced, rewrites, type Rewrite } from './rewrite.ts'
import { isForLocation, setting, type Place } from './setting.ts'

/** A line that a request's path meets on its way, and what it does with it. */
export type Meeting =
  | Rewrite
  | { readonly kind: 'proxy'; readonly to: string; readonly parameters: Parameters; readonly directive: Directive }
  /** `ProxyPass … !` */
  | { readonly kind: 'not-proxied'; readonly directive: Directive }
  | { readonly kind: 'redirect'; readonly status: number; readonly to: string; readonly directive: Directive }
  | { readonly kind: 'alias'; readonly file: string; readonly directive: Directive }
  /** Nothing else: below the document root. */
  | { readonly kind: 'file'; readonly file: string; readonly directive: Directive }

/** Of a ProxyPass line: `nocanon`, `retry=0`. */
export interface Parameters {
  readonly flags: ReadonlySet<string>
  readonly values: ReadonlyMap<string, string>
}

/**
 * What a path meets, in the order in which Apache asks: rewrite rules, ProxyPass, then Redirect, then Alias, whatever their order
 * in the file. What decides ends it; rewrite rules whose conditions nobody can judge here are told as possible, and what comes
 * behind them as well.
 */
export function* route(place: Place): Iterable<Meeting> {
  for (const meeting of rewrites(place)) {
    yield meeting
    if (decides(meeting)) return
  }
  for (const asked of [proxied, redirected, aliased, below]) {
    const meeting = asked(place)
    if (meeting) yield meeting
    if (meeting && decides(meeting)) return
  }
}

/** The first that decides for certain; undefined where there is not even a document root. */
export const decided = (place: Place): Meeting | undefined => [...route(place)].find(decides)

const decides = (meeting: Meeting): boolean =>
  meeting.kind === 'rewrite' ? meeting.certain && meeting.does !== 'pass' : meeting.kind !== 'not-proxied'

/** Lines of these names outside of locations, in the order in which they are asked: the virtual host's own first. */
const flat = ({ host, server }: Place, ...names: readonly string[]): readonly Directive[] =>
  [...(host?.directives ?? []), ...server.main].filter(({ name }) => names.includes(name))

/** Those in the `<Location>` sections that a path is in, with their sections. */
const located = ({ host, server, path }: Place, ...names: readonly string[]) =>
  [...server.main, ...(host?.directives ?? [])]
    .filter(section => isForLocation(section, path))
    .flatMap(section => (section.children ?? []).filter(({ name }) => names.includes(name)).map(directive => ({ directive, section })))

/** mod_proxy: what stands in the last matching `<Location>`, else the first line that matches. */
function proxied(place: Place): Meeting | undefined {
  const inner = located(place, 'proxypass', 'proxypassmatch').at(-1)
  if (inner) {
    const [to = '', ...options] = inner.directive.words
    // A section by a pattern takes nothing away from the path, and adds nothing.
    const isPlain = inner.section.name === 'location' && inner.section.words[0] !== '~'
    return passedOn(inner.directive, isPlain ? moved(place.path, inner.section.words[0]!, to) : to, to, options)
  }
  for (const directive of flat(place, 'proxypass', 'proxypassmatch')) {
    const [from = '', to = '', ...options] = directive.words
    const target = directive.name === 'proxypass'
      ? moved(place.path, from, to)
      : matched(place.path, from, /\$\d/.test(to) ? to : to + place.path)
    if (target !== undefined) return passedOn(directive, target, to, options)
  }
  return undefined
}

function passedOn(directive: Directive, target: string | undefined, to: string, options: readonly string[]): Meeting {
  if (to === '!') return { kind: 'not-proxied', directive }
  const pairs = options.filter(option => option.includes('=')).map(option => option.split(/=(.*)/s) as [string, string])
  return {
    kind: 'proxy',
    directive,
    to: target ?? to,
    parameters: {
      flags: new Set(options.filter(option => !option.includes('=')).map(option => option.toLowerCase())),
      values: new Map(pairs.map(([name, value]) => [name.toLowerCase(), value])),
    },
  }
}

const statuses: { readonly [word: string]: number } = { permanent: 301, temp: 302, seeother: 303, gone: 410 }
const own: { readonly [directive: string]: number } = { redirectpermanent: 301, redirecttemp: 302 }

/** mod_alias: the first that matches, then those in locations. */
function redirected(place: Place): Meeting | undefined {
  const names = ['redirect', 'redirectmatch', 'redirectpermanent', 'redirecttemp']
  for (const directive of [...flat(place, ...names), ...located(place, ...names).map(({ directive }) => directive)]) {
    const [first = ''] = directive.words
    const fixed = own[directive.name]
    const said = fixed === undefined ? (statuses[first.toLowerCase()] ?? (/^\d{3}$/.test(first) ? Number(first) : undefined)) : undefined
    const words = said === undefined ? directive.words : directive.words.slice(1)
    // In a location the path is that of the location.
    const [from = '', to = ''] = words.length < 2 && /^https?:/i.test(words[0] ?? '') ? ['/', ...words] : words
    const target = directive.name === 'redirectmatch' ? matched(place.path, from, to) : moved(place.path, from, to)
    if (target !== undefined) return { kind: 'redirect', status: fixed ?? said ?? 302, to: target, directive }
  }
  return undefined
}

function aliased(place: Place): Meeting | undefined {
  for (const directive of flat(place, 'alias', 'aliasmatch', 'scriptalias', 'scriptaliasmatch')) {
    const [from = '', to = ''] = directive.words
    const file = directive.name.endsWith('match') ? matched(place.path, from, to) : moved(place.path, from, to)
    if (file !== undefined) return { kind: 'alias', file, directive }
  }
  return undefined
}

function below(place: Place): Meeting | undefined {
  const directive = setting(place, 'documentroot')
  return directive && { kind: 'file', file: `${(directive.words[0] ?? '').replace(/\/$/, '')}${place.path}`, directive }
}

/** A path with another beginning; undefined where it does not begin so, or in the middle of a name. */
function moved(path: string, from: string, to: string): string | undefined {
  if (!path.startsWith(from)) return undefined
  const rest = path.slice(from.length)
  return rest === '' || rest.startsWith('/') || from.endsWith('/') ? to + rest : undefined
}

/** What a pattern makes of a path; undefined where it does not match. */
function matched(path: string, pattern: string, to: string): string | undefined {
  const match = patternOf(pattern).exec(path)
  return match ? replaced(to, match) : undefined
}
