import { describe, expect, test } from 'vitest'
import { catalogue } from '../../src/federation/check/catalogue.ts'
import { verify } from '../../src/federation/verify.ts'
import { brokenServers } from './broken-servers.ts'
import { worldOf } from './internet.ts'
import { healthy } from './server.ts'
import { told } from './told.ts'

describe('each fault is named once, by its check', () => {
  test.each(brokenServers)('$name', async ({ change, told: expected, serverName = 'example.org', options = {} }) => {
    const parts = healthy()
    change(parts)
    const report = await verify(serverName, { world: worldOf(parts), active: true, ...options })
    expect(report.checks.filter(({ why }) => why?.startsWith('internal'))).toEqual([])
    expect(told(report)).toEqual(expected)
  })
})

test('every fault that can be seen over the network has its broken server', () => {
  const shown = new Set(brokenServers.flatMap(({ told }) => told))
  const all = catalogue.filter(({ vantage }) => vantage === 'controller').flatMap(({ id, faults }) => Object.entries(faults).filter(([, { severity }]) => severity !== 'info').map(([kind]) => `${id}:${kind}`))
  expect(all.filter(fault => !shown.has(fault))).toEqual([])
})
