import { spawn } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const file = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))

export interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

export interface Started {
  readonly pid: number
  readonly ended: Promise<Ended>
  kill(signal: NodeJS.Signals): void
}

export interface SpawnOptions {
  readonly env?: NodeJS.ProcessEnv
  readonly input?: string
}

/** Starts one of the project's files with this Node, from its top. CI's and the terminal's variables are left out. */
export function start(script: string, args: readonly string[], options: SpawnOptions = {}): Started {
  const { CI: _ci, NO_COLOR: _no, FORCE_COLOR: _force, ANSIBLE_INVENTORY: _inventory, ...environment } = process.env
  const child = spawn(process.execPath, [file(script), ...args], { cwd: file('.'), env: { ...environment, NODE_COMPILE_CACHE: join(tmpdir(), 'matrix-provision-test-cache'), ...options.env }, stdio: 'pipe' })
  child.stdin.end(options.input ?? '')
  let [out, err] = ['', '']
  child.stdout.setEncoding('utf8').on('data', text => (out += text))
  child.stderr.setEncoding('utf8').on('data', text => (err += text))
  return {
    pid: child.pid!,
    ended: new Promise(resolve => child.on('close', code => resolve({ code, out, err }))),
    kill: signal => void child.kill(signal),
  }
}

/** The same, to its end. */
export const run = (script: string, args: readonly string[], options?: SpawnOptions): Promise<Ended> => start(script, args, options).ended

export const matrixProvision = (...args: string[]): Promise<Ended> => run('src/cli/main.ts', args)
/** With a stand-in for the engine. */
export const withStandIn = (args: readonly string[], options?: SpawnOptions): Promise<Ended> => run('test/cli/program.ts', args, options)
