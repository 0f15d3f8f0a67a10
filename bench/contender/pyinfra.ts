import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Lab } from '../../src/lab/lab.ts'
import { programsOf, run } from '../python.ts'
import { bench, first, type Contender } from './contender.ts'

const program = join(programsOf('pyinfra'), 'pyinfra')

/** @param scratch where its inventory is written */
export function pyinfra(lab: Lab, scratch: string): Contender {
  const inventory = join(scratch, 'inventory.py')
  const hosts = lab.hosts.map(({ name, ssh, fqdn }) => JSON.stringify([name, {
    ssh_hostname: ssh.address, ssh_port: ssh.port, ssh_user: 'deploy', ssh_key: lab.key, ssh_known_hosts_file: lab.knownHosts, ssh_strict_host_key_checking: 'yes', matrix_fqdn: fqdn,
  }]))
  writeFileSync(inventory, `lab = [tuple(host) for host in [\n${hosts.map(host => `    ${host},\n`).join('')}]]\n`)
  return {
    name: 'pyinfra',
    version: run(program, '--version').trim().replace(/^pyinfra: v/, ''),
    phases: ['first apply', 'second apply', 'dry run'],
    times: 2,
    command: (phase, hosts) => ({
      words: [program, inventory, 'deploy.py', ...first(lab, hosts).flatMap(name => ['--limit', name]), '--parallel', String(hosts), phase === 'dry run' ? '--dry' : '--yes'],
      directory: bench,
    }),
    // It checks the document by a command, which counts as a change each time.
    isRight: (phase, { status, output }, hosts) => {
      const rows = output.split('\n').filter(line => /^ {4}\S/.test(line)).map(line => line.trim().split(/ {2,}/))
      if (phase === 'dry run') return status === 0 && String(rows.filter(([, change = '']) => /^\d/.test(change)).map(([name]) => name)) === 'The server document is served'
      const [, , done] = rows.find(([name]) => name === 'Grand total') ?? []
      return status === 0 && (phase === 'first apply' ? Number(done) >= 5 * hosts : Number(done) === hosts)
    },
  }
}
