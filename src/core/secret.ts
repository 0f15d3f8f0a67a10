/**
 * What must not be shown. Values are registered where they enter the program (passwords that were asked for, vaulted
 * variables, `no_log` parameters); they are removed in one place, where events leave the engine.
 */
export class Secrets {
  readonly #values = new Set<string>()

  /** Values shorter than four characters are not registered: they would blank out ordinary text. */
  add(value: string): void {
    if (value.length >= 4) this.#values.add(value)
  }

  /** `text` with every registered value replaced. */
  redact(text: string): string {
    for (const value of this.#values) text = text.replaceAll(value, '********')
    return text
  }

  /** A copy of plain data in which every registered value is replaced, keys included. */
  redactData<T>(data: T): T {
    if (this.#values.size === 0) return data
    if (typeof data === 'string') return this.redact(data) as T
    if (Array.isArray(data)) return data.map(item => this.redactData(item)) as T
    if (data instanceof Map) return new Map([...data].map(([key, value]) => [this.redactData(key), this.redactData(value)])) as T
    if (data && typeof data === 'object' && Object.getPrototypeOf(data) === Object.prototype)
      return Object.fromEntries(Object.entries(data).map(([key, value]) => [this.redact(key), this.redactData(value)])) as T
    return data
  }
}
