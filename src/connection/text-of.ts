import { readFileSync } from 'node:fs'

/**
 * The text of a small file, at once: to wait for it would take longer than to read it, and nothing can be dialed before.
 *
 * @returns undefined where it cannot be read
 */
export function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
