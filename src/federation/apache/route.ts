import type { Directive } from './directive.ts'
import { patternOf } from './pattern.ts'
import { isForLocation, isOn, settings, type Place } from './setting.ts'

/** A line that a request's path meets on its way, and what it does with it. */
export type Meeting =
  /** `RewriteRule`: to another place by redirect, by the proxy, to another path, or to nowhere. */
  | { readonly kind: 'rewrite'; readonly does: 'redirect' | 'proxy' | 'forbid' | 'gone' | 'pass' | 'change'; readonly to: string; readonly directive: Directive; readonly certain: boolean }
  | { readonly kind: 'proxy'; readonly to: string; readonly parameters: Parameters; readonly directive: Directive }
  /** `ProxyPass … !` */
  | { readonly kind: 'not-proxied'; readonly directive: Directive }
  | { readonly kind: 'redirect'; readonly status: number; readonly to: string; readonly directive: Directive }
  | { readonly kind: 'alias'; readonly file: string; readonly directive: Directive }
  /** Nothing else: below the document root. */
  | { readonly kind: 'file'; readonly file: string; readonly directive?: Directive }

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
    if (meeting.certain && meeting.does !== 'pass') return
  }
  for (const asked of [proxied, redirected, aliased]) {
    const meeting = asked(place)
    if (meeting) yield meeting
    if (meeting && meeting.kind !== 'not-proxied') return
  }
  const root = settings(place, 'documentroot').at(-1)
  if (root) yield { kind: 'file', file: `${(root.words[0] ?? '').replace(/\/$/, '')}${place.path}`, directive: root }
}

/** The first that decides for certain; undefined where there is not even a document root. */
export const decided = (place: Place): Meeting | undefined =>
  [...route(place)].find(meeting => (meeting.kind === 'rewrite' ? meeting.certain && meeting.does !== 'pass' : meeting.kind !== 'not-proxied'))

/** What comes first: the vhost's own lines, then those of the main server. Lines in `<Location>` before all others. */
function lines(place: Place, ...names: readonly string[]): { readonly flat: readonly Directive[]; readonly located: readonly { readonly directive: Directive; readonly section: Directive }[] } {
  const { server, host, path } = place
  const levels = [host?.directives ?? [], server.main]
  const sections = levels.flat().filter(section => section.children && isForLocation(section, path))
  return {
    flat: levels.flat().filter(({ name }) => names.includes(name)),
    located: sections.flatMap(section => section.children!.filter(({ name }) => names.includes(name)).map(directive => ({ directive, section }))),
  }
}

/** mod_proxy: what stands in the last matching `<Location>`, else the first line that matches. */
function proxied(place: Place): Meeting | undefined {
  const { flat, located } = lines(place, 'proxypass', 'proxypassmatch')
  const inner = located.at(-1)
  if (inner) {
    const { directive, section } = inner
    const own = section.name === 'location' && section.words[0] !== '~' ? section.words[0]! : undefined
    return proxyMeeting(directive, place.path, own === undefined ? [/^/, directive.words] : [own, directive.words])
  }
  for (const directive of flat) {
    const [from = '', ...rest] = directive.words
    const pattern = directive.name === 'proxypassmatch' ? patternOf(from) : from
    const meeting = pattern !== undefined && proxyMeeting(directive, place.path, [pattern, rest])
    if (meeting) return meeting
  }
  return undefined
}

function proxyMeeting(directive: Directive, path: string, [from, [to = '', ...options]]: readonly [string | RegExp, readonly string[]]): Meeting | undefined {
  const rest = typeof from === 'string' ? behind(path, from) : undefined
  const match = typeof from === 'string' ? undefined : from.exec(path)
  if (rest === undefined && !match) return undefined
  if (to === '!') return { kind: 'not-proxied', directive }
  const named = options.map(option => /^([^=]+)=(.*)$/.exec(option))
  return {
    kind: 'proxy',
    directive,
    to: match ? (/\$\d/.test(to) ? replaced(to, match) : from instanceof RegExp && from.source === '^' ? to : to + path) : to + rest!,
    parameters: {
      flags: new Set(options.filter(option => !option.includes('=')).map(option => option.toLowerCase())),
      values: new Map(named.flatMap(option => (option ? [[option[1]!.toLowerCase(), option[2]!] as const] : []))),
    },
  }
}

const statuses: { readonly [word: string]: number } = { permanent: 301, temp: 302, seeother: 303, gone: 410 }

/** mod_alias: the first that matches. */
function redirected(place: Place): Meeting | undefined {
  const { flat, located } = lines(place, 'redirect', 'redirectmatch', 'redirectpermanent', 'redirecttemp')
  for (const directive of [...flat, ...located.map(({ directive }) => directive)]) {
    const words = [...directive.words]
    const word = directive.name === 'redirectpermanent' ? 'permanent' : directive.name === 'redirecttemp' ? 'temp' : /^(\d{3}|permanent|temp|seeother|gone)$/i.test(words[0] ?? '') ? words.shift()! : 'temp'
    const status = statuses[word.toLowerCase()] ?? Number(word)
    const isLocated = !flat.includes(directive)
    const [from = '', to = ''] = isLocated && words.length < 2 ? ['/', ...words] : words
    const match = directive.name === 'redirectmatch' ? patternOf(from)?.exec(place.path) : undefined
    const rest = directive.name === 'redirectmatch' ? undefined : behind(place.path, from)
    if (match || rest !== undefined) return { kind: 'redirect', status, to: match ? replaced(to, match) : to + rest!, directive }
  }
  return undefined
}

function aliased(place: Place): Meeting | undefined {
  for (const directive of lines(place, 'alias', 'aliasmatch', 'scriptalias', 'scriptaliasmatch').flat) {
    const [from = '', to = ''] = directive.words
    const match = directive.name.endsWith('match') ? patternOf(from)?.exec(place.path) : undefined
    const rest = directive.name.endsWith('match') ? undefined : behind(place.path, from)
    if (match || rest !== undefined) return { kind: 'alias', file: match ? replaced(to, match) : to + rest!, directive }
  }
  return undefined
}

/** What of a path is behind its beginning; undefined where it does not begin so, or in the middle of a name. */
function behind(path: string, beginning: string): string | undefined {
  if (!path.startsWith(beginning)) return undefined
  const rest = path.slice(beginning.length)
  return rest === '' || rest.startsWith('/') || beginning.endsWith('/') ? rest : undefined
}

const replaced = (text: string, match: RegExpExecArray): string => text.replaceAll(/\$(\d)/g, (_, digit: string) => match[Number(digit)] ?? '')

/** mod_rewrite: the rules of the virtual host alone, where the engine is on. Those in directories and .htaccess are not seen. */
function* rewrites(place: Place): Iterable<Meeting & { kind: 'rewrite' }> {
  const { host, server, path } = place
  if (!isOn({ server, host, path: '/' }, 'rewriteengine')) return
  const own = host?.directives ?? server.main
  let conditions: Directive[] = []
  for (const directive of own) {
    if (directive.name === 'rewritecond') conditions.push(directive)
    if (directive.name !== 'rewriterule') continue
    const [pattern = '', to = '', flagText = ''] = directive.words
    const flags = new Set(flagText.replace(/^\[|\]$/g, '').split(',').map(flag => flag.trim().split('=')[0]!.toUpperCase()))
    const negated = pattern.startsWith('!')
    const match = patternOf(negated ? pattern.slice(1) : pattern, flags.has('NC') || flags.has('NOCASE'))?.exec(path)
    if ((match !== null && match !== undefined) !== negated) {
      const holds = conditions.length === 0 ? true : judged(conditions, path)
      if (holds !== false)
        yield { kind: 'rewrite', directive, certain: holds === true, to: match ? replaced(to, match) : to, does: flags.has('P') || flags.has('PROXY') ? 'proxy' : flags.has('F') || flags.has('FORBIDDEN') ? 'forbid' : flags.has('G') || flags.has('GONE') ? 'gone' : to === '-' ? 'pass' : flags.has('R') || flags.has('REDIRECT') || /^https?:/.test(to) ? 'redirect' : 'change' }
      if (holds === true && (flags.has('END') || (flags.has('L') && to === '-') || flags.has('LAST') && to === '-')) return
    }
    conditions = []
  }
}

/** Conditions on the path can be judged; undefined where one of the others decides. */
function judged(conditions: readonly Directive[], path: string): boolean | undefined {
  let result: boolean | undefined = true
  for (const { words: [subject = '', pattern = '', flags = ''] } of conditions) {
    const known = subject === '%{REQUEST_URI}' ? path : subject === '%{HTTPS}' ? 'on' : subject === '%{REQUEST_SCHEME}' ? 'https' : undefined
    const negated = pattern.startsWith('!')
    const one = known === undefined || /^!?[-<>=]/.test(pattern) ? undefined : (patternOf(pattern.replace(/^!/, ''), /\bNC\b/i.test(flags))?.test(known) ?? false) !== negated
    if (one === false && !/\bOR\b/i.test(flags)) return false
    if (one === undefined || one === false) result = undefined
  }
  return result
}
