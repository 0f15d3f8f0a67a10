import { ProvisionError } from '../../core/error.ts'
import { didYouMean } from '../../core/nearest.ts'
import type { Position } from '../../core/position.ts'
import { TemplateText, toPlain, type Raw, type RawDict, type Value } from '../../core/value.ts'
import type { ParameterRules, ParameterSpec, ParameterSpecs } from '../../modules/module.ts'
import { positionOf } from '../positions.ts'
import { dictionary, placeOf, saysYes } from './shape.ts'

/** Ansible's types; of those that only say how a text is to be read, the text is checked. */
const types: { readonly [name: string]: ParameterSpec['type'] } = {
  str: 'str', bool: 'bool', int: 'int', float: 'float', list: 'list', dict: 'dict', path: 'path', raw: 'raw', bytes: 'bytes', bits: 'bytes', json: 'raw', jsonarg: 'raw',
}

const attributes = [
  'type', 'required', 'default', 'choices', 'elements', 'options', 'aliases', 'no_log', 'description', 'version_added', 'apply_defaults', 'fallback', 'deprecated_aliases', 'removed_in_version', 'removed_at_date',
  'removed_from_collection', 'mutually_exclusive', 'required_together', 'required_one_of', 'required_if', 'required_by',
]

/**
 * `options` of an argument specification (`meta/argument_specs.yml`, `validate_argument_spec`) as a module's parameters.
 * What is a template yet is left out.
 *
 * @throws ProvisionError `playbook-syntax`
 */
export function parameterSpecs(options: RawDict, at: Position | undefined): ParameterSpecs {
  return Object.fromEntries([...options].map(([name, written]) => [String(name), parameterSpec(String(name), written, positionOf(options, name) ?? at)]))
}

function parameterSpec(name: string, written: Raw, at: Position | undefined): ParameterSpec {
  const spec = dictionary(written ?? new Map(), `the specification of '${name}'`, at)
  for (const key of spec.keys())
    if (!attributes.includes(key as string)) throw new ProvisionError('playbook-syntax', `'${String(key)}' says nothing of an argument`, { at: positionOf(spec, key) ?? at, hint: didYouMean(String(key), attributes) })
  const known = (key: string): Value | undefined => (hasTemplate(spec.get(key)) ? undefined : (spec.get(key) as Value | undefined)) ?? undefined
  const typeOf = (key: string): ParameterSpec['type'] | undefined => {
    const type = known(key)
    if (type === undefined || types[type as string]) return type === undefined ? undefined : types[type as string]
    throw new ProvisionError('playbook-syntax', `there is no type '${String(type)}' for arguments`, { at: placeOf(spec, key), hint: didYouMean(String(type), Object.keys(types)) ?? `Types are ${Object.keys(types).join(', ')}.` })
  }
  const [elements, choices, inner] = [typeOf('elements'), known('choices'), spec.get('options') ?? null]
  const value = known('default') ?? (saysYes(known('apply_defaults') ?? false) ? new Map<Value, Value>() : undefined)
  return {
    type: typeOf('type') ?? 'str',
    description: '',
    required: saysYes(known('required') ?? false),
    aliases: names(known('aliases')),
    noLog: saysYes(known('no_log') ?? false),
    ...(value !== undefined && { default: toPlain(value) as NonNullable<ParameterSpec['default']> }),
    ...(elements && { elements }),
    ...(Array.isArray(choices) && { choices: choices.map(toPlain) as NonNullable<ParameterSpec['choices']> }),
    ...(inner !== null && { options: parameterSpecs(dictionary(inner, `options of '${name}'`, placeOf(spec, 'options')), at), rules: rulesOf(known) }),
  }
}

function rulesOf(known: (key: string) => Value | undefined): ParameterRules {
  const lists = (key: string): string[][] => {
    const value = known(key)
    return Array.isArray(value) ? (value.every(one => typeof one === 'string') ? [names(value)] : value.map(names)) : []
  }
  const conditions = known('required_if')
  const required = known('required_by')
  return {
    mutuallyExclusive: lists('mutually_exclusive'),
    requiredTogether: lists('required_together'),
    requiredOneOf: lists('required_one_of'),
    requiredIf: (Array.isArray(conditions) ? conditions : []).flatMap(one => (Array.isArray(one) && one.length > 2 ? [[String(one[0]), toPlain(one[1]!) as string, names(one[2])] as const] : [])),
    requiredBy: required instanceof Map ? [...required].map(([name, needed]) => [String(name), names(needed)] as const) : [],
  }
}

const names = (value: Value | undefined): string[] => (value === undefined || value === null ? [] : Array.isArray(value) ? value.map(String) : [String(value)])

const hasTemplate = (raw: Raw | undefined): boolean =>
  raw instanceof TemplateText || (Array.isArray(raw) ? (raw as Raw[]).some(hasTemplate) : raw instanceof Map && [...(raw as RawDict).values()].some(hasTemplate))
