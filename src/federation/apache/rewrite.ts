import type { Directive } from './directive.ts'
import { patternOf } from './pattern.ts'
import { isOn, type Place } from './setting.ts'

/** A RewriteRule that a path meets. */
export interface Rewrite {
  readonly kind: 'rewrite'
  /** What becomes of the request; `pass`: nothing, `change`: another path. */
  readonly does: 'redirect' | 'proxy' | 'forbid' | 'gone' | 'pass' | 'change'
  readonly to: string
  readonly directive: Directive
  /** Whether its conditions hold for sure, or may hold. */
  readonly certain: boolean
}

/** The rules of a virtual host that a path meets, where the engine is on. Those in directories and .htaccess are not seen. */
export function* rewrites({ host, server, path }: Place): Iterable<Rewrite> {
  if (!isOn({ server, host, path: '/' }, 'rewriteengine')) return
  let conditions: Directive[] = []
  for (const directive of host?.directives ?? server.main) {
    if (directive.name === 'rewritecond') conditions.push(directive)
    if (directive.name !== 'rewriterule') continue
    const holds = judged(conditions, path)
    conditions = []
    const [pattern = '', to = '', flagText = ''] = directive.words
    const flags = flagsOf(flagText)
    const match = patternOf(pattern.replace(/^!/, ''), has(flags, 'NC', 'NOCASE')).exec(path)
    if ((match === null) !== pattern.startsWith('!') || holds === false) continue
    yield { kind: 'rewrite', directive, certain: holds === true, to: match ? replaced(to, match) : to, does: actionOf(to, flags) }
    if (holds === true && (has(flags, 'END') || (has(flags, 'L', 'LAST') && to === '-'))) return
  }
}

/** `$1` and the like, by what was matched. */
export const replaced = (text: string, match: RegExpExecArray): string =>
  text.replaceAll(/\$(\d)/g, (_, digit: string) => match[Number(digit)] ?? '')

/** `[R=301,L]` */
const flagsOf = (text: string): ReadonlySet<string> =>
  new Set(text.replaceAll(/^\[|\]$/g, '').split(',').map(flag => flag.trim().split('=')[0]!.toUpperCase()))

const has = (flags: ReadonlySet<string>, ...names: readonly string[]): boolean => names.some(name => flags.has(name))

function actionOf(to: string, flags: ReadonlySet<string>): Rewrite['does'] {
  if (has(flags, 'P', 'PROXY')) return 'proxy'
  if (has(flags, 'F', 'FORBIDDEN')) return 'forbid'
  if (has(flags, 'G', 'GONE')) return 'gone'
  if (to === '-') return 'pass'
  return has(flags, 'R', 'REDIRECT') || /^https?:/i.test(to) ? 'redirect' : 'change'
}

/** Whether conditions hold: those on the path can be judged. Undefined where one of the others decides. */
function judged(conditions: readonly Directive[], path: string): boolean | undefined {
  const known: { readonly [subject: string]: string } = { '%{REQUEST_URI}': path, '%{HTTPS}': 'on', '%{REQUEST_SCHEME}': 'https' }
  let result: boolean | undefined = true
  for (const { words } of conditions) {
    const [subject = '', pattern = '', flagText = ''] = words
    const flags = flagsOf(flagText)
    const text = /^!?[-<>=]/.test(pattern) ? undefined : known[subject]
    const isMatch = text !== undefined && patternOf(pattern.replace(/^!/, ''), has(flags, 'NC', 'NOCASE')).test(text)
    const holds = text === undefined ? undefined : isMatch !== pattern.startsWith('!')
    if (holds === false && !has(flags, 'OR', 'ORNEXT')) return false
    if (holds !== true) result = undefined
  }
  return result
}
