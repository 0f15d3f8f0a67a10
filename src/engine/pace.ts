import { setImmediate as immediate } from 'node:timers/promises'

/** Milliseconds of work between two looks at the network. */
const slice = 10

/**
 * For work on many hosts of which each asks its host for something: looks at the network first and then every few
 * milliseconds, so that the first hosts answer while it is still being made out what to ask of the last.
 *
 * @returns to be waited for before each host's part
 */
export function pace(): () => Promise<void> {
  let line = Promise.resolve()
  let until = 0
  const next = async () => {
    if (performance.now() < until) return
    await immediate()
    until = performance.now() + slice
  }
  return () => (line = line.then(next))
}
