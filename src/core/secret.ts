/**
 * What must not be shown. Values are registered where they enter the program (passwords that were asked for, vaulted
 * variables, `no_log` parameters); they are removed in one place, where events leave the engine.
 */
export class Secrets {
  /** The longest first: what is left of one that holds another would still tell. */
  #values: readonly string[] = []

  /** Values shorter than four characters are not registered: they would blank out ordinary text. */
  add(value: string): void {
    if (value.length < 4 || this.#values.includes(value)) return
    // Programs for sh, which -vv shows, carry an apostrophe so.
    const forms = new Set([value, value.replaceAll("'", "'\\''")])
    this.#values = [...this.#values, ...forms].sort((one, other) => other.length - one.length)
  }

  /** `text` with every registered value replaced. */
  redact(text: string): string {
    for (const value of this.#values) text = text.replaceAll(value, '********')
    return text
  }

  /** A copy of plain data in which every registered value is replaced, keys included. */
  redactData<T>(data: T): T {
    if (this.#values.length === 0) return data
    if (typeof data === 'string') return this.redact(data) as T
    if (Array.isArray(data)) return data.map(item => this.redactData(item)) as T
    if (data instanceof Map) return new Map([...data].map(([key, value]) => [this.redactData(key), this.redactData(value)])) as T
    if (data && typeof data === 'object' && Object.getPrototypeOf(data) === Object.prototype)
      return Object.fromEntries(Object.entries(data).map(([key, value]) => [this.redact(key), this.redactData(value)])) as T
    return data
  }
}
