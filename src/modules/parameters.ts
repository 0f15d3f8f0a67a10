import { didYouMean } from '../core/nearest.ts'
import { pythonClass, pythonText } from '../core/python-text.ts'
import { OMIT, TemplateText, toPlain, toValue, type Dict, type Raw, type RawDict, type Value } from '../core/value.ts'
import type { Module, ParameterRules, ParameterSpec, ParameterSpecs } from './module.ts'
import { exclusions, lacks } from './parameter-rules.ts'
import { convert, Misfit } from './parameter-type.ts'

/** Why the parameters of a task cannot be taken. */
export interface Problem {
  /** The keys that lead to the parameter, as written; empty where one is missing at the top. */
  readonly path: readonly (string | number)[]
  /** In Ansible's words. */
  readonly message: string
  readonly hint?: string
}

export interface Converted {
  /** What `plan` takes. Parameters that were not given and have no default are absent. */
  readonly parameters: { readonly [name: string]: unknown }
  /** Values of parameters that are never to be shown. */
  readonly secrets: readonly string[]
  readonly warnings: readonly string[]
}

/** The part of a module that says what it takes. */
export interface Signature extends Pick<Module, 'parameters' | 'rules' | 'freeForm' | 'anyParameter'> {
  /** Absent where it is no module that takes them. */
  readonly name?: string
}

/**
 * A task's rendered parameters in the types that its module asks for. Members whose value is `omit` count as not given,
 * and so does null, unless the module has a choice of values for it or takes it as one.
 *
 * @param given templates are allowed only in parameters marked `expression`, which take their text
 * @returns the parameters, or what is wrong with them in the order in which Ansible says it
 */
export function convertParameters(module: Signature, given: Dict): Converted | { readonly problems: readonly Problem[] } {
  const check = new Check(module)
  const parameters = check.dictionary(given, module, [], true)
  if (check.problems.length > 0) return { problems: check.problems }
  return { parameters: Object.fromEntries([...parameters].map(([name, value]) => [name, plain(value)])), secrets: [...check.secrets], warnings: check.warnings }
}

/**
 * What is wrong with parameters whatever their templates give: unknown names, literal values of the wrong type or
 * choice, parameters that exclude each other or are missing.
 *
 * @param more further parameters may come when the task runs (`args: "{{ … }}"`, `module_defaults`), so that none is
 *   known to be missing
 */
export function checkParameters(module: Signature, given: RawDict, more = false): readonly Problem[] {
  const check = new Check(module)
  check.dictionary(given, module, [], !more)
  return check.problems
}

/** What of specifications is asked for each time, so that a task does not go through all of them for it. */
interface Index {
  readonly aliases: readonly (readonly [alias: string, name: string])[]
  readonly defaults: readonly (readonly [name: string, value: Value])[]
  readonly required: readonly string[]
}

const indexes = new WeakMap<ParameterSpecs, Index>()

function indexOf(specs: ParameterSpecs): Index {
  let index = indexes.get(specs)
  if (!index) {
    const entries = Object.entries(specs)
    index = {
      aliases: entries.flatMap(([name, { aliases = [] }]) => aliases.map(alias => [alias, name] as const)),
      defaults: entries.flatMap(([name, { default: value }]) => (value === undefined || value === null ? [] : [[name, toValue(value)] as const])),
      required: entries.filter(([, { required }]) => required).map(([name]) => name).sort(),
    }
    indexes.set(specs, index)
  }
  return index
}

type Path = readonly (string | number)[]

interface Group {
  readonly parameters: ParameterSpecs
  readonly rules?: ParameterRules
  readonly anyParameter?: boolean
}

class Check {
  readonly problems: Problem[] = []
  readonly secrets = new Set<string>()
  readonly warnings: string[] = []
  readonly #module: Signature
  readonly #unsupported: Problem[] = []

  constructor(module: Signature) {
    this.#module = module
  }

  /** @param complete whether what is not given now is missing */
  dictionary(given: RawDict, group: Group, path: Path, complete: boolean): Map<string, Raw> {
    const { parameters: specs, rules } = group
    const values = this.#canonical(given, specs, path)
    this.#findUnsupported(values, group, path)
    const context = path.filter(step => typeof step === 'string')
    const say = (message: string, at: Path = path) =>
      this.problems.push({ path: at, message: context.length > 0 ? `${message} found in ${context.join(' -> ')}` : message })
    // A template may turn out to be omitted.
    const certain = (name: string) => values.has(name) && !(values.get(name)!.value instanceof TemplateText)
    for (const message of exclusions(rules, certain)) say(message)
    const { defaults, required } = indexOf(specs)
    for (const [name, value] of defaults) if (!values.has(name)) values.set(name, { value, path: [] })
    if (complete) {
      const missing = required.filter(name => !values.has(name))
      if (missing.length > 0) say(`missing required arguments: ${missing.join(', ')}`)
    }
    const known = [...values].flatMap(([name, entry]) => (Object.hasOwn(specs, name) ? [{ name, entry, spec: specs[name]! }] : []))
    for (const { name, spec, entry } of known) this.#convert(name, spec, entry, context)
    for (const { name, spec, entry } of known) if (spec.choices) this.#choose(name, spec, entry, say)
    if (complete) for (const message of lacks(rules, name => values.has(name), name => values.get(name)?.value)) say(message)
    for (const { name, spec, entry } of known) if (spec.options) this.#descend(name, spec, entry)
    if (path.length === 0) this.problems.push(...this.#unsupported)
    return new Map([...values].map(([name, { value }]) => [name, value]))
  }

  /** Without what is omitted, and by the parameters' own names instead of aliases. An alias counts more than the name. */
  #canonical(given: RawDict, specs: ParameterSpecs, path: Path): Map<string, Entry> {
    const values = new Map<string, Entry>()
    for (const [key, value] of given) {
      const name = pythonText(key)
      if (value !== OMIT) values.set(name, { value: withoutOmitted(value), path: [...path, name] })
    }
    for (const [alias, name] of indexOf(specs).aliases) {
      const entry = values.get(alias)
      if (!entry) continue
      if (values.has(name)) this.warnings.push(`Both option ${name} and its alias ${alias} are set.`)
      values.set(name, entry)
      values.delete(alias)
    }
    for (const [name, { value }] of values) if (value === null && Object.hasOwn(specs, name) && !specs[name]!.choices && !specs[name]!.nullable) values.delete(name)
    return values
  }

  #findUnsupported(values: ReadonlyMap<string, Entry>, { parameters: specs, anyParameter }: Group, path: Path): void {
    if (anyParameter) return
    const unknown = [...values.keys()].filter(name => !Object.hasOwn(specs, name))
    if (unknown.length === 0) return
    const prefix = path.filter(step => typeof step === 'string').map(step => `${step}.`).join('')
    const names = Object.keys(specs).sort()
    const aliases = names.flatMap(name => specs[name]!.aliases ?? []).sort()
    const supported = names.join(', ') + (aliases.length > 0 ? ` (${aliases.join(', ')})` : '')
    this.#unsupported.push({
      path: values.get(unknown[0]!)!.path,
      message: `${this.#module.name === undefined ? '' : `Unsupported parameters for (${this.#module.name}) module: `}${unknown.map(name => prefix + name).sort().join(', ')}. Supported parameters include: ${supported}.`,
      hint: didYouMean(unknown[0]!, [...names, ...aliases]),
    })
  }

  #convert(name: string, spec: ParameterSpec, entry: Entry, context: readonly string[]): void {
    if (entry.value === null) return
    const where = context.length > 0 ? ` found in '${context.join(' -> ')}'.` : ''
    const given = entry.value
    try {
      entry.value = spec.expression ? expression(given, spec.type) : convert(given, spec.type)
    } catch (error) {
      if (!(error instanceof Misfit)) throw error
      this.problems.push({ path: entry.path, message: `argument '${name}' is of type ${pythonClass(given as Value)}${where} and we were unable to convert to ${spec.type}: ${error.message}` })
      return
    }
    if (spec.elements && Array.isArray(entry.value)) entry.value = this.#elements(name, spec, entry, context)
    if (spec.noLog) this.#conceal(entry.value)
    if (spec.secretsIn && typeof entry.value === 'string') this.#conceal(spec.secretsIn(entry.value) as string[])
  }

  #elements(name: string, spec: ParameterSpec, entry: Entry, context: readonly string[]): Raw[] {
    const where = context.length > 0 ? ` found in '${context.join(' -> ')}'` : ''
    return (entry.value as Raw[]).map((item, index) => {
      try {
        return spec.expression ? expression(item, spec.elements!) : convert(item, spec.elements!)
      } catch (error) {
        if (!(error instanceof Misfit)) throw error
        const message = `Elements value for option '${name}'${where} is of type ${pythonClass(item as Value)} and we were unable to convert to ${spec.elements}: ${error.message}`
        this.problems.push({ path: [...entry.path, index], message })
        return item
      }
    })
  }

  #choose(name: string, { choices = [] }: ParameterSpec, entry: Entry, say: (message: string, at: Path) => void): void {
    const { value, path } = entry
    const listed = choices.map(choice => pythonText(choice)).join(', ')
    const fits = (one: Raw) => one instanceof TemplateText || choices.some(choice => choice === one)
    if (Array.isArray(value)) {
      const others = (value as Raw[]).filter(one => !fits(one))
      if (others.length > 0) say(`value of ${name} must be one or more of: ${listed}. Got no match for: ${others.map(one => pythonText(one as Value)).join(', ')}`, path)
      return
    }
    if (fits(value)) return
    const meant = spelledOut(value, choices)
    if (meant !== undefined) entry.value = meant
    else say(`value of ${name} must be one of: ${listed}, got: ${pythonText(value as Value)}`, path)
  }

  #descend(name: string, spec: ParameterSpec, entry: Entry): void {
    const group = { parameters: spec.options!, ...(spec.rules && { rules: spec.rules }) }
    const one = (value: Raw, path: Path): Raw => {
      if (value instanceof TemplateText) return value
      if (value instanceof Map) return this.dictionary(value as RawDict, group, path, true) as RawDict
      this.problems.push({ path, message: `value of '${name}' must be of type dict or list of dicts` })
      return value
    }
    if (entry.value === null || entry.value instanceof TemplateText) return
    entry.value = Array.isArray(entry.value) ? (entry.value as Raw[]).map((item, index) => one(item, [...entry.path, index])) : one(entry.value, entry.path)
  }

  #conceal(value: Raw): void {
    if (typeof value === 'string') this.secrets.add(value)
    else if (typeof value === 'number' || typeof value === 'bigint') this.secrets.add(String(value))
    else if (Array.isArray(value)) for (const item of value as Raw[]) this.#conceal(item)
    else if (value instanceof Map) for (const member of value.values()) this.#conceal(member as Raw)
  }
}

interface Entry {
  value: Raw
  /** Where it was given. */
  readonly path: Path
}

/** A condition or a variable's name stays as it was written; a single one may stand for a list. */
function expression(value: Raw, type: ParameterSpec['type']): Raw {
  if (type === 'list') return Array.isArray(value) ? value : [value]
  if (value instanceof TemplateText) return value.text
  return type === 'raw' ? value : convert(value, type)
}

/** YAML makes booleans of `yes` and `off`; where a choice is meant by one, it is that word. */
function spelledOut(value: Raw, choices: readonly (string | number | boolean)[]): string | undefined {
  const words = value === 'True' ? ['y', 'yes', 'on', '1', 'true', 't'] : value === 'False' ? ['n', 'no', 'off', '0', 'false', 'f'] : []
  const meant = choices.filter(choice => words.includes(choice as string))
  return meant.length === 1 ? (meant[0] as string) : undefined
}

function withoutOmitted(value: Raw): Raw {
  if (Array.isArray(value)) return (value as Raw[]).filter(item => item !== OMIT).map(withoutOmitted)
  if (value instanceof Map) return new Map([...(value as RawDict)].filter(([, member]) => member !== OMIT).map(([key, member]) => [key, withoutOmitted(member)]))
  return value
}

const plain = (value: Raw): unknown => (value instanceof TemplateText ? value.text : toPlain(value as Value))
