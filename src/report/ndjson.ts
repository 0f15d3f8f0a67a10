import type { Listener } from '../core/event.ts'
import { jsonText } from './value-text.ts'

/** The number that a reader checks: it goes up when a line changes its meaning or loses a member. */
export const format = 1

/**
 * The event stream as it is, one JSON object a line, the first of which names the format. Documented in
 * `docs/events.md`.
 */
export function createNdjson(write: (line: string) => void, version: string): Listener {
  write(jsonText({ type: 'version', format, program: 'matrix-provision', version }))
  return event => write(jsonText(event))
}
