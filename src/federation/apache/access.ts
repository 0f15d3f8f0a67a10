import type { Directive } from './directive.ts'
import { sectionsFor, type Place } from './setting.ts'

/** A line that lets only some in, and the section that it stands in. */
export interface Restriction {
  readonly line: Directive
  readonly section: Directive
}

/**
 * Who may ask for a place, where that is not everybody. The last section with lines about it decides alone (AuthMerging Off, the
 * default), and of several lines in it one that fits is enough.
 */
export function restriction(place: Place): Restriction | undefined {
  const section = sectionsFor(place).findLast(({ children = [] }) => flat(children).some(isAccess))
  const lines = flat(section?.children ?? []).filter(isAccess)
  if (!section || lines.length === 0 || lines.some(isOpen)) return undefined
  return { line: lines[0]!, section }
}

/** With those in `<RequireAny>` and the like; `<Limit>` is about some methods alone. */
const flat = (lines: readonly Directive[]): readonly Directive[] =>
  lines.flatMap(line => (/^require(any|all|none)$/.test(line.name) ? flat(line.children ?? []) : [line]))

const isAccess = ({ name }: Directive): boolean => name === 'require' || name === 'deny' || name === 'allow'

const isOpen = ({ name, text }: Directive): boolean => /^(require all granted|allow from all)$/i.test(`${name} ${text}`.trim())
