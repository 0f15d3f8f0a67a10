import { ProvisionError } from '../../core/error.ts'
import type { Position } from '../../core/position.ts'
import { parseAddress } from './address.ts'
import type { Inventory } from './inventory.ts'
import { BadRange, expandRanges } from './range.ts'

/**
 * Adds the hosts that a name with ranges and a port stands for (`web[01:20].example.org:2222`).
 *
 * @returns their names
 * @throws ProvisionError `inventory-syntax`
 */
export function addHosts(inventory: Inventory, written: string, group: string, source: string, at: Position | undefined): string[] {
  const { host, port } = parseAddress(written) ?? { host: written, port: undefined }
  if (port === undefined && written.endsWith(':')) throw new ProvisionError('inventory-syntax', `the host '${written}' ends in a colon without a port behind it`, { at })
  const names = expand(host, at)
  for (const name of names) {
    const isNew = inventory.addHost(name, source)
    if (isNew && port !== undefined) inventory.setHostVariable(name, 'ansible_port', port)
    inventory.addToGroup(name, group)
  }
  return names
}

function expand(host: string, at: Position | undefined): string[] {
  try {
    return expandRanges(host)
  } catch (error) {
    if (error instanceof BadRange) throw new ProvisionError('inventory-syntax', error.message, { at, hint: 'A range is written as in web[01:20] or db-[a:f].' })
    throw error
  }
}
