import { existsSync, statSync } from 'node:fs'
import { ProvisionError } from '../../core/error.ts'
import { didYouMean } from '../../core/nearest.ts'
import type { Position } from '../../core/position.ts'
import { pattern as pythonPattern } from '../../core/python-regex.ts'
import { fnmatch, isPattern } from '../../modules/fnmatch.ts'
import { readText } from '../text-file.ts'
import { parseAddress } from './address.ts'
import { localNames, type Host, type Inventory } from './inventory.ts'

export interface PatternOptions {
  /** Where the pattern is written. */
  readonly at?: Position
  /**
   * Called for a name that is neither host nor group, which then counts as nothing. Absent: that is an error.
   * `ansible-playbook` only warns.
   */
  readonly onUnknown?: (error: ProvisionError) => void
}

/**
 * The hosts that a pattern means, in the order of the inventory (`inventory/manager.py`): names of groups and hosts,
 * `*` and `?`, `~expression`, `web[0]` and `web[1:3]`, joined by `,` or `:`. Plain terms are united first, then those
 * with `&` cut them, then those with `!` are taken away, in whatever order they stand.
 *
 * @param limit a further pattern that narrows the result (`--limit`)
 * @throws ProvisionError `no-hosts-matched` for a name that nothing has, with near names
 */
export function resolvePattern(inventory: Inventory, pattern: string | readonly string[], limit?: string, options: PatternOptions = {}): readonly Host[] {
  const hosts = evaluate(inventory, terms(pattern), options)
  if (limit === undefined) return hosts
  const allowed = new Set(evaluate(inventory, limitTerms(limit), { onUnknown: options.onUnknown }))
  return hosts.filter(host => allowed.has(host))
}

/**
 * The hosts that `--limit` leaves of the whole inventory.
 *
 * @throws ProvisionError `no-hosts-matched` where that is none
 */
export function resolveLimit(inventory: Inventory, limit: string, options: PatternOptions = {}): readonly Host[] {
  const hosts = evaluate(inventory, limitTerms(limit), options)
  if (hosts.length > 0) return hosts
  throw new ProvisionError('no-hosts-matched', `the limit '${limit}' leaves no host`, { hint: inventoryHint(inventory) })
}

/** Terms of a pattern: split at commas, or at colons where there is no comma and the text is no address or range. */
export function terms(pattern: string | readonly string[]): string[] {
  if (typeof pattern !== 'string') return pattern.flatMap(terms)
  const parts = pattern.includes(',') ? pattern.split(',') : parseAddress(pattern) ? [pattern] : (pattern.match(/(?:[^\s:[\]]|\[[^\]]*\])+/g) ?? [])
  if (/[[\]]/.test(parts.reduce((rest, part) => rest.replace(part, ''), pattern)))
    throw new ProvisionError('no-hosts-matched', `the pattern '${pattern}' cannot be read: a bracket has no partner`, { hint: 'What is left of it would mean other hosts.' })
  return parts.map(part => part.trim()).filter(part => part !== '')
}

/** `@file` stands for the terms in a file, one a line. */
function limitTerms(limit: string): string[] {
  const written = terms(limit)
  // An empty variable in a script must not mean the whole fleet.
  if (written.length === 0) throw new ProvisionError('no-hosts-matched', `the limit '${limit}' is empty`, { hint: 'Give -l all for all hosts.' })
  return written.flatMap(term => {
    if (!term.startsWith('@')) return [term]
    const file = term.slice(1)
    if (!existsSync(file) || !statSync(file).isFile()) throw new ProvisionError('file-missing', `the file ${file} of the limit does not exist`)
    return termsIn(file)
  })
}

/** Lines that are empty or a comment say nothing; a file of nothing else must not mean all hosts. */
function termsIn(file: string): string[] {
  const lines = readText(file).split('\n').map(line => line.trim()).filter(line => line !== '' && !line.startsWith('#'))
  if (lines.length === 0) throw new ProvisionError('no-hosts-matched', `the file ${file} of the limit names no host`)
  return lines
}

function evaluate(inventory: Inventory, all: readonly string[], options: PatternOptions): readonly Host[] {
  const plain = all.filter(term => !term.startsWith('!') && !term.startsWith('&'))
  const hosts = new Set<Host>()
  for (const term of plain.length > 0 ? plain : ['all']) for (const host of match(inventory, term, options)) hosts.add(host)
  for (const sign of ['&', '!']) {
    for (const term of all.filter(one => one.startsWith(sign))) {
      const others = new Set(match(inventory, term.slice(1), options))
      for (const host of hosts) if (others.has(host) === (sign === '!')) hosts.delete(host)
    }
  }
  return [...hosts]
}

function match(inventory: Inventory, term: string, options: PatternOptions): readonly Host[] {
  const known = inventory.hosts.get(term)
  if (known) return [known]
  if (term.startsWith('~')) return matchNames(inventory, term, expression(term.slice(1), options), true, options)
  const { name, subscript } = splitSubscript(term)
  const hosts = matchNames(inventory, name, fnmatch(name), /[.?*[]/.test(name), options)
  return subscript ? slice(hosts, subscript, term, options) : hosts
}

/** @param alsoHosts hosts are looked at even when a group matches */
function matchNames(inventory: Inventory, term: string, pattern: Matcher, alsoHosts: boolean, options: PatternOptions): readonly Host[] {
  const groups = term === 'all' ? [inventory.groups.get('all')!] : [...inventory.groups.values()].filter(group => pattern.test(group.name))
  // A host that several groups have counts several times for an index, as in Ansible.
  const found = groups.flatMap(group => inventory.membersOf(group))
  if (groups.length === 0 || alsoHosts) {
    if (isPattern(term) || term.startsWith('~')) found.push(...[...inventory.hosts.values()].filter(host => pattern.test(host.name)))
    else if (inventory.hosts.has(term)) found.push(inventory.hosts.get(term)!)
  }
  if (found.length === 0 && localNames.includes(term)) return [inventory.host(term)!]
  if (found.length === 0 && (groups.length === 0 || (term === 'all' && inventory.hosts.size === 0))) refuse(unknown(inventory, term, options.at), options)
  return found
}

interface Subscript {
  readonly from: number
  /** Absent: this one only. */
  readonly to?: number
}

/** `web[0]`, `web[-1]`, `web[1:3]` (both ends in), `web[2:]`. */
function splitSubscript(term: string): { name: string; subscript?: Subscript } {
  const found = /^(.+)\[(?:(-?[0-9]+)|([0-9]+)[:-]([0-9]*))\]$/.exec(term)
  if (!found) return { name: term }
  const [, name, index, from, to] = found as unknown as [string, string, string | undefined, string | undefined, string | undefined]
  return { name, subscript: index !== undefined ? { from: Number(index) } : { from: Number(from), to: to ? Number(to) : Infinity } }
}

function slice(hosts: readonly Host[], { from, to }: Subscript, term: string, options: PatternOptions): readonly Host[] {
  if (hosts.length === 0) return []
  if (to !== undefined) return to === 0 ? single(hosts, from, term, options) : hosts.slice(from, to + 1)
  return single(hosts, from, term, options)
}

function single(hosts: readonly Host[], index: number, term: string, options: PatternOptions): readonly Host[] {
  const host = hosts.at(index)
  if (host) return [host]
  refuse(new ProvisionError('no-hosts-matched', `the pattern '${term}' means a host that is not there: there are ${hosts.length}`, { at: options.at, hint: 'Counting begins at 0.' }), options)
  return []
}

/** Something that tells names. */
interface Matcher {
  test(name: string): boolean
}

/** `~expression` is Python's, and matches from the beginning of a name. */
function expression(text: string, { at }: PatternOptions): Matcher {
  try {
    const compiled = pythonPattern(text)
    return { test: name => compiled.match(name) !== undefined }
  } catch (error) {
    throw error instanceof ProvisionError ? error.located(at) : error
  }
}

function unknown(inventory: Inventory, term: string, at: Position | undefined): ProvisionError {
  if (term === 'all') return new ProvisionError('no-hosts-matched', 'there are no hosts', { at, hint: inventoryHint(inventory) })
  const pattern = isPattern(term) || term.startsWith('~')
  const near = pattern ? undefined : didYouMean(term, [...inventory.groups.keys(), ...inventory.hosts.keys()])
  return new ProvisionError('no-hosts-matched', pattern ? `the pattern '${term}' matches no host and no group` : `there is no host or group '${term}'`, { at, hint: near ?? inventoryHint(inventory) })
}

function inventoryHint(inventory: Inventory): string {
  const groups = [...inventory.groups.keys()].filter(name => name !== 'all' && name !== 'ungrouped')
  if (inventory.hosts.size === 0) return inventory.sources.length === 0 ? 'Give an inventory with -i FILE, or hosts with -i host1,host2' : `${inventory.sources.join(', ')} names no hosts.`
  if (groups.length === 0) return `Hosts are ${[...inventory.hosts.keys()].slice(0, 10).join(', ')}${inventory.hosts.size > 10 ? ', …' : ''}.`
  return `Groups are ${groups.slice(0, 10).join(', ')}${groups.length > 10 ? ', …' : ''}.`
}

function refuse(error: ProvisionError, { onUnknown }: PatternOptions): void {
  if (!onUnknown) throw error
  onUnknown(error)
}
