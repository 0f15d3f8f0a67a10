import type { Position } from '../core/position.ts'
import { printableLine } from './printable.ts'

/** `site.yml:41:7`: the place itself, as editors and terminals recognise it. */
export const place = (at: Position): string => printableLine(`${at.file}:${at.line}:${at.column}`)

/** `site.yml:41`, or `:41` where the file is known from the line above. */
export const line = (at: Position, file?: string): string => (at.file === file ? `:${at.line}` : printableLine(`${at.file}:${at.line}`))
