import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { labDown } from '../src/lab/lab.ts'
import { takeLock } from '../src/lab/lock.ts'
import { isClaimed, labDirectory, labLock, noLab } from './lab/guard.ts'

/** A file for each test run that goes on, named for its process. */
const runs = join(labDirectory, 'runs')

/** Takes the lab down after the last of the test runs that go on, if it was a test that started it. */
export default function setup(): (() => Promise<void>) | undefined {
  if (noLab) return undefined
  mkdirSync(runs, { recursive: true })
  writeFileSync(join(runs, String(process.pid)), startOf(process.pid) ?? '')
  return async () => {
    rmSync(join(runs, String(process.pid)), { force: true })
    const unlock = await takeLock(labLock)
    try {
      if (otherRuns().length > 0 || !isClaimed()) return
      await labDown()
      rmSync(labDirectory, { recursive: true, force: true })
    } finally {
      await unlock()
    }
  }
}

/** Runs that have not ended; what those left that were killed is removed. */
function otherRuns(): string[] {
  return readdirSync(runs).filter(pid => {
    if (Number(pid) === process.pid) return false
    if (startOf(Number(pid)) === readFileSync(join(runs, pid), 'utf8')) return true
    rmSync(join(runs, pid), { force: true })
    return false
  })
}

/** When a process began, in clock ticks since the machine did (proc(5)): with the process id it names one process for good. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  } catch {
    return undefined
  }
}
