import { createSocket } from 'node:dgram'
import { describe, expect, test } from 'vitest'
import { siteOf } from '../../../src/federation/look.ts'
import { nameServers } from '../../../src/federation/network/resolver.ts'
import { networkWorld } from '../../../src/federation/network/world.ts'
import { nameServer, type Zone } from './name-server.ts'

const zone: Zone = {
  'hs.example': { A: ['203.0.113.1', '203.0.113.2'], AAAA: ['2001:db8::1'] },
  'only4.example': { A: ['203.0.113.3'] },
  'alias.example': { CNAME: 'second.example' },
  'second.example': { CNAME: 'hs.example' },
  'dangling.example': { CNAME: 'nowhere.example' },
  '_matrix-fed._tcp.hs.example': { SRV: [[10, 5, 8448, 'node1.example'], [5, 0, 443, 'node2.example']] },
  '_matrix-fed._tcp.off.example': { SRV: [[0, 0, 0, '.']] },
  'off.example': { A: ['203.0.113.9'] },
  'many.example': { A: Array.from({ length: 1000 }, (_, index) => `198.18.${index >> 8}.${index & 255}`) },
  'broken.example': { instead: 'SERVFAIL' },
  '_matrix-fed._tcp.broken.example': { instead: 'SERVFAIL' },
  'secret.example': { instead: 'REFUSED' },
  'silent.example': { instead: 'silence' },
  'odd.example': { instead: 'nonsense' },
  'formerr.example': { instead: 'FORMERR' },
}
const none = { ok: true, records: [] }

describe('name servers', () => {
  test('are asked for addresses, aliases followed', async () => {
    await using server = await nameServer(zone)
    const resolver = nameServers([server.address])
    expect(await resolver.addresses('hs.example', 4)).toEqual({ ok: true, records: ['203.0.113.1', '203.0.113.2'] })
    expect(await resolver.addresses('hs.example', 6)).toEqual({ ok: true, records: ['2001:db8::1'] })
    expect(await resolver.addresses('alias.example', 4)).toEqual({ ok: true, records: ['203.0.113.1', '203.0.113.2'] })
    expect(server.asked).toEqual(['A hs.example', 'AAAA hs.example', 'A alias.example'])
  })

  test('are asked for services and aliases', async () => {
    await using server = await nameServer(zone)
    const resolver = nameServers([server.address])
    expect(await resolver.services('_matrix-fed._tcp.hs.example')).toEqual({ ok: true, records: [{ target: 'node1.example', port: 8448, priority: 10, weight: 5 }, { target: 'node2.example', port: 443, priority: 5, weight: 0 }] })
    expect(await resolver.services('_matrix-fed._tcp.off.example')).toEqual({ ok: true, records: [{ target: '.', port: 0, priority: 0, weight: 0 }] })
    expect(await resolver.aliases('alias.example')).toEqual({ ok: true, records: ['second.example'] })
    expect(await resolver.aliases('hs.example')).toEqual(none)
  })

  test('say that there is nothing', async () => {
    await using server = await nameServer(zone)
    const resolver = nameServers([server.address])
    expect(await resolver.addresses('nowhere.example', 4)).toEqual(none)
    expect(await resolver.addresses('only4.example', 6)).toEqual(none)
    expect(await resolver.addresses('dangling.example', 4)).toEqual(none)
    expect(await resolver.services('_matrix-fed._tcp.nowhere.example')).toEqual(none)
  })

  test('may know a thousand addresses: the first are taken, and it is said', async () => {
    await using server = await nameServer(zone)
    const found = await nameServers([server.address]).addresses('many.example', 4)
    expect(found).toMatchObject({ ok: true, note: 'the first 64 of 1000' })
    expect(found.ok && found.records).toHaveLength(64)
  })

  test.each([
    ['broken.example', 'server-failure', /SERVFAIL/],
    ['secret.example', 'refused', /refuses/],
    ['odd.example', 'other', /nonsense/],
    ['formerr.example', 'other', /nonsense/],
  ])('cannot say: %s', async (name, reason, message) => {
    await using server = await nameServer(zone)
    expect(await nameServers([server.address]).addresses(name, 4)).toEqual({ ok: false, reason, message: expect.stringMatching(message) })
  })

  test('do not answer: that takes no more than some seconds', async () => {
    await using server = await nameServer(zone)
    const started = performance.now()
    const resolver = nameServers([server.address])
    expect(await Promise.all([resolver.addresses('silent.example', 4), resolver.services('silent.example')])).toEqual(Array(2).fill({ ok: false, reason: 'timeout', message: 'the name servers do not answer in time' }))
    expect(performance.now() - started).toBeLessThan(7000)
  })

  test('are not there', async () => {
    const socket = createSocket('udp4')
    await new Promise<void>(resolve => socket.bind(0, '127.0.0.1', resolve))
    const { port } = socket.address()
    socket.close()
    expect(await nameServers([`127.0.0.1:${port}`]).addresses('hs.example', 4)).toEqual({ ok: false, reason: 'refused', message: 'no name server can be reached' })
  })

  test.each(['a..b', `${'x'.repeat(64)}.example`, '-.-.', 'x'.repeat(255)])('are not bothered with %s, or do not know it', async name => {
    await using server = await nameServer(zone)
    expect(await nameServers([server.address]).addresses(name, 4)).toMatchObject(none)
  })
})

describe('discovery asks real name servers', () => {
  const discover = async (serverName: string) => {
    await using server = await nameServer(zone)
    const world = networkWorld({ servers: [server.address] })
    return { ...await siteOf(serverName, { world }).discovery(), asked: server.asked }
  }

  test('SRV records where there is no document', async () => {
    // Both addresses of the name are of a network that is set aside for documentation: nothing is asked there.
    const { step, targets, wellKnown, asked } = await discover('hs.example')
    expect({ step, targets, wellKnown }).toMatchObject({ step: '4', targets: [], wellKnown: { ok: false, kind: 'connect', hops: [{ exchanged: { failure: { reason: 'private' } } }] } })
    expect(asked).toContain('SRV _matrix-fed._tcp.hs.example')
  })

  test('a service that is not offered, and a zone that is broken', async () => {
    expect(await discover('off.example')).toMatchObject({ step: '4', targets: [], failure: expect.stringContaining('not offered') })
    expect(await discover('broken.example')).toMatchObject({ targets: [], failure: expect.stringContaining('_matrix-fed._tcp.broken.example') })
  })
})
