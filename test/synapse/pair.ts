import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { labHosts, type LabHosts } from '../lab/hosts.ts'

const project = join(import.meta.dirname, '..', '..')

/** lab1 and lab2, each a real Synapse with nothing in front of it; Apache comes with `apply`. */
export function synapsePair(): SynapsePair {
  const lab = labHosts(2, { bare: true, synapse: true })
  const apply = (): Applied => {
    const words = ['apply', join(project, 'playbooks/site.yml'), '-i', lab.lab.inventory, '--output', 'ndjson']
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(project, 'src/cli/main.ts'), ...words], { encoding: 'utf8', timeout: 180_000 })
    const events = stdout.split('\n').filter(Boolean).map(line => JSON.parse(line))
    return { exit: status, errors: stderr, recap: events.findLast(({ type }) => type === 'run-end')?.recap }
  }
  return Object.assign(lab, { apply })
}

export interface SynapsePair extends LabHosts {
  /** `apply playbooks/site.yml` on both. */
  apply(): Applied
}

/** How `apply playbooks/site.yml` ended. */
export interface Applied {
  readonly exit: number | null
  readonly errors: string
  readonly recap: { readonly [host: string]: { readonly changed: number; readonly failed: number } }
}
