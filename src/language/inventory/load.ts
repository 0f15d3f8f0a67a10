import { accessSync, constants, existsSync, openSync, readdirSync, readSync, closeSync, statSync } from 'node:fs'
import { extname, join, resolve } from 'node:path'
import { ProvisionError } from '../../core/error.ts'
import type { RawDict } from '../../core/value.ts'
import { loadYaml, readText } from '../text-file.ts'
import type { YamlOptions } from '../yaml.ts'
import { parseAddress } from './address.ts'
import { readIniInventory } from './ini.ts'
import { Inventory } from './inventory.ts'
import { readScriptInventory } from './script.ts'
import { readYamlInventory } from './yaml.ts'

/**
 * Reads inventory sources in their order, so that later ones count more: files (INI, YAML, JSON), directories of such
 * files, executable scripts, and lists of hosts with a comma (`a,b` or `a,`).
 *
 * @param sources as given to `-i`, relative to `directory`
 * @throws ProvisionError `file-missing`, `inventory-syntax`, `yaml-syntax`, `unsupported`
 */
export function loadInventory(sources: readonly string[], options: YamlOptions = {}, directory: string = process.cwd()): Inventory {
  const inventory = new Inventory()
  for (const source of sources) readSource(inventory, source, options, directory)
  inventory.settle()
  return inventory
}

function readSource(inventory: Inventory, source: string, options: YamlOptions, directory: string): void {
  const path = resolve(directory, source)
  if (source.includes(',') && !existsSync(path)) return readHostList(inventory, source)
  if (!existsSync(path)) throw new ProvisionError('file-missing', `the inventory ${source} does not exist`, { hint: `A list of hosts needs a comma, as in -i ${source},` })
  inventory.sources.push(path)
  readPath(inventory, path, options)
}

function readPath(inventory: Inventory, path: string, options: YamlOptions): void {
  if (!statSync(path).isDirectory()) return readFile(inventory, path, options)
  for (const name of readdirSync(path).sort()) if (!isIgnored(name)) readPath(inventory, join(path, name), options)
}

/** What a directory of inventories may hold besides (`inventory/manager.py`, `constants.py`). */
const isIgnored = (name: string) => name.startsWith('.') || /^(host_vars|group_vars|vars_plugins)$/.test(name) || /(\.pyc|\.pyo|\.swp|\.bak|~|\.rpm|\.md|\.txt|\.rst|\.orig|\.ini|\.cfg|\.retry)$/.test(name)

function readFile(inventory: Inventory, path: string, options: YamlOptions): void {
  if (isScript(path)) return readScriptInventory(inventory, path)
  const extension = extname(path)
  if (extension === '.toml') throw new ProvisionError('unsupported', `inventories in TOML are not supported: ${path}`, { hint: 'Write it as YAML or INI.' })
  if (['.yml', '.yaml', '.json'].includes(extension) || (extension === '' && looksLikeYaml(readText(path)))) {
    const content = loadYaml(path, options)
    return readYamlInventory(inventory, content as RawDict, path)
  }
  readIniInventory(inventory, readText(path), path)
}

/** A file that may be run and says by what, or that is a program. */
function isScript(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
  } catch {
    return false
  }
  const file = openSync(path, 'r')
  try {
    const start = Buffer.alloc(4)
    readSync(file, start)
    return start.toString('latin1').startsWith('#!') || start.toString('latin1') === '\x7fELF'
  } finally {
    closeSync(file)
  }
}

/** Decided by the first line that says something: INI has no lines that end in a colon. */
function looksLikeYaml(text: string): boolean {
  const first = text.split('\n').map(line => line.trim()).find(line => line !== '' && !line.startsWith('#'))
  return first !== undefined && (first.startsWith('---') || first.startsWith('{') || /^[^\s[\];=]+:(\s+#.*|\s*\{.*)?$/.test(first))
}

function readHostList(inventory: Inventory, list: string): void {
  for (const written of list.split(',').map(name => name.trim())) {
    if (written === '') continue
    const address = parseAddress(written)
    const { host, port } = address && !address.host.includes('[') ? address : { host: written, port: undefined }
    if (inventory.addHost(host, list) && port !== undefined) inventory.setHostVariable(host, 'ansible_port', port)
    inventory.addToGroup(host, 'ungrouped')
  }
}
