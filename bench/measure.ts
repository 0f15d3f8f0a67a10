import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** One run of a program. */
export interface Run {
  /** Seconds from its start to its end. */
  readonly wall: number
  /** Seconds of CPU that it and the programs it waited for took, in user and system mode. */
  readonly cpu: number
  readonly status: number
  /** What it printed, on both streams. */
  readonly output: string
}

export interface Command {
  readonly words: readonly string[]
  readonly directory: string
  readonly environment?: { readonly [name: string]: string }
}

/** Runs a program and measures it with bash's `time`, which counts its children and adds nothing to it. */
export function measured({ words, directory, environment }: Command): Run {
  const done = spawnSync('bash', ['-c', `TIMEFORMAT='%3R %3U %3S'; time "$@" 2>&1`, 'bash', ...words], {
    cwd: directory, env: { ...process.env, ...environment }, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024, stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [wall = NaN, user = NaN, system = NaN] = done.stderr.trim().split('\n').at(-1)!.split(' ').map(Number)
  return { wall, cpu: user + system, status: done.status ?? 1, output: done.stdout }
}

/** Seconds of CPU that the hosts have taken since they were started; NaN where the lab's hosts have no control group of their own. */
export function hostsCpu(): number {
  try {
    const mount = readFileSync('/proc/self/mounts', 'utf8').split('\n').map(line => line.split(' ')).find(([, , type]) => type === 'cgroup2')?.[1]
    return Number(/usage_usec (\d+)/.exec(readFileSync(`${mount}/matrixlab/cpu.stat`, 'utf8'))?.[1]) / 1e6
  } catch {
    return NaN
  }
}

export interface Spread {
  readonly median: number
  readonly least: number
  readonly most: number
}

export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length / 2
  const median = sorted.length % 2 === 1 ? sorted[Math.floor(middle)]! : (sorted[middle - 1]! + sorted[middle]!) / 2
  return { median, least: sorted[0]!, most: sorted.at(-1)! }
}
