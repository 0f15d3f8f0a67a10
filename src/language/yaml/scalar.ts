import { shortest, wholeFloat } from '../../core/literal.ts'
import type { Value } from '../../core/value.ts'

/**
 * A plain (unquoted) scalar as PyYAML reads it, which is YAML 1.1 with PyYAML's own expressions (`yaml/resolver.py`):
 * `yes` and `off` are booleans but `y` is text, `0644` is octal, `0o644` is text, `1:30` is ninety, `1e3` is text.
 * Dates stay text: Ansible makes dates of them, which print as the same text.
 */
export function plainScalar(text: string): Value {
  if (text === '' || text === '~' || text === 'null' || text === 'Null' || text === 'NULL') return null
  const first = text.charCodeAt(0)
  const numeric = (first >= 48 && first <= 57) || first === 43 || first === 45 || first === 46
  if (!numeric) return boolean.get(text) ?? text
  if (integer.test(text)) return readInteger(text.replaceAll('_', ''))
  if (float.test(text)) return readFloat(text.replaceAll('_', '').toLowerCase())
  return text
}

/** A plain scalar of JSON, where `1e3` is a number and `yes` is an error that the parser has found. */
export function jsonScalar(text: string): Value {
  if (text === 'null') return null
  if (text === 'true' || text === 'false') return text === 'true'
  if (/^-?\d+$/.test(text)) return shortest(BigInt(text))
  const number = Number(text)
  return Number.isNaN(number) ? text : wholeFloat(number)
}

const boolean = new Map<string, boolean>(
  [['yes', true], ['no', false], ['true', true], ['false', false], ['on', true], ['off', false]].flatMap(([word, value]) => {
    const text = word as string
    return [text, text[0]!.toUpperCase() + text.slice(1), text.toUpperCase()].map(form => [form, value as boolean] as const)
  }),
)

const integer = /^(?:[-+]?0b[01_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+)$/
const float =
  /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/

function readInteger(text: string): Value {
  const negative = text.startsWith('-')
  const digits = text.replace(/^[-+]/, '')
  const value = digits.includes(':')
    ? digits.split(':').reduce((sum, part) => sum * 60n + BigInt(part), 0n)
    : BigInt(/^0[0-7]/.test(digits) ? `0o${digits}` : digits === '0x' || digits === '0b' ? '0' : digits)
  return shortest(negative ? -value : value)
}

function readFloat(text: string): Value {
  const sign = text.startsWith('-') ? -1 : 1
  const digits = text.replace(/^[-+]/, '')
  if (digits === '.inf') return sign * Infinity
  if (digits === '.nan') return NaN
  const value = digits.includes(':') ? digits.split(':').reduce((sum, part) => sum * 60 + Number(part), 0) : Number(digits)
  return wholeFloat(sign * value)
}
