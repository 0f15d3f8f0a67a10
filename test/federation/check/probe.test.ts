import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { describe, expect, test } from 'vitest'
import { probeChecks } from '../../../src/federation/check/probe.ts'
import { judge } from '../../../src/federation/judge.ts'
import { siteOf } from '../../../src/federation/look.ts'
import { openProbe } from '../../../src/federation/probe.ts'
import { makeCertificate } from '../../../src/lab/certificate.ts'
import { worldOf, type Ailment } from './homeserver.ts'

const day = 24 * 60 * 60 * 1000
const { certificate, key } = makeCertificate({ commonName: 'probe.test', names: ['probe.test'], notBefore: new Date(Date.now() - day), notAfter: new Date(Date.now() + day) })

/** What the checks say of a homeserver; what is passed is left out. */
async function verdict(ailment: Ailment): Promise<Record<string, string>> {
  const free = createServer().listen(0, '127.0.0.1')
  await once(free, 'listening')
  const { port } = free.address() as AddressInfo
  await new Promise(resolve => free.close(resolve))
  const name = `probe.test:${port}`
  const world = worldOf(certificate, { name, port }, ailment)
  const probe = await openProbe({ world, name, listen: { address: '127.0.0.1', port }, certificate, key })
  try {
    const results = await judge(siteOf('hs.test:8448', { world, probe }), { active: true, late: new Promise(() => {}) }, probeChecks)
    return Object.fromEntries(results.filter(({ outcome }) => outcome !== 'passed').map(({ id, outcome, findings, why }) => [id, why ?? `${outcome} ${findings.map(({ kind }) => kind).join(', ')}`]))
  } finally {
    await probe.close()
  }
}

const page = '<!DOCTYPE HTML><title>404 Not Found</title>'
const decoded = (target: string) => target.replaceAll(/%(24|3A|2B|40|21)/g, (_, code: string) => String.fromCharCode(parseInt(code, 16)))
const withoutKey = 'it could not fetch the probe\'s keys (FED-05)'
const often = expect.stringMatching(/^the server limits how often it is asked: 429, M_LIMIT_EXCEEDED.*rc_federation/)
const rejected = expect.stringMatching(/^signed requests are not accepted at all/)

describe('a probe tells what is wrong with a homeserver and its proxy', () => {
  test.each<[string, Ailment, Record<string, unknown>]>([
    ['a healthy one', {}, {}],
    ['one that answers no questions for keys', { noQuery: true }, {}],
    ['one that fetches keys only when it needs them', { lazyQuery: true, address: '127.0.0.1' }, {}],
    ['no nocanon', { before: ({ target }) => ({ target: decoded(target) }) }, { 'HTTP-06': 'error changed', 'HTTP-08': 'error changed' }],
    ['no nocanon, as Apache has it: the path alone', { before: ({ target }) => ({ target: target.replace(/^[^?]+/, decoded) }) }, { 'HTTP-06': 'error changed' }],
    ['encoded slashes are decoded', { before: ({ target }) => ({ target: target.replace('%2F', '/') }) }, { 'HTTP-06': 'error changed' }],
    ['no AllowEncodedSlashes, which has a check of its own', { before: ({ target }) => (/%2F/.test(target) ? page : {}) }, {}],
    ['a rule against escapes', { before: ({ target }) => (/%2[14]/.test(target) ? page : {}) }, { 'HTTP-06': 'error refused' }],
    ['joins alone are decoded', { before: ({ target }) => (target.includes('/make_join/') ? { target: decoded(target) } : {}) }, { 'HTTP-06': 'error changed' }],
    ['joins that are refused, as every one without a signature is', { before: ({ target }) => (target.includes('/make_join/') ? page : {}) }, {}],
    ['a limit to how often it is asked', { limited: () => true }, { 'FED-04': often, 'FED-08': often, 'HTTP-06': often, 'HTTP-08': often, 'HTTP-28': often }],
    ['a limit that PUT meets', { limited: ({ method }) => method === 'PUT' }, { 'HTTP-28': often }],
    ['a query that is cut off', { before: ({ target }) => ({ target: target.split('?')[0]! }) }, { 'HTTP-08': 'error changed' }],
    ['a body that is changed', { before: ({ body }) => ({ body: body.replace('"edus":[]', '"edus":[{}]') }) }, { 'HTTP-28': 'error changed' }],
    ['PUT is refused', { before: ({ method }) => (method === 'PUT' ? page : {}) }, { 'HTTP-28': 'error refused' }],
    ['Authorization is taken away', { before: () => ({ authorization: '' }) }, { 'FED-04': 'error no-authorization', 'HTTP-06': rejected, 'HTTP-08': rejected, 'HTTP-28': rejected }],
    ['everything is changed', { before: ({ target }) => ({ target: target.includes('/event/') ? `${target}?x` : target }) }, { 'FED-04': 'error bad-signature', 'HTTP-06': rejected, 'HTTP-08': rejected, 'HTTP-28': rejected }],
    ['another name', { name: 'other.test' }, { 'FED-04': 'error other-destination', 'HTTP-06': rejected, 'HTTP-08': rejected, 'HTTP-28': rejected }],
    ['no way out', { way: undefined }, { 'FED-05': 'error unreached', 'FED-04': withoutKey, 'HTTP-06': rejected, 'HTTP-08': rejected, 'HTTP-28': rejected }],
    ['no way out, and no questions for keys', { way: undefined, noQuery: true }, { 'FED-05': 'error unreached', 'FED-04': withoutKey, 'HTTP-06': rejected, 'HTTP-08': rejected, 'HTTP-28': rejected }],
    ['no way out, and a notary that helps', { way: 'notary' }, { 'FED-05': 'error notary' }],
    ['a certificate that it does not trust', { way: 'distrusting' }, { 'FED-05': 'error distrusts', 'FED-04': withoutKey, 'HTTP-06': rejected, 'HTTP-08': rejected, 'HTTP-28': rejected }],
    ['a list of servers, and keys that it never had to fetch', { lazyQuery: true, whitelist: true }, { 'FED-08': 'info denied', 'FED-05': expect.stringMatching(/^it never needed/), 'FED-04': expect.stringMatching(/^it does not talk/), 'HTTP-06': rejected, 'HTTP-08': rejected, 'HTTP-28': rejected }],
    ['a list of servers that it talks to', { whitelist: true }, { 'FED-08': 'info denied', 'FED-04': expect.stringMatching(/^it does not talk to everybody/), 'HTTP-06': rejected, 'HTTP-08': rejected, 'HTTP-28': rejected }],
  ])('%s', async (_, ailment, wanted) => expect(await verdict(ailment)).toEqual(wanted))
})

test('without a probe nothing of it is tried, and that is said', async () => {
  const world = worldOf(certificate, { name: 'probe.test', port: 1 }, {})
  const results = await judge(siteOf('hs.test:8448', { world }), { active: true, late: new Promise(() => {}) }, probeChecks)
  expect(results.map(({ outcome, why }) => `${outcome}: ${why}`)).toEqual(probeChecks.map(() => 'not-made: needs a name that the server can reach: --probe NAME'))
})
