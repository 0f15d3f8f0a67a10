import { describe, expect, test } from 'vitest'
import { UnknownReached } from '../../src/core/unknown.ts'
import { verify } from '../../src/federation/verify.ts'
import type { HostEvidence } from '../../src/federation/host-evidence.ts'
import type { FederationRequest } from '../../src/host/fact.ts'
import { FactStore, HostFacts, Reading } from '../../src/host/store.ts'
import matrix_federation from '../../src/modules/matrix_federation.ts'
import { worldOf } from '../federation/internet.ts'
import { html, json } from '../federation/internet.ts'
import { healthy, otherwise, type Parts } from '../federation/server.ts'
import { FakeHost } from '../host/fake-host.ts'
import { controllerWith, planFor } from './fake-run.ts'
import { contextOn, given } from './observed-host.ts'

const name = { server_name: 'example.org' }
const well = await reportOf(() => {})
const withoutEncodedSlashes = await reportOf(parts => otherwise(parts.homeserver, ({ path }) => (/%2f/i.test(path) ? html(404) : undefined)))
const deadKey = await reportOf(parts => otherwise(parts.delegation, ({ path }) => (path.endsWith('/client') ? json(200, { 'm.homeserver': { base_url: 'https://matrix.example.org' }, 'org.matrix.msc3575.proxy': {} }, [['Access-Control-Allow-Origin', '*']]) : undefined)))

async function reportOf(change: (parts: Parts) => void) {
  const parts = healthy()
  change(parts)
  return verify('example.org', { world: worldOf(parts) })
}

/** A host and what was asked for. */
function hostWith(report: object) {
  const asked: FederationRequest[] = []
  const host = new FakeHost({ federation: key => (asked.push(JSON.parse(key) as FederationRequest), report) })
  return { host, asked }
}

const resultOf = async (parameters: object, report: object) => (await planFor(matrix_federation, parameters, hostWith(report).host)).result([])

test('a server that federates passes, and changes nothing', async () => {
  const result = await resultOf(name, well)
  expect(result).toMatchObject({ changed: false, msg: 'example.org federates', verdict: 'federates', summary: 'example.org federates', report: { serverName: 'example.org' } })
  expect(result.failed).toBeFalsy()
})

test('one that does not fails the task, with each reason, its cause and its cure, and tells the findings one by one', async () => {
  const result = await resultOf(name, withoutEncodedSlashes)
  expect(result).toMatchObject({ failed: true, verdict: 'broken' })
  const lines = String(result.msg).split('\n')
  expect(lines.slice(0, 2)).toEqual(['example.org does not federate: matrix.example.org refuses paths with an encoded slash', 'HTTP-05 matrix.example.org refuses paths with an encoded slash'])
  expect(lines).toEqual(expect.arrayContaining([expect.stringMatching(/^ {2}cause: AllowEncodedSlashes/), '  fix: Write AllowEncodedSlashes NoDecode into the virtual host.']))
  expect(result.findings).toContainEqual(expect.objectContaining({ check: 'HTTP-05', kind: 'refused', severity: 'error', fix: expect.stringContaining('AllowEncodedSlashes NoDecode') }))
})

describe('what must hold', () => {
  test.each([
    ['errors', deadKey, false], ['strict', deadKey, true], ['WKC', deadKey, true], ['WKC-04', deadKey, true], ['clients', deadKey, false], ['TLS', deadKey, false], ['strict', well, false],
    ['federation', withoutEncodedSlashes, true], ['HTTP', withoutEncodedSlashes, true], ['HTTP-05', withoutEncodedSlashes, true], ['HTTP-04', withoutEncodedSlashes, false], ['clients', withoutEncodedSlashes, false],
    // A check that is asked for by name has to be made; one of a group need not.
    ['FED-05', well, true], ['FED', well, false], ['DNS-05', well, false],
  ])('%s', async (word, report, fails) => {
    expect((await resultOf({ ...name, require: [word] }, report)).failed ?? false).toBe(fails)
  })

  test.each([['HTTP-66', 'HTTP-06'], ['erors', 'errors'], ['nothing like it at all', 'There are errors, strict']])('%s means nothing: the nearest is told, and nobody is asked', async (word, told) => {
    const { host, asked } = hostWith(well)
    const result = (await planFor(matrix_federation, { ...name, require: [word] }, host)).result([])
    expect(result).toMatchObject({ failed: true, msg: expect.stringContaining(told) })
    expect(asked).toEqual([])
  })
})

describe('what is asked for', () => {
  test('says all that the parameters say; files are those of the controller', async () => {
    const { host, asked } = hostWith(well)
    const controller = controllerWith({ 'ca.pem': 'AUTHORITY', 'p.pem': 'CERTIFICATE', 'p.key': 'KEY' })
    await planFor(matrix_federation, { ...name, resolve: ['example.org:443:203.0.113.9'], ca: 'ca.pem', active: true, allow_private: true, fleet: ['other.example'], timeout: 5, probe: { name: 'probe.example:8449', certificate: 'p.pem', key: 'p.key', listen: '8449' } }, host, { controller })
    expect(asked[0]).toEqual({
      serverName: 'example.org', resolve: ['example.org:443:203.0.113.9'], authorities: 'AUTHORITY', active: true, allowPrivate: true, fleet: ['other.example'], deadline: 5000, hosts: [],
      probe: { name: 'probe.example:8449', certificateFile: '/controller/p.pem', keyFile: '/controller/p.key', listen: '8449' },
    })
  })

  test.each([['ca', { ca: 'ca.pem' }, 'ca.pem'], ["the probe's key", { probe: { name: 'a', certificate: 'p.pem', key: 'p.key' } }, 'p.key']])('a file that is not there is named: %s', async (_, more, file) => {
    const { host, asked } = hostWith(well)
    const result = (await planFor(matrix_federation, { ...name, ...more }, host, { controller: controllerWith({ 'p.pem': '' }) })).result([])
    expect(result).toMatchObject({ failed: true, msg: `Could not find or access '${file}' on the controller` })
    expect(asked).toEqual([])
  })

  test('carries what the host shows from inside, when that is wanted', async () => {
    const { host, asked } = hostWith(well)
    host.file('/etc/apache2/apache2.conf', 'Listen 443\n')
    for (const from of ['controller', 'host', 'both']) await planFor(matrix_federation, { ...name, from }, host)
    const files = asked.map(({ hosts }) => (hosts as readonly HostEvidence[]).map(({ apache }) => apache?.files))
    expect(files).toEqual([[], [[{ path: '/etc/apache2/apache2.conf', text: 'Listen 443\n' }]], [[{ path: '/etc/apache2/apache2.conf', text: 'Listen 443\n' }]]])
    expect(asked.map(({ inside }) => inside)).toEqual([undefined, true, undefined])
  })
})

describe('in a dry run', () => {
  const change = { subject: { kind: 'file', name: '/etc/apache2/x' }, kind: 'update', observed: {}, desired: {}, steps: [], undo: null, touches: [{ kind: 'file', key: '/etc/apache2/x' }], predicts: [] } as const

  const planned = (facts: HostFacts) => matrix_federation.plan(given(matrix_federation, name) as never, contextOn({}, { facts: new Reading(facts, undefined).facts }))

  test('it looks, since looking changes nothing', async () => {
    const { host, asked } = hostWith(well)
    expect((await planned(new HostFacts(host))).result(undefined)).toMatchObject({ verdict: 'federates' })
    expect(asked).toHaveLength(1)
  })

  test('what an earlier task would change is known after apply, and nobody is asked for nothing', async () => {
    const { host, asked } = hostWith(well)
    const facts = new HostFacts(host)
    facts.forecast.add(change, 'Virtual host')
    await expect(planned(facts)).rejects.toThrow(UnknownReached)
    expect(asked).toEqual([])
  })

  test('so it is when the change is on another host of the run', async () => {
    const store = new FactStore()
    const { host, asked } = hostWith(well)
    const own = store.of('lab1', '', () => host)
    store.of('lab2', '', () => new FakeHost()).forecast.add(change, 'Virtual host')
    await expect(planned(own)).rejects.toThrow(UnknownReached)
    expect(asked).toEqual([])
  })

  test('what was seen is looked at anew after a change, on whichever host', async () => {
    const store = new FactStore()
    const { host, asked } = hostWith(well)
    const [own, other] = [store.of('lab1', '', () => host), store.of('lab2', '', () => new FakeHost())]
    await planned(own)
    await planned(own)
    expect(asked).toHaveLength(1)
    other.forget(change.touches)
    await planned(own)
    expect(asked).toHaveLength(2)
  })
})
