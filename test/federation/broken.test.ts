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

test('messages are for people: members keep their names, and no engine speaks', async () => {
  const messages = await Promise.all(['no end of validity', 'no key', 'a member twice', 'a page in place of the document', 'a document with a comment', 'a key document behind a page'].map(async name => {
    const parts = healthy()
    brokenServers.find(server => server.name === name)!.change(parts)
    return (await verify('example.org', { world: worldOf(parts) })).checks.flatMap(({ findings }) => findings.filter(({ severity }) => severity !== 'info').map(({ message }) => message))
  }))
  expect(messages.flat()).toEqual([
    'valid_until_ts is no integer', 'verify_keys has no ed25519 key', 'server_name is there twice', 'A page in HTML comes in place of the delegation document',
    'The delegation document cannot be used: the document is not JSON: there is a mistake in line 1, column 40', 'Not JSON: it is a page in HTML or XML',
  ])
})

test('the catalogue says of a key document\'s faults how bad they are', async () => {
  const known = catalogue.find(({ id }) => id === 'HTTP-04')!.faults
  for (const { change } of brokenServers.filter(({ told }) => told.some(fault => fault.startsWith('HTTP-04:')))) {
    const parts = healthy()
    change(parts)
    const { checks } = await verify('example.org', { world: worldOf(parts) })
    for (const { kind, severity } of checks.find(({ id }) => id === 'HTTP-04')!.findings) expect(`${kind} ${severity}`).toBe(`${kind} ${known[kind]!.severity}`)
  }
})

test('every fault that can be seen over the network has its broken server', () => {
  const shown = new Set(brokenServers.flatMap(({ told }) => told))
  const all = catalogue.filter(({ vantage }) => vantage === 'controller').flatMap(({ id, faults }) => Object.entries(faults).filter(([, { severity }]) => severity !== 'info').map(([kind]) => `${id}:${kind}`))
  expect(all.filter(fault => !shown.has(fault))).toEqual([])
})
