import type { Position } from './position.ts'
import { floatText } from './python-float.ts'
import { isUnknown, Unknown } from './unknown.ts'

/**
 * A value of the playbook language, with Python's distinctions where users see them: a dictionary keeps its order and
 * the type of its keys (Map), and a whole float (`2.0`) is told from an integer. All other numbers are numbers;
 * integers beyond 2^53 are bigints.
 */
export type Value = null | boolean | number | bigint | string | Float | Bytes | Unknown | Omit | Value[] | Dict

export type Dict = Map<Value, Value>
export type Bytes = Uint8Array

/** A float whose value is whole: Python prints `2.0` where it prints `2` for the integer. */
export class Float {
  readonly value: number

  constructor(value: number) {
    this.value = value
  }

  valueOf(): number {
    return this.value
  }

  toString(): string {
    return floatText(this.value)
  }

  /** `2.0` in JSON too: who reads it there may tell them apart. */
  toJSON(): unknown {
    return rawJson(floatText(this.value))
  }
}

// ECMAScript's JSON.rawJSON, which TypeScript's library does not know yet.
const { rawJSON: rawJson } = JSON as unknown as { rawJSON(text: string): unknown }

/** What the variable `omit` stands for: a parameter with this value counts as not given. */
export class Omit {
  toString(): string {
    return '__omit_place_holder__'
  }
}

export const OMIT: Omit = Object.freeze(new Omit())

/**
 * Text that is to be rendered when it is used. Only what the user wrote becomes one (YAML and INI loaders make it from
 * a string that contains `{{`, `{%` or `{#`); what came from a host is a plain string and so is never rendered.
 */
export class TemplateText {
  readonly text: string
  /** Where the first character stands. Every further line of the text begins in the same column (a block scalar). */
  readonly at: Position | undefined
  /** The lines of the text are not those of the file (a folded or quoted scalar): only the start is a sure place. */
  readonly folded: boolean

  constructor(text: string, at?: Position, folded = false) {
    this.text = text
    this.at = at
    this.folded = folded
  }
}

/** A value as it was written: templates in it are not rendered yet. */
export type Raw = Value | TemplateText | Raw[] | RawDict
export type RawDict = Map<Value, Raw>

/** Plain data as modules take and return it. */
export type Json = null | boolean | number | string | Float | Json[] | { readonly [key: string]: Json | undefined }

/** Plain data (unknowns allowed inside) as a value of the language. Absent (`undefined`) members are left out. */
export function toValue(data: unknown): Value {
  if (data === undefined || data === null) return null
  if (Array.isArray(data)) return data.map(toValue)
  if (typeof data === 'object') {
    if (isUnknown(data) || data instanceof Float || data instanceof Uint8Array || data instanceof Omit) return data
    const entries = data instanceof Map ? [...data] : Object.entries(data)
    return new Map(entries.filter(([, value]) => value !== undefined).map(([key, value]) => [key, toValue(value)]))
  }
  return data as Value
}

/** A value of the language as plain data: dictionaries become objects, keys become text, unknowns and floats stay. */
export function toPlain(value: Value): unknown {
  if (Array.isArray(value)) return value.map(toPlain)
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, member]) => [keyText(key), toPlain(member)]))
  return value
}

const keyText = (key: Value): string =>
  key === null ? 'None' : key === true ? 'True' : key === false ? 'False' : String(key)
