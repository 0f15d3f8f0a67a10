import { fnmatch } from '../modules/fnmatch.ts'

/** `--start-at-task`: nothing of the whole run is done before the first task of that name (`executor/play_iterator.py`). */
export class StartAt {
  /** A pattern of the shell matches too; absent: the run begins at its beginning. */
  readonly wanted: string | undefined
  readonly #pattern: RegExp
  #reached: boolean

  constructor(wanted: string | undefined) {
    this.wanted = wanted
    this.#pattern = fnmatch(wanted ?? '')
    this.#reached = wanted === undefined
  }

  get reached(): boolean {
    return this.#reached
  }

  matches(name: string): boolean {
    return name === this.wanted || this.#pattern.test(name)
  }

  /** @param names of the task that comes next, with its role's name in front and without */
  begins(names: () => readonly string[]): boolean {
    return (this.#reached ||= names().some(name => this.matches(name)))
  }
}
