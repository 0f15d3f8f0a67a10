import { dirname } from 'node:path'
import { statSync } from 'node:fs'
import type { Raw, RawDict, Value } from '../../core/value.ts'
import { ipv4, ipv6 } from '../inventory/address.ts'
import { sourceVariables, type Group, type Inventory } from '../inventory/inventory.ts'
import type { Layer } from './layers.ts'
import type { Levels } from './precedence.ts'
import type { VarsDirectories } from './vars-directory.ts'

/**
 * What the inventory, `group_vars/` and `host_vars/` say of a host (`vars/manager.py`). Empty layers are left out; those
 * of the inventory itself are not, since tasks may add to them.
 */
export function inventoryLevels(inventory: Inventory, name: string, playbookDirectory: string, directories: VarsDirectories): Levels {
  // A task may be delegated to a host that no inventory knows: what all hosts share is its own, too.
  const host = inventory.host(name)
  const groups = host ? inventory.groupsOf(host) : []
  const all = inventory.groups.get('all')!
  const besideInventory = lastOfEach(inventory.sources.map(directoryOf))
  // Of several inventories a later one counts more, whatever the groups.
  const ofGroups = (bases: readonly string[], which: readonly Group[]) => filled(bases.flatMap(base => which.map(group => directories.read(base, 'group_vars', group.name))))
  const ofHost = (bases: readonly string[]) => filled(bases.map(base => directories.read(base, 'host_vars', name)))
  return {
    'group variables of the inventory': [all.vars, ...groups.map(group => group.vars)],
    'group_vars/all beside the inventory': ofGroups(besideInventory, [all]),
    'group_vars/all beside the playbook': ofGroups([playbookDirectory], [all]),
    'group_vars of other groups beside the inventory': ofGroups(besideInventory, groups),
    'group_vars of other groups beside the playbook': ofGroups([playbookDirectory], groups),
    'host variables of the inventory': [...(host ? [new Map<Value, Raw>(sourceVariables(host)), host.vars] : []), hostMagic(name, groups)],
    'host_vars beside the inventory': ofHost(besideInventory),
    'host_vars beside the playbook': ofHost([playbookDirectory]),
  }
}

const filled = (layers: readonly RawDict[]): Layer[] => layers.filter(layer => layer.size > 0)

const lastOfEach = (directories: readonly string[]): string[] => directories.filter((directory, index) => directories.lastIndexOf(directory) === index)

const directoryOf = (source: string): string => (statSync(source, { throwIfNoEntry: false })?.isDirectory() ? source : dirname(source))

/** What Ansible itself says of a host, whatever an inventory says; a play may override it. */
const hostMagic = (name: string, groups: readonly Group[]): RawDict =>
  new Map<Value, Raw>([['inventory_hostname', name], ['inventory_hostname_short', shortName(name)], ['group_names', groups.map(group => group.name).sort()]])

const shortName = (name: string): string => (!name.includes('.') || ipv4.test(name) || ipv6.test(name) ? name : name.split('.')[0]!)

/** `groups`: the names of the hosts of each group. */
export const groupsVariable = (inventory: Inventory): RawDict =>
  new Map<Value, Raw>([...inventory.groups.values()].map(group => [group.name, inventory.membersOf(group).map(host => host.name)]))
