import { dirname } from 'node:path'
import { ProvisionError } from '../../core/error.ts'
import type { Position } from '../../core/position.ts'
import type { Raw, RawDict, Value } from '../../core/value.ts'
import { placeMember } from '../positions.ts'

export interface Host {
  readonly name: string
  /** Variables that inventory sources give it; those of `host_vars/` are not among them. */
  readonly vars: RawDict
  /** The source that names it first; absent for hosts that a task has added. */
  readonly source?: string
  /** `localhost` where no inventory names it: part of no group, reached without a connection. */
  readonly implicit: boolean
}

export interface Group {
  readonly name: string
  /** Variables that inventory sources give it; those of `group_vars/` are not among them. */
  readonly vars: RawDict
  /** `ansible_group_priority`: of groups of the same depth the higher counts more. */
  priority: number
  /** Its own hosts, without those of its children. */
  readonly hosts: Set<Host>
  readonly children: Set<Group>
  readonly parents: Set<Group>
}

/** Names that stand for this machine without being in an inventory. */
export const localNames: readonly string[] = ['localhost', '127.0.0.1', '::1']

/** Where a variable was written. */
export interface Written {
  readonly key: Position
  readonly value: Position
}

/**
 * All hosts and groups, as the sources give them in their order. Tasks may add to it (`add_host`, `group_by`). Behaves
 * as Ansible's `inventory/data.py` and `group.py`.
 */
export class Inventory {
  readonly hosts = new Map<string, Host>()
  readonly groups = new Map<string, Group>()
  /** Directories and files that were read, in order: `group_vars` and `host_vars` are looked for beside them. */
  readonly sources: string[] = []
  readonly warnings: string[] = []
  /** One for all its names; it goes by the one that was asked for first. */
  #implicit: Host | undefined
  /** The groups that name a host themselves. */
  readonly #direct = new Map<Host, Set<Group>>()
  #depths = new Map<Group, number>()
  #members = new Map<Group, readonly Host[]>()

  constructor() {
    this.addGroup('all')
    this.addGroup('ungrouped')
    this.addChild('all', 'ungrouped')
  }

  /** The host of that name; for `localhost` and its like one is made up where no inventory has any. */
  host(name: string): Host | undefined {
    const known = this.hosts.get(name)
    if (known || !localNames.includes(name)) return known
    const named = localNames.map(local => this.hosts.get(local)).find(host => host !== undefined)
    return named ?? (this.#implicit ??= { name, vars: new Map<Value, Raw>([['ansible_connection', 'local']]), implicit: true })
  }

  /** @returns whether it is new */
  addHost(name: string, source?: string): boolean {
    if (this.hosts.has(name)) return false
    this.hosts.set(name, { name, vars: new Map(), source, implicit: false })
    this.#changed()
    return true
  }

  addGroup(name: string): boolean {
    if (this.groups.has(name)) return false
    const invalid = !/^[a-z_]\w*$/i.test(name) && /^\P{L}|[^\p{L}\p{N}_]/u.test(name.replace(/^_/, 'a'))
    if (invalid) this.warnings.push(`the group name '${name}' has characters that are not allowed in variables: templates reach it as groups['${name}'] only`)
    this.groups.set(name, { name, vars: new Map(), priority: 1, hosts: new Set(), children: new Set(), parents: new Set() })
    this.#changed()
    return true
  }

  /** @returns whether it was not in the group before */
  addToGroup(hostName: string, groupName: string): boolean {
    return this.#join(this.hosts.get(hostName)!, this.#group(groupName))
  }

  /** @throws ProvisionError `inventory-syntax` when the groups would contain each other */
  addChild(parentName: string, childName: string, at?: Position): boolean {
    const parent = this.#group(parentName)
    const child = this.#group(childName)
    if (parent.children.has(child)) return false
    if (parent === child || this.#ancestors(parent).has(child))
      throw new ProvisionError('inventory-syntax', parent === child ? `the group '${parentName}' contains itself` : `the groups '${parentName}' and '${childName}' contain each other`, {
        at,
        hint: 'Remove one of them from the children of the other.',
      })
    parent.children.add(child)
    child.parents.add(parent)
    this.#changed()
    return true
  }

  setHostVariable(name: string, key: string, value: Raw, written?: Written): void {
    setVariable(this.hosts.get(name)!.vars, key, value, written)
  }

  /** @throws ProvisionError `inventory-syntax` for a priority that is no number */
  setGroupVariable(name: string, key: string, value: Raw, written?: Written): void {
    const group = this.#group(name)
    if (key !== 'ansible_group_priority') return setVariable(group.vars, key, value, written)
    if (!/^-?\d+$/.test(String(value))) throw new ProvisionError('inventory-syntax', `ansible_group_priority must be a whole number`, { at: written?.value })
    group.priority = Number(value)
    this.#changed()
  }

  /** Sets the groups right after sources were read or tasks have added to them: all belong to `all`, hosts without a group to `ungrouped`. */
  settle(): void {
    for (const name of this.groups.keys()) this.#settleGroup(name)
    for (const host of this.hosts.values()) this.#settleHost(host)
    for (const name of this.groups.keys())
      if (this.hosts.has(name) && !this.warnings.some(warning => warning.includes(`'${name}' is both`))) this.warnings.push(`'${name}' is both a host and a group`)
    this.#changed()
  }

  /** Hosts of a group and of the groups in it, each once. */
  membersOf(group: Group): readonly Host[] {
    const known = this.#members.get(group)
    if (known) return known
    const members = new Set<Host>()
    for (const one of this.#descendants(group)) for (const host of one.hosts) members.add(host)
    const list = [...members]
    this.#members.set(group, list)
    return list
  }

  /** Groups of a host, without `all`: those that count less first, so that later ones override. */
  groupsOf(host: Host): readonly Group[] {
    const found = new Set<Group>()
    for (const group of this.#direct.get(host) ?? []) for (const one of [group, ...this.#ancestors(group)]) if (one.name !== 'all') found.add(one)
    return [...found].sort((a, b) => this.#depth(a) - this.#depth(b) || a.priority - b.priority || (a.name < b.name ? -1 : 1))
  }

  /** A host that a task adds. @returns whether anything is different */
  addDynamicHost(name: string, groups: readonly string[], variables: ReadonlyMap<string, Raw>): boolean {
    let changed = this.addHost(name)
    const { vars } = this.hosts.get(name)!
    for (const [key, value] of variables) {
      if (vars.get(key) === value) continue
      vars.set(key, value)
      changed = true
    }
    for (const group of groups) {
      if (this.addGroup(group)) changed = true
      this.#settleGroup(group)
      if (this.addToGroup(name, group)) changed = true
    }
    this.#settleHost(this.hosts.get(name)!)
    return changed
  }

  /** Puts a host into a group, and that under its parents. @returns whether anything is different */
  addDynamicGroup(hostName: string, groupName: string, parents: readonly string[]): boolean {
    let changed = this.addGroup(groupName)
    for (const parent of parents) {
      if (this.addGroup(parent)) changed = true
      if (this.addChild(parent, groupName)) changed = true
    }
    for (const name of [groupName, ...parents]) this.#settleGroup(name)
    const host = this.hosts.get(hostName)
    if (host && this.addToGroup(hostName, groupName)) changed = true
    if (host) this.#settleHost(host)
    return changed
  }

  #group(name: string): Group {
    const group = this.groups.get(name)
    if (!group) throw new ProvisionError('internal', `there is no group '${name}'`)
    return group
  }

  #settleGroup(name: string): void {
    if (name !== 'all' && this.#group(name).parents.size === 0) this.addChild('all', name)
  }

  #settleHost(host: Host): void {
    const all = this.#group('all')
    const ungrouped = this.#group('ungrouped')
    const groups = this.#direct.get(host)
    if (groups && [...groups].some(group => group !== all && group !== ungrouped)) this.#leave(host, ungrouped)
    else this.#join(host, ungrouped)
  }

  #join(host: Host, group: Group): boolean {
    if (group.hosts.has(host)) return false
    group.hosts.add(host)
    const groups = this.#direct.get(host)
    if (groups) groups.add(group)
    else this.#direct.set(host, new Set([group]))
    this.#members = new Map()
    return true
  }

  #leave(host: Host, group: Group): void {
    if (!group.hosts.delete(host)) return
    this.#direct.get(host)?.delete(group)
    this.#members = new Map()
  }

  #ancestors(group: Group): Set<Group> {
    return reachable(group.parents, one => one.parents)
  }

  #descendants(group: Group): Iterable<Group> {
    return new Set([group, ...reachable(group.children, one => one.children)])
  }

  /** The longest way from a group without parents. */
  #depth(group: Group): number {
    const known = this.#depths.get(group)
    if (known !== undefined) return known
    const depth = Math.max(-1, ...[...group.parents].map(parent => this.#depth(parent))) + 1
    this.#depths.set(group, depth)
    return depth
  }

  #changed(): void {
    this.#depths = new Map()
    this.#members = new Map()
  }
}

/** All that can be reached, level by level. */
function reachable(start: Iterable<Group>, next: (group: Group) => Iterable<Group>): Set<Group> {
  const found = new Set(start)
  for (const group of found) for (const one of next(group)) found.add(one)
  return found
}

function setVariable(vars: RawDict, key: string, value: Raw, written: Written | undefined): void {
  vars.set(key, value)
  if (written) placeMember(vars, key, written.key, written.value)
}

/** `inventory_file` and `inventory_dir` of a host. */
export const sourceVariables = ({ source, implicit }: Host): readonly [string, string | null][] =>
  implicit ? [] : [['inventory_file', source ?? null], ['inventory_dir', source === undefined ? null : source.includes(',') ? null : dirname(source)]]
