import { printableLine } from './printable.ts'
import { fit } from './width.ts'

/** A value in a few words on one line: text bare where it is plain, everything else as JSON. */
export function valueText(value: unknown, columns = 60): string {
  if (value === undefined || value === null) return 'none'
  if (typeof value === 'string') return fit(printableLine(/^\S(.*\S)?$/s.test(value) ? value : JSON.stringify(value)), columns)
  if (Array.isArray(value) && value.every(item => typeof item === 'string' && /^[\w./:@+-]+$/.test(item)) && value.length > 0)
    return fit(printableLine(value.join(', ')), columns)
  return fit(printableLine(jsonText(value)), columns)
}

/** Any value as JSON text: bytes as text or base64, big integers and unknowns as they print. Never throws. */
export function jsonText(value: unknown, space?: number): string {
  try {
    return JSON.stringify(value, (_key, member: unknown) => jsonMember(member), space) ?? 'null'
  } catch {
    return '"(cannot be shown)"'
  }
}

/** What JSON has no form for. */
function jsonMember(member: unknown): unknown {
  if (typeof member === 'bigint') return Number.isSafeInteger(Number(member)) ? Number(member) : String(member)
  if (typeof member === 'number' && !Number.isFinite(member)) return String(member)
  if (member instanceof Map) return Object.fromEntries(member)
  if (member instanceof Set) return [...member]
  if (member instanceof Uint8Array) return bytesText(member)
  // Buffer has a toJSON of its own that runs before the replacer.
  if (isBufferJson(member)) return bytesText(Uint8Array.from(member.data))
  return member
}

const isBufferJson = (member: unknown): member is { data: number[] } =>
  typeof member === 'object' && member !== null && (member as { type?: unknown }).type === 'Buffer' && Array.isArray((member as { data?: unknown }).data)

function bytesText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return `base64:${Buffer.from(bytes).toString('base64')}`
  }
}
