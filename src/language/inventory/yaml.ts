import { ProvisionError } from '../../core/error.ts'
import { didYouMean } from '../../core/nearest.ts'
import { TemplateText, type Raw, type RawDict } from '../../core/value.ts'
import { positionOf, valuePositionOf } from '../positions.ts'
import { addHosts } from './host-line.ts'
import type { Inventory } from './inventory.ts'

/**
 * Adds what a YAML inventory says (`plugins/inventory/yaml.py`): groups with `hosts`, `vars` and `children`.
 *
 * @throws ProvisionError `inventory-syntax`
 */
export function readYamlInventory(inventory: Inventory, content: Raw, file: string): void {
  if (!(content instanceof Map)) throw new ProvisionError('inventory-syntax', content === null ? 'the inventory is empty' : 'an inventory is a dictionary of groups', { at: positionOf(content) ?? { file, line: 1, column: 1 } })
  const groups = content as RawDict
  if (groups.has('plugin'))
    throw new ProvisionError('unsupported', `inventory plugins are not supported`, { at: positionOf(groups, 'plugin'), hint: 'Write the hosts down, or make an executable script that prints them as JSON.' })
  for (const name of groups.keys()) readGroup(inventory, name as string, groups, file)
}

const sections = ['hosts', 'vars', 'children']

function readGroup(inventory: Inventory, name: unknown, among: RawDict, file: string): string {
  const at = positionOf(among, name)
  if (typeof name !== 'string') throw new ProvisionError('inventory-syntax', `a group's name is a text, not ${String(name)}`, { at, hint: 'Put quotes around it.' })
  const content = among.get(name)!
  inventory.addGroup(name)
  if (content === null) return name
  if (!(content instanceof Map)) throw new ProvisionError('inventory-syntax', `the group '${name}' is not a dictionary`, { at: valuePositionOf(among, name) ?? at, hint: 'A group has the keys hosts, vars and children.' })
  for (const key of content.keys())
    if (!sections.includes(key as string))
      throw new ProvisionError('inventory-syntax', `the group '${name}' has a key '${String(key)}' that does not exist`, {
        at: positionOf(content, key),
        hint: didYouMean(String(key), sections) ?? 'A group has the keys hosts, vars and children.',
      })
  for (const section of content.keys()) {
    for (const member of members(content as RawDict, section as string, name)) {
      const { key, value, container } = member
      if (section === 'hosts') readHost(inventory, member, name, file)
      else if (section === 'vars') inventory.setGroupVariable(name, variableName(key, container), value, { key: positionOf(container, key)!, value: valuePositionOf(container, key)! })
      else inventory.addChild(name, readGroup(inventory, key, container, file), positionOf(container, key))
    }
  }
  return name
}

interface Member {
  readonly key: unknown
  readonly value: Raw
  readonly container: RawDict
}

/** The members of a section, which may be a single name. */
function members(group: RawDict, section: string, name: string): Member[] {
  const content = group.get(section) ?? null
  if (content === null) return []
  if (typeof content === 'string') return [{ key: content, value: null, container: new Map([[content, null]]) }]
  if (!(content instanceof Map))
    throw new ProvisionError('inventory-syntax', `${section} of the group '${name}' is not a dictionary`, {
      at: valuePositionOf(group, section) ?? positionOf(group, section),
      hint: Array.isArray(content) && section !== 'vars' ? 'Write each name as a key with a colon behind it, not as an item of a list.' : undefined,
    })
  return [...(content as RawDict)].map(([key, value]) => ({ key, value, container: content as RawDict }))
}

function readHost(inventory: Inventory, { key, value, container }: Member, group: string, file: string): void {
  const at = positionOf(container, key)
  if (typeof key !== 'string') throw new ProvisionError('inventory-syntax', `a host's name is a text, not ${String(key)}`, { at, hint: 'Put quotes around it.' })
  const names = addHosts(inventory, key, group, file, at)
  if (value === null) return
  if (!(value instanceof Map))
    throw new ProvisionError('inventory-syntax', `what is said of the host '${key}' is not a dictionary`, { at: value instanceof TemplateText ? value.at : valuePositionOf(container, key), hint: 'Write variables of a host as a dictionary beneath its name.' })
  for (const [variable, content] of value as RawDict)
    for (const name of names) inventory.setHostVariable(name, variableName(variable, value as RawDict), content, { key: positionOf(value, variable)!, value: valuePositionOf(value, variable)! })
}

function variableName(key: unknown, container: RawDict): string {
  if (typeof key === 'string') return key
  throw new ProvisionError('inventory-syntax', `a variable's name is a text, not ${String(key)}`, { at: positionOf(container, key), hint: 'Put quotes around it.' })
}
