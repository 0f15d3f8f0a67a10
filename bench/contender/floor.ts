import type { Lab } from '../../src/lab/lab.ts'
import { run } from '../python.ts'
import { bench, type Contender } from './contender.ts'

/** A login to each host and `sudo -n true`: what no agentless tool on ssh2 can be faster than. */
export const floor = (lab: Lab): Contender => ({
  name: 'floor',
  version: `ssh2 ${run(process.execPath, '-p', `require('${bench}/../node_modules/ssh2/package.json').version`).trim()}`,
  phases: ['second apply'],
  times: 5,
  command: (_, hosts) => ({ words: [process.execPath, 'floor.mjs', lab.key, ...lab.hosts.slice(0, hosts).map(({ ssh }) => ssh.address)], directory: bench }),
  isRight: (_, { status }) => status === 0,
})
