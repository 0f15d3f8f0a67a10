import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stateDirectory } from '../../src/lab/nspawn/state.ts'

/** Held by a test file for as long as it uses the lab, by whatever test run. */
export const labLock = 'matrix-provision-lab-tests'

/** Where the tests' `.lab` is. */
export const labDirectory = join(tmpdir(), 'matrix-provision-lab-tests')

/** Why this machine has no lab, undefined when it has one. Container engines are too slow to reset for the tests. */
export const noLab: string | undefined = process.platform === 'linux' && process.getuid?.() === 0 ? undefined : 'needs root on Linux'

const note = join(labDirectory, 'started-by-tests')

/** Tells one lab from another that is started later; undefined while there is none. */
export function labIdentity(): string | undefined {
  const state = statSync(stateDirectory, { throwIfNoEntry: false })
  return state && `${state.ino} ${state.birthtimeMs}`
}

/** Writes down that the lab that there is now was started by a test. */
export function claimLab(): void {
  mkdirSync(labDirectory, { recursive: true })
  writeFileSync(note, labIdentity() ?? '')
}

/** Whether the lab that there is now was started by a test, and not by the user. */
export function isClaimed(): boolean {
  try {
    return readFileSync(note, 'utf8') === labIdentity()
  } catch {
    return false
  }
}
