import type { Become, Connection } from '../../connection/connection.ts'
import { asBytes, bytePattern, textOfBytes } from '../../core/byte-pattern.ts'
import type { WaitAnswer } from '../../host/change.ts'

/** How the host is looked at. */
export interface Way {
  readonly connection: Connection
  readonly become: Become | undefined
  /** Seconds. */
  readonly connectTimeout: number
}

/** What was found when it is as it should be: the groups of what was searched for, or why it never will be. */
export type Seen = Pick<WaitAnswer, 'match' | 'named' | 'error'>

/** Looks once. `left`: seconds until the time is over. */
export type Look = (left: number) => Promise<Seen | undefined>

/** Programs that look are short. Milliseconds. */
export const lookDeadline = 60_000

/** The groups of a Python expression found among bytes (as `bytesAsText` gives them); undefined where it is not found. */
export function searchIn(bytes: string, expression: string): Seen | undefined {
  const found = bytePattern(asBytes(expression), { multiline: true }).search(bytes)
  if (!found) return undefined
  const shown = (group: string | undefined) => (group === undefined ? null : textOfBytes(group))
  return { match: found.groups.map(shown), named: Object.fromEntries([...found.named].map(([name, group]) => [textOfBytes(name), shown(group)])) }
}
