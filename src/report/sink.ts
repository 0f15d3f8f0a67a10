/** Where text goes, each a line or several without the last newline. A live region steps aside for it. */
export interface Sink {
  /** Results: standard output. */
  out(text: string): void
  /** Progress, warnings, errors: standard error. */
  err(text: string): void
}
