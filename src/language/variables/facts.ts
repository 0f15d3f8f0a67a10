import type { Raw, Value } from '../../core/value.ts'
import type { Layer } from './layers.ts'

/**
 * What a host says of itself: `ansible_facts`, and each fact as a variable `ansible_…` of its own, without those that
 * would change how the host is reached (`vars/clean.py`). Nothing is copied: facts may come later.
 *
 * @param facts by their names, as `factName` has them
 */
export function factLayers(facts: ReadonlyMap<string, Value>): Layer[] {
  return [new Map<Value, Raw>([['ansible_facts', facts as ReadonlyMap<Value, Value> as Map<Value, Value>]]), new InjectedFacts(facts)]
}

/** Facts under their names with the prefix, seen through. */
class InjectedFacts extends Map<Value, Raw> {
  readonly #facts: ReadonlyMap<string, Value>

  constructor(facts: ReadonlyMap<string, Value>) {
    super()
    this.#facts = facts
  }

  override has(name: Value): boolean {
    return typeof name === 'string' && variableName(factName(name)) === name && this.#facts.has(factName(name)) && !isDangerous(name)
  }

  override get(name: Value): Raw | undefined {
    return this.has(name) ? this.#facts.get(factName(name as string)) : undefined
  }

  override keys(): MapIterator<Value> {
    return [...this.#facts.keys()].map(variableName).filter(name => !isDangerous(name)).values() as MapIterator<Value>
  }
}

const prefix = 'ansible_'

/** The name in `ansible_facts` of what a module calls `ansible_…`: all but one go without the prefix (`vars/clean.py`, `namespace_facts`). */
export const factName = (name: string): string => (name === 'ansible_local' || !name.startsWith(prefix) ? name : name.slice(prefix.length))

const variableName = (fact: string): string => (fact === 'ansible_local' ? fact : prefix + fact)

const connection = new Set(
  `connection host user password port pass shell_executable shell_type pipelining timeout module_compression private_key_file facts playbook_python rsync_path
  host_key_checking known_hosts_file private_key_passphrase proxy_jump`.split(/\s+/).map(name => prefix + name),
)

const isDangerous = (name: string): boolean =>
  !name.startsWith('ansible_ssh_host_key_') && (connection.has(name) || /^ansible_(become|ssh|local|paramiko_ssh|psrp|winrm)_/.test(name) || name === 'ansible_become' || /^ansible_.*_interpreter$/.test(name))
