import { listed } from '../report/words.ts'

const patience = 10_000

export interface Waiting {
  /** Says nothing while somebody is asked something. @returns goes on */
  hold(): () => void
  end(): void
}

/**
 * Tells on stderr what a long run waits for, every ten seconds.
 *
 * @param open names that are not done yet
 */
export function sayWhatIsWaitedFor(open: () => readonly string[], all: () => number): Waiting {
  const started = performance.now()
  let held = false
  const timer = setInterval(() => {
    const names = open()
    if (held || names.length === 0) return
    const shown = names.length > 3 ? [...names.slice(0, 3), `${names.length - 3} more`] : names
    process.stderr.write(`${Math.round((performance.now() - started) / 1000)} s: waiting for ${listed(shown)}${all() > 1 ? ` (${all() - names.length} of ${all()} done)` : ''}\n`)
  }, patience)
  return {
    hold: () => {
      held = true
      return () => {
        held = false
      }
    },
    end: () => clearInterval(timer),
  }
}
