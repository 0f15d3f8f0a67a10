import { spawnSync } from 'node:child_process'
import { ProvisionError } from '../../core/error.ts'
import type { Raw, RawDict } from '../../core/value.ts'
import { parseYaml } from '../yaml.ts'
import type { Inventory } from './inventory.ts'

/** Milliseconds that an inventory script may take. */
const patience = 60_000

/**
 * Adds what an executable prints as JSON when it is called with `--list` (`plugins/inventory/script.py`); variables of
 * hosts come from `_meta.hostvars`, or from a call with `--host` for each host.
 *
 * @throws ProvisionError `inventory-syntax`
 */
export function readScriptInventory(inventory: Inventory, file: string): void {
  const content = call(file, ['--list'])
  if (!(content instanceof Map)) throw broken(file, 'its answer to --list is not a dictionary')
  const groups = content as RawDict
  const names = new Set<string>()
  for (const [name, group] of groups) if (name !== '_meta') readGroup(inventory, file, String(name), group, names)
  const meta = groups.get('_meta')
  const variables = meta instanceof Map ? (meta as RawDict).get('hostvars') : undefined
  for (const name of names) {
    const own = variables === undefined ? call(file, ['--host', name]) : variables instanceof Map ? ((variables as RawDict).get(name) ?? null) : null
    if (own !== null && !(own instanceof Map)) throw broken(file, `what it says of the host '${name}' is not a dictionary`)
    for (const [key, value] of (own ?? []) as RawDict) inventory.setHostVariable(name, String(key), value)
  }
}

function readGroup(inventory: Inventory, file: string, name: string, written: Raw, names: Set<string>): void {
  inventory.addGroup(name)
  const { hosts, variables, children } = sectionsOf(name, written)
  if (hosts !== undefined && !Array.isArray(hosts)) throw broken(file, `hosts of the group '${name}' is not a list`)
  if (variables !== undefined && !(variables instanceof Map)) throw broken(file, `vars of the group '${name}' is not a dictionary`)
  for (const host of (hosts ?? []) as Raw[]) {
    names.add(String(host))
    inventory.addHost(String(host), file)
    inventory.addToGroup(String(host), name)
  }
  for (const [key, value] of (variables ?? []) as RawDict) inventory.setGroupVariable(name, String(key), value)
  for (const child of (Array.isArray(children) ? children : []) as Raw[]) {
    inventory.addGroup(String(child))
    inventory.addChild(name, String(child), { file, line: 1, column: 1 })
  }
}

/** A list is a group's hosts; a dictionary with none of the known keys is a host of that name with variables. */
function sectionsOf(name: string, written: Raw): { hosts?: Raw; variables?: Raw; children?: Raw } {
  if (!(written instanceof Map)) return { hosts: written }
  const group = written as RawDict
  if (!['hosts', 'vars', 'children'].some(key => group.has(key))) return { hosts: [name], variables: group }
  return { hosts: group.get('hosts'), variables: group.get('vars'), children: group.get('children') }
}

function call(file: string, options: string[]): Raw {
  const { status, signal, stdout, stderr, error } = spawnSync(file, options, { encoding: 'utf8', timeout: patience, maxBuffer: 256 * 1024 * 1024 })
  if (error) throw broken(file, `it cannot be run: ${(error as NodeJS.ErrnoException).code === 'ETIMEDOUT' ? `no answer within ${patience / 1000} s` : error.message}`)
  if (status !== 0) throw broken(file, `it ended with ${signal ?? status}${stderr.trim() ? `: ${stderr.trim()}` : ''}`)
  if (options[0] === '--host' && stdout.trim() === '') return null
  try {
    JSON.parse(stdout)
  } catch (reason) {
    throw broken(file, `its answer to ${options[0]} is not JSON: ${(reason as Error).message}`)
  }
  return parseYaml(stdout, file)
}

const broken = (file: string, message: string) =>
  new ProvisionError('inventory-syntax', `the inventory script does not do its work: ${message}`, { at: { file, line: 1, column: 1 }, hint: 'An executable inventory prints JSON when it is called with --list.' })
