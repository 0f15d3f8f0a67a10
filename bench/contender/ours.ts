import { cpSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import type { Lab } from '../../src/lab/lab.ts'
import { run } from '../python.ts'
import { bench, first, type Contender, type Phase } from './contender.ts'

/** The program as npm installs it, without the sources that a clone has beside it. */
function installed(directory: string): string {
  for (const part of ['bin', 'dist', 'package.json']) cpSync(join(bench, '..', part), join(directory, part), { recursive: true })
  symlinkSync(join(bench, '..', 'node_modules'), join(directory, 'node_modules'))
  return join(directory, 'bin', 'matrix-provision.cjs')
}

/** What its last line says. */
const saying: { readonly [P in Phase]: (hosts: number) => RegExp } = {
  'first apply': hosts => new RegExp(`: ${hosts} changed, 0 failed`),
  'second apply': hosts => new RegExp(`: ${hosts} already right, 0 failed`),
  'dry run': hosts => new RegExp(`: ${hosts} converged, 0 to change`),
}

/** @param scratch a directory that is there for as long as it is measured */
export function ours(lab: Lab, scratch: string): Contender {
  const command = installed(join(scratch, 'matrix-provision'))
  return {
    name: 'matrix-provision',
    version: run(process.execPath, command, '--version').trim(),
    phases: ['first apply', 'second apply', 'dry run'],
    times: 5,
    command: (phase, hosts) => ({
      words: [process.execPath, command, phase === 'dry run' ? 'plan' : 'apply', 'site.yml', '-i', lab.inventory, '-l', first(lab, hosts).join(',')],
      directory: bench,
    }),
    isRight: (phase, { status, output }, hosts) => status === 0 && saying[phase](hosts).test(output),
  }
}
