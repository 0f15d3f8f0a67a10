import { Float } from '../../../core/value.ts'
import { Opaque, present, type Thing } from '../thing.ts'

/** Python's `bool(thing)`. */
export function truth(thing: Thing): boolean {
  const it = present(thing)
  if (it === null) return false
  switch (typeof it) {
    case 'boolean': return it
    case 'string': return it !== ''
    case 'number': return it !== 0
    case 'bigint': return it !== 0n
  }
  if (it instanceof Float) return it.value !== 0
  if (Array.isArray(it) || it instanceof Uint8Array) return it.length > 0
  if (it instanceof Map) return it.size > 0
  return it instanceof Opaque ? it.truth() : true
}
