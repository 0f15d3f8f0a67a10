import type { Position } from '../../core/position.ts'

/** By where a task stands: the files that were being read when it was, the outermost first. */
const chains = new WeakMap<Position, readonly string[]>()

/** @param at the very object that the task has, so that it can be asked for when the task includes something */
export function noteChain(at: Position, chain: readonly string[]): void {
  chains.set(at, chain)
}

export const chainOf = (at: Position): readonly string[] => chains.get(at) ?? []
