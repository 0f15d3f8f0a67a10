import type { Context } from '../context.ts'
import { fail } from '../fail.ts'
import { decode } from '../python/codec.ts'
import { splitLines, strip } from '../python/split.ts'
import { str } from '../python/text.ts'
import { lookup, type Lookups } from './lookup.ts'

/** Lookups that run a command on the controller, in the playbook's directory. */
export const commandLookups: Lookups = {
  lines: lookup('', (terms, _, context) => terms.flatMap(term => splitLines(run('lines', str(term), context)))),
  pipe: lookup('', (terms, _, context) => terms.map(term => strip(run('pipe', str(term), context), undefined, 'right'))),
}

function run(name: string, command: string, context: Context): string {
  context.impure(`the lookup '${name}'`)
  const { spawnSync } = process.getBuiltinModule('node:child_process')
  const { directory, shellVariables } = context.environment
  const result = spawnSync('/bin/sh', ['-c', command], { cwd: directory, env: shellVariables ?? process.env, input: '', maxBuffer: 64 * 1024 * 1024, stdio: ['pipe', 'pipe', 'inherit'] })
  if (result.error) return fail(`'${command}' could not be run: ${result.error.message}`)
  if (result.status !== 0) return fail(`'${command}' ended with ${result.status ?? `signal ${result.signal}`}`)
  return decode(result.stdout, 'utf-8')
}
