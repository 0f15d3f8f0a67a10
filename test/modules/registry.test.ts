import { readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { Module } from '../../src/modules/module.ts'
import { fullNameOf, isMissingHere, loadModule, moduleNames, nearestModules } from '../../src/modules/registry.ts'

const directory = new URL('../../src/modules/', import.meta.url)
const files = readdirSync(directory).filter(file => file.endsWith('.ts'))

async function moduleIn(file: string): Promise<Module | undefined> {
  const { default: module } = (await import(new URL(file, directory).href)) as { default?: Module }
  return typeof module?.plan === 'function' ? module : undefined
}

describe('every module can be used by its names', () => {
  test.each(files)('%s', async file => {
    const module = await moduleIn(file)
    for (const name of module ? [module.name, ...(module.aliases ?? [])] : []) {
      const fullName = `${module!.collection}.${name}`
      expect(fullNameOf(name), `add a line for ${fullName} to src/modules/registry.ts`).toBe(fullName)
      expect(await loadModule(fullName)).toBe(module)
    }
  })

  test.each(moduleNames)('%s', async fullName => {
    const module = await loadModule(fullName)
    expect([module.name, ...(module.aliases ?? [])].map(name => `${module.collection}.${name}`)).toContain(fullName)
  })
})

describe('names', () => {
  test.each<[string, string | undefined]>([
    ['debug', 'ansible.builtin.debug'],
    ['ansible.builtin.debug', 'ansible.builtin.debug'],
    ['ansible.legacy.debug', 'ansible.builtin.debug'],
    ['community.general.debug', undefined],
    ['debgu', undefined],
    ['constructor', undefined],
  ])('%s is %s', (name, fullName) => expect(fullNameOf(name)).toBe(fullName))

  test('a mistyped name has near ones', () => {
    expect(nearestModules('debgu')).toBe('Did you mean debug?')
    expect(nearestModules('ansible.builtin.debgu')).toBe('Did you mean ansible.builtin.debug?')
    expect(nearestModules('qqqqqqqq')).toBeUndefined()
  })

  test('what Ansible has and this program has not is known', () => {
    expect(isMissingHere('yum')).toBe(true)
    expect(isMissingHere('ansible.builtin.yum')).toBe(true)
    expect(isMissingHere('debug')).toBe(false)
    expect(isMissingHere('yumm')).toBe(false)
  })
})
