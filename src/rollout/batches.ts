import { ProvisionError } from '../core/error.ts'
import type { Position } from '../core/position.ts'
import { Float, type Value } from '../core/value.ts'

/**
 * The hosts of a play in batches, as `serial` says: a number, a percentage, or a list of both whose last member goes on
 * for the rest (ansible/executor/playbook_executor.py). A share that comes to nothing is one host.
 */
export function batches<T>(hosts: readonly T[], serial: Value | undefined, at: Position): T[][] {
  const sizes = (Array.isArray(serial) ? serial : [serial ?? 0]).map(one => sizeOf(one, hosts.length, at))
  if (sizes.length === 0 || sizes[0]! <= 0) return hosts.length === 0 ? [] : [[...hosts]]
  const result: T[][] = []
  for (let start = 0; start < hosts.length; ) {
    const size = sizes[Math.min(result.length, sizes.length - 1)]!
    const end = size <= 0 ? hosts.length : start + size
    result.push(hosts.slice(start, end))
    start = end
  }
  return result
}

function sizeOf(value: Value, hosts: number, at: Position): number {
  const text = String(value instanceof Float ? value.value : value).trim()
  if (/^\d+%$/.test(text)) return Math.max(1, Math.floor((hosts * parseInt(text, 10)) / 100))
  if (/^-?\d+$/.test(text)) return Number(text)
  throw new ProvisionError('playbook-syntax', `serial must be a number of hosts or a percentage, and is ${text}`, { at, hint: 'Write serial: 5, serial: "30%" or a list of both.' })
}
