import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { ProvisionError } from '../../../src/core/error.ts'
import { toPlain, TemplateText, type Raw, type Value } from '../../../src/core/value.ts'
import type { Host } from '../../../src/language/inventory/inventory.ts'
import { loadInventory } from '../../../src/language/inventory/load.ts'
import { resolvePattern } from '../../../src/language/inventory/pattern.ts'

interface Case {
  readonly kind: 'ini' | 'yml'
  readonly text: string
  readonly error?: true
  readonly hosts: { readonly [name: string]: { readonly [variable: string]: unknown } }
  readonly groups: { readonly [name: string]: readonly string[] }
  readonly patterns: { readonly [pattern: string]: readonly string[] | null }
}

// Inventories made at random, read by ansible-core 2.14.18.
const cases = JSON.parse(readFileSync(process.env['INVENTORY_CASES'] ?? new URL('cases.json', import.meta.url), 'utf8')) as Case[]

const directory = mkdtempSync(join(tmpdir(), 'inventory-'))
afterAll(() => rmSync(directory, { recursive: true }))

/** In Ansible the implicit localhost goes by the name that is asked for first. */
const local = (host: Host) => (host.implicit ? 'localhost' : host.name)

const plain = (raw: Raw): unknown => (raw instanceof TemplateText ? raw.text : Array.isArray(raw) ? (raw as Raw[]).map(plain) : raw instanceof Map ? Object.fromEntries([...raw].map(([key, value]) => [key, plain(value as Raw)])) : toPlain(raw as Value))

describe('inventories mean what they mean to Ansible', () => {
  test.each(cases.map((one, index) => [index, one.text, one] as const))('%i: %s', (index, _, { kind, text, error, hosts, groups, patterns }) => {
    const file = join(directory, `inventory${index}${kind === 'yml' ? '.yml' : ''}`)
    writeFileSync(file, text)
    if (error) {
      expect(() => loadInventory([file])).toThrow(ProvisionError)
      return
    }
    const inventory = loadInventory([file])
    expect([...inventory.hosts.keys()]).toEqual(Object.keys(hosts))
    // The order of hosts that are two levels down hangs on the order of Python's sets.
    for (const [name, members] of Object.entries(groups)) expect(inventory.membersOf(inventory.groups.get(name)!).map(host => host.name).sort(), name).toEqual([...members].sort())
    expect([...inventory.groups.keys()].sort()).toEqual(Object.keys(groups).sort())
    for (const [name, wanted] of Object.entries(hosts)) {
      const host = inventory.host(name)!
      const found = new Map<Value, Raw>(inventory.groups.get('all')!.vars)
      for (const group of inventory.groupsOf(host)) for (const [key, value] of group.vars) found.set(key, value)
      for (const [key, value] of host.vars) found.set(key, value)
      const { group_names, inventory_hostname_short: _, ...variables } = wanted
      expect(plain(found), name).toEqual(variables)
      expect(inventory.groupsOf(host).map(group => group.name).sort(), name).toEqual(group_names)
    }
    for (const [pattern, names] of Object.entries(patterns)) {
      let failed = false
      const found = resolvePattern(inventory, pattern, undefined, { onUnknown: error => (failed ||= error.message.includes('that is not there')) })
      if (names === null) expect(failed, pattern).toBe(true)
      else expect(found.map(local).sort(), pattern).toEqual(names.map(name => local(inventory.host(name)!)).sort())
    }
  })
})
