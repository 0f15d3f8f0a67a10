import { floatText } from '../core/python-float.ts'
import { Float } from '../core/value.ts'

/** Data as Python's `json.dumps` writes it: blanks behind `,` and `:`, and nothing beyond ASCII. */
export function jsonText(data: unknown): string {
  if (Array.isArray(data)) return `[${data.map(jsonText).join(', ')}]`
  if (data instanceof Float) return floatText(data.value)
  if (typeof data === 'number' && Number.isFinite(data) && !Number.isInteger(data)) return floatText(data)
  if (data !== null && typeof data === 'object' && !('toJSON' in data)) {
    const members = Object.entries(data).filter(([, value]) => value !== undefined)
    return `{${members.map(([name, value]) => `${jsonText(name)}: ${jsonText(value)}`).join(', ')}}`
  }
  if (typeof data === 'bigint') return String(data)
  return (JSON.stringify(data) ?? 'null').replace(/[\x7f-\uffff]/g, character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
