import { dirname } from 'node:path'
import { statSync } from 'node:fs'
import type { Raw, RawDict, Value } from '../../core/value.ts'
import { sourceVariables, type Host, type Inventory } from '../inventory/inventory.ts'
import type { Layer } from './layers.ts'
import { VarsDirectories } from './vars-directory.ts'

/**
 * What the inventory, `group_vars/` and `host_vars/` say of a host, those that count least first: levels 3 to 10 of
 * Ansible's order (`vars/manager.py`).
 */
export function inventoryLayers(inventory: Inventory, name: string, playbookDirectory: string, directories: VarsDirectories): Layer[] {
  const host = inventory.host(name)
  if (!host) return []
  const groups = inventory.groupsOf(host)
  const besideInventory = [...new Set(inventory.sources.map(directoryOf))]
  const beside = (kind: 'group_vars' | 'host_vars', of: string) => besideInventory.map(base => directories.read(base, kind, of))
  const all = inventory.groups.get('all')
  return [
    ...(all ? [all.vars] : []),
    ...groups.map(group => group.vars),
    ...beside('group_vars', 'all'),
    directories.read(playbookDirectory, 'group_vars', 'all'),
    ...groups.flatMap(group => beside('group_vars', group.name)),
    ...groups.map(group => directories.read(playbookDirectory, 'group_vars', group.name)),
    host.vars,
    ...beside('host_vars', name),
    directories.read(playbookDirectory, 'host_vars', name),
  ]
}

const directoryOf = (source: string): string => (statSync(source, { throwIfNoEntry: false })?.isDirectory() ? source : dirname(source))

/** Variables that Ansible itself gives to a host and that nobody can override. */
export function magicOf(inventory: Inventory, host: Host): RawDict {
  return new Map<Value, Raw>([
    ['inventory_hostname', host.name],
    ['inventory_hostname_short', host.name.split('.')[0]!],
    ['group_names', inventory.groupsOf(host).map(group => group.name).sort()],
    ...sourceVariables(host),
  ])
}

/** `groups`: the names of the hosts of each group. */
export const groupsVariable = (inventory: Inventory): RawDict =>
  new Map<Value, Raw>([...inventory.groups.values()].map(group => [group.name, inventory.membersOf(group).map(host => host.name)]))
