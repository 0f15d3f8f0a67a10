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

/** Runs one of the project's files with this Node, from its top. CI's and the terminal's variables are left out. */
export async function run(script: string, args: readonly string[], options: { env?: NodeJS.ProcessEnv; input?: string } = {}): Promise<Ended> {
  const { CI: _ci, NO_COLOR: _no, FORCE_COLOR: _force, ANSIBLE_INVENTORY: _inventory, ...environment } = process.env
  const child = spawn(process.execPath, [file(script), ...args], { cwd: file('.'), env: { ...environment, NODE_COMPILE_CACHE: join(tmpdir(), 'matrix-provision-test-cache'), ...options.env }, stdio: 'pipe' })
  child.stdin.end(options.input ?? '')
  let [out, err] = ['', '']
  child.stdout.setEncoding('utf8').on('data', text => (out += text))
  child.stderr.setEncoding('utf8').on('data', text => (err += text))
  const code = await new Promise<number | null>(resolve => child.on('close', resolve))
  return { code, out, err }
}

export const matrixProvision = (...args: string[]): Promise<Ended> => run('src/cli/main.ts', args)
/** With a stand-in for the engine. */
export const withStandIn = (args: readonly string[], options?: { env?: NodeJS.ProcessEnv; input?: string }): Promise<Ended> => run('test/cli/program.ts', args, options)
