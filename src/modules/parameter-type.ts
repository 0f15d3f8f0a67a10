import { parseLiteral } from '../core/literal.ts'
import { parseJson } from '../core/python-json.ts'
import { pythonClass, pythonLiteral, pythonText } from '../core/python-text.ts'
import { Float, TemplateText, toValue, type Raw, type RawDict, type Value } from '../core/value.ts'
import type { ParameterSpec } from './module.ts'

type ParameterType = ParameterSpec['type']

/** Why a value cannot be of a parameter's type, in Ansible's words. */
export class Misfit extends Error {}

/**
 * A value in a parameter's type, by the rules of Ansible's `module_utils/common/validation.py`. Templates are not looked
 * into: what they give is seen when they are rendered.
 *
 * @throws Misfit
 */
export function convert(value: Raw, type: ParameterType): Raw {
  if (value instanceof TemplateText) return value
  return converters[type](value as Value)
}

const converters: { readonly [T in ParameterType]: (value: Value) => Raw } = {
  raw: value => value,
  str: pythonText,
  // `~` and `$HOME` are the host's, so whoever looks at the host expands them.
  path: pythonText,
  bool: toBool,
  int: toInt,
  float: toFloat,
  list: toList,
  dict: toDict,
  mode: toMode,
  bytes: toBytes,
}

const truths = ['y', 'yes', 'on', '1', 'true', 't']
const falsehoods = ['n', 'no', 'off', '0', 'false', 'f']

function toBool(value: Value): boolean {
  if (typeof value === 'boolean') return value
  const plain = value instanceof Float ? value.value : value
  if (typeof plain !== 'string' && typeof plain !== 'number') throw new Misfit(`${pythonClass(value)} cannot be converted to a bool`)
  const word = String(plain).toLowerCase().trim()
  if (truths.includes(word)) return true
  if (falsehoods.includes(word)) return false
  throw new Misfit(`The value '${pythonText(value)}' is not a valid boolean.  Valid booleans include: ${[...truths, 1, ...falsehoods, 0].map(pythonLiteral).join(', ')}`)
}

function toInt(value: Value): number | bigint {
  if (typeof value === 'boolean') return Number(value)
  if (typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value))) return value
  if (typeof value === 'string' && /^\s*[-+]?[0-9]+(_[0-9]+)*\s*$/.test(value)) return Number(value.replaceAll('_', ''))
  throw new Misfit(`${pythonClass(value)} cannot be converted to an int`)
}

function toFloat(value: Value): Value {
  if (typeof value === 'boolean') return Number(value)
  if (value instanceof Float) return value.value
  if (typeof value === 'number' || typeof value === 'bigint') return value
  if (typeof value === 'string' && /^\s*[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[-+]?[0-9]+)?\s*$/i.test(value)) return Number(value)
  throw new Misfit(`${pythonClass(value)} cannot be converted to a float`)
}

function toList(value: Value): Value[] {
  if (Array.isArray(value)) return value
  if (typeof value === 'string') return value.split(',')
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean' || value instanceof Float) return [pythonText(value)]
  throw new Misfit(`${pythonClass(value)} cannot be converted to a list`)
}

function toDict(value: Value): RawDict {
  if (value instanceof Map) return value
  if (typeof value !== 'string') throw new Misfit(`${pythonClass(value)} cannot be converted to a dict`)
  if (value.startsWith('{')) {
    const dict = jsonIn(value) ?? parseLiteral(value)
    if (dict instanceof Map) return dict
    throw new Misfit('unable to evaluate string as dictionary')
  }
  if (value.includes('=')) return new Map(fields(value.trim()).map(splitField))
  throw new Misfit('dictionary requested, could not parse JSON or key=value')
}

function jsonIn(text: string): Value | undefined {
  try {
    return toValue(parseJson(text))
  } catch {
    return undefined
  }
}

/** `a=1, b="x y"`: fields between blanks and commas that are not in quotes; a backslash keeps the next character. */
function fields(text: string): string[] {
  const found: string[] = []
  let field = ''
  let quote = ''
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!
    if (character === '\\') field += text[++at] ?? ''
    else if (quote === '' && (character === '"' || character === "'")) quote = character
    else if (character === quote) quote = ''
    else if (quote === '' && (character === ',' || character === ' ')) {
      if (field) found.push(field)
      field = ''
    } else field += character
  }
  return field ? [...found, field] : found
}

function splitField(field: string): [string, string] {
  const at = field.indexOf('=')
  if (at < 0) throw new Misfit('dictionary requested, could not parse JSON or key=value')
  return [field.slice(0, at), field.slice(at + 1)]
}

/** A number is meant as it is (YAML has made 420 of 0644); what a text means, `modeBits` knows. */
function toMode(value: Value): string | number {
  if (typeof value === 'string') return value
  if (typeof value === 'number' && Number.isInteger(value)) return value
  throw new Misfit(`${pythonClass(value)} cannot be converted to a mode`)
}

const units = 'BKMGTPEZY'

/** `10M`, `1.5 KB`: powers of 1024 (`module_utils/common/text/formatters.py`, `human_to_bytes`). */
function toBytes(value: Value): number {
  const [, number = '', unit = ''] = /^\s*(\d*\.?\d*)\s*([A-Za-z]+)?/.exec(pythonText(value))!
  const power = unit === '' ? 0 : units.indexOf(unit[0]!.toUpperCase())
  const named = unit.length < 2 || unit.toLowerCase().includes('byte') || unit[1] === 'B'
  if (!/\d/.test(number) || power < 0 || !named) throw new Misfit(`${pythonClass(value)} cannot be converted to a Byte value`)
  return Math.round(Number(number) * 1024 ** power)
}
