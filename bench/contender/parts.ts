import type { Lab } from '../../src/lab/lab.ts'
import { bench, type Contender } from './contender.ts'

/** Parts of the way of this program and of the floor, measured beside them: they say where the time goes. */
export interface Parts {
  /** Node itself. */
  readonly node: Contender
  /** The floor without any host: Node and ssh2. */
  readonly library: Contender
  /** This program up to where it would connect. */
  readonly reading: Contender
}

/** @param own this program */
export function parts(lab: Lab, own: Contender): Parts {
  const part = (name: string, command: Contender['command']): Contender =>
    ({ name, version: '', phases: ['second apply'], times: 5, command, isRight: (_, { status }) => status === 0 })
  return {
    node: part('node', () => ({ words: [process.execPath, '-e', '0'], directory: bench })),
    library: part('floor without hosts', () => ({ words: [process.execPath, 'floor.mjs', lab.key], directory: bench })),
    reading: part('syntax check', (phase, hosts) => {
      const { words, directory } = own.command(phase, hosts)
      return { words: [...words, '--syntax-check'], directory }
    }),
  }
}
