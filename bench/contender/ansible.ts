import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Lab } from '../../src/lab/lab.ts'
import { programsOf, run } from '../python.ts'
import { bench, first, type Contender } from './contender.ts'

const programs = programsOf('ansible')

/** @param scratch where it keeps its connections */
export function ansible(lab: Lab, scratch: string): Contender {
  const sockets = join(scratch, 'connections')
  mkdirSync(sockets)
  const [, core] = /core ([\d.]+)/.exec(run(join(programs, 'ansible'), '--version')) ?? []
  const environment = {
    ANSIBLE_CONFIG: join(bench, 'ansible.cfg'), ANSIBLE_HOME: scratch, ANSIBLE_SSH_CONTROL_PATH_DIR: sockets,
    ANSIBLE_SSH_COMMON_ARGS: `-F none -o UserKnownHostsFile=${lab.knownHosts}`, LC_ALL: 'C.UTF-8',
  }
  return {
    name: 'ansible-playbook',
    version: `core ${core}`,
    phases: ['first apply', 'second apply', 'dry run'],
    times: 1,
    command: (phase, hosts) => ({
      words: [join(programs, 'ansible-playbook'), 'site.yml', '-i', lab.inventory, '-l', first(lab, hosts).join(','), ...(phase === 'dry run' ? ['--check'] : [])],
      directory: bench,
      environment: { ...environment, ANSIBLE_FORKS: String(hosts) },
    }),
    isRight: (phase, { status, output }, hosts) => {
      const recap = [...output.matchAll(/changed=(\d+) +unreachable=0 +failed=0/g)].map(([, changed]) => Number(changed))
      return status === 0 && recap.length === hosts && recap.every(changed => (changed > 0) === (phase === 'first apply'))
    },
    // It keeps its connections open for a minute. Each run shall log in.
    tidy: () => {
      for (const socket of readdirSync(sockets)) run('ssh', '-F', 'none', '-o', `ControlPath=${join(sockets, socket)}`, '-O', 'exit', 'host')
    },
  }
}
