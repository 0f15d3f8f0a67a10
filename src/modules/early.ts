/**
 * Asks for facts before they are needed, so that they come in the same round trip as what is asked for now. Whoever needs
 * one asks again, and then hears if it could not be read.
 */
export function early(...facts: readonly Promise<unknown>[]): void {
  void Promise.allSettled(facts)
}
