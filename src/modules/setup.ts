import type { Json } from '../core/value.ts'
import { factsOf, UnknownSubset } from './fact-subsets.ts'
import { fnmatch } from './fnmatch.ts'
import { failure, type Module, unchanged } from './module.ts'
import { normalPath } from './normal-path.ts'

interface Parameters {
  readonly gather_subset: readonly string[]
  readonly filter: readonly string[]
  readonly fact_path?: string
  readonly gather_timeout: number
}

const module: Module<Parameters> = {
  name: 'setup',
  collection: 'ansible.builtin',
  summary: 'Gather facts about a host',
  description: [
    'What a play with `gather_facts` does at its start. All facts are read in one round trip, whatever subset is asked for.',
    "Facts about Python (`ansible_python`, `ansible_python_version`, `ansible_selinux_python_present`), capabilities (`ansible_system_capabilities`), LVM, Fibre Channel, iSCSI (`ansible_iscsi_iqn`), NVMe (`ansible_hostnqn`), disks (`ansible_devices`) and `ansible_locally_reachable_ips` are not gathered. The host's own facts in /etc/ansible/facts.d are.",
  ],
  parameters: {
    gather_subset: {
      type: 'list',
      elements: 'str',
      default: ['all'],
      description:
        'Which facts: `all`, `min`, `hardware`, `network`, `virtual`, single ones such as `distribution`; with `!` in front: not these.',
    },
    filter: {
      type: 'list',
      elements: 'str',
      default: [],
      description: 'Shell patterns for the names of facts; the prefix `ansible_` may be left out.',
    },
    fact_path: { type: 'path', description: "Directory of the host's own facts, instead of /etc/ansible/facts.d: files `*.fact` that hold JSON or INI, or print it." },
    gather_timeout: { type: 'int', default: 10, description: 'Not needed: nothing that is read here can take long.' },
  },
  readOnly: true,
  returns: { ansible_facts: 'The facts by their names, such as `ansible_distribution`.' },
  examples: `
- name: What is needed to choose packages
  ansible.builtin.setup:
    gather_subset: [distribution, pkg_mgr]
`,
  async plan({ gather_subset, filter, fact_path }, context) {
    try {
      const directory = fact_path === undefined ? '' : await normalPath(fact_path, context)
      const gathered = factsOf(gather_subset, await context.facts.gathered(directory))
      const named: Record<string, Json> = Object.fromEntries(
        Object.entries(gathered).map(([fact, value]) => [`ansible_${fact}`, value!]),
      )
      return unchanged({ ansible_facts: filtered({ ...named, gather_subset: [...gather_subset], module_setup: true }, filter) })
    } catch (error) {
      if (error instanceof UnknownSubset) return failure(error.message)
      throw error
    }
  },
}

function filtered(facts: Readonly<Record<string, Json>>, filter: readonly string[]): Readonly<Record<string, Json>> {
  const patterns = filter
    .filter(Boolean)
    .flatMap(pattern => [pattern, ...(pattern.startsWith('ansible_') ? [] : [`ansible_${pattern}`])])
    .map(fnmatch)
  if (patterns.length === 0) return facts
  return Object.fromEntries(Object.entries(facts).filter(([name]) => patterns.some(pattern => pattern.test(name))))
}

export default module
