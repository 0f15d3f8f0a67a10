import { type Unknown, UnknownReached } from '../core/unknown.ts'

/** A fact for a member of a result: where a dry run cannot tell it, that member alone is unknown. */
export async function foreseen<T>(fact: Promise<T>): Promise<T | Unknown> {
  try {
    return await fact
  } catch (error) {
    if (error instanceof UnknownReached) return error.unknown
    throw error
  }
}
