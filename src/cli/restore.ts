const steps = new Set<() => void>()

/** Notes what must be done should the program end at once. @returns takes the note back */
export function whenEndingAtOnce(step: () => void): () => void {
  steps.add(step)
  return () => void steps.delete(step)
}

/** Leaves the terminal as it was found. */
export function restoreTerminal(): void {
  for (const step of steps) step()
  steps.clear()
}
