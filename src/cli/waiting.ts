import { listed } from '../report/words.ts'

const patience = 10_000

/**
 * Tells on stderr what a long run waits for, every ten seconds.
 *
 * @param open names that are not done yet
 * @returns ends it
 */
export function sayWhatIsWaitedFor(open: () => readonly string[], all: () => number): () => void {
  const started = performance.now()
  const timer = setInterval(() => {
    const names = open()
    if (names.length === 0) return
    const shown = names.length > 3 ? [...names.slice(0, 3), `${names.length - 3} more`] : names
    process.stderr.write(`${Math.round((performance.now() - started) / 1000)} s: waiting for ${listed(shown)}${all() > 1 ? ` (${all() - names.length} of ${all()} done)` : ''}\n`)
  }, patience)
  return () => clearInterval(timer)
}
