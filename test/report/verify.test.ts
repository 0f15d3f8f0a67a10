import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Report } from '../../src/federation/report.ts'
import { verify } from '../../src/federation/verify.ts'
import { createPaint } from '../../src/report/paint.ts'
import { federationTesterOf } from '../../src/report/verify/federation-tester.ts'
import { verifyJunit } from '../../src/report/verify/junit.ts'
import { fleetText, reportText, type VerifyViewOptions } from '../../src/report/verify/people.ts'
import { tapOf } from '../../src/report/verify/tap.ts'
import { width } from '../../src/report/width.ts'
import { brokenServers } from '../federation/broken-servers.ts'
import { html, json, worldOf } from '../federation/internet.ts'
import { healthy, otherwise, type Parts } from '../federation/server.ts'

const seed = Buffer.alloc(32, 7)
const plain: VerifyViewOptions = { columns: 100, paint: createPaint(false), verbosity: 0 }

async function reportOf(change: (parts: Parts) => void, serverName = 'example.org'): Promise<Report> {
  const parts = healthy({ seed })
  change(parts)
  return verify(serverName, { world: worldOf(parts) })
}

const brokenOf = (name: string) => reportOf(brokenServers.find(server => server.name === name)!.change)

const well = await reportOf(() => {})
const slashes = await reportOf(parts => otherwise(parts.homeserver, ({ path }) => (/%2f/i.test(path) ? html(404) : undefined)))
const where: Report = {
  ...slashes,
  checks: slashes.checks.map(check => ({ ...check, findings: check.findings.map(finding => (check.id === 'HTTP-05' ? { ...finding, where: { file: '/etc/apache2/sites-enabled/matrix.conf', line: 14, host: 'lab1' } } : finding)) })),
}
const warned = await brokenOf('the sliding sync proxy')
const nowhere = await brokenOf('a name without an address')

test('a server that is well is one line and the way to it', async () => {
  await expect(`${reportText(well, plain)}\n`).toMatchFileSnapshot('golden/verify.txt')
})

test('a broken one says what is wrong, where, and what to do', async () => {
  await expect(`${reportText(where, plain)}\n`).toMatchFileSnapshot('golden/verify-broken.txt')
})

test('what the verdict says stands first, whatever its number', async () => {
  const both = await reportOf(parts => {
    otherwise(parts.delegation, ({ path }) => (path.endsWith('/client') ? json(200, { 'm.homeserver': {} }, [['Access-Control-Allow-Origin', '*']]) : undefined))
    otherwise(parts.homeserver, ({ path }) => (/%2f/i.test(path) ? html(404) : undefined))
  })
  const heads = reportText(both, plain).split('\n').flatMap(line => /^ {2}✖ (\S+) +(.*)/.exec(line)?.slice(1, 3).join(' ') ?? [])
  expect(heads).toEqual(['HTTP-05 matrix.example.org refuses paths with an encoded slash', 'WKC-01 The client document has no m.homeserver.base_url'])
  expect(both.summary).toBe('example.org does not federate: matrix.example.org refuses paths with an encoded slash')
})

test('what cannot be looked at while something is broken is only counted', async () => {
  await expect(`${reportText(nowhere, plain)}\n`).toMatchFileSnapshot('golden/verify-nowhere.txt')
})

test('-v says all', async () => {
  await expect(`${reportText(warned, { ...plain, verbosity: 1 })}\n`).toMatchFileSnapshot('golden/verify--v.txt')
})

test('many servers are a line each, the worst first; -v tells what is wrong with them', async () => {
  const fleet = [well, where, warned, nowhere].map((report, index) => ({ ...report, host: `lab${index + 1}` }))
  await expect(`${fleetText(fleet, [{ host: 'lab5', why: 'lab5 (10.0.0.5:22): connection refused' }], 1234, plain)}\n`).toMatchFileSnapshot('golden/verify-fleet.txt')
  expect(fleetText(fleet, [], 1234, { ...plain, verbosity: 1 })).toContain('HTTP-05')
})

test('no line is wider than the terminal, whatever came from a server, and nothing of it is obeyed', async () => {
  const evil = await reportOf(parts => otherwise(parts.homeserver, ({ path }) => (path.startsWith('/_matrix/') ? { status: 404, headers: [['Content-Type', 'application/json']], body: JSON.stringify({ errcode: 'M_\u001b[31m\u202e', error: `${'words '.repeat(100)}\n\u0007` }) } : undefined)))
  for (const columns of [60, 80, 120]) {
    const text = reportText(evil, { ...plain, columns, verbosity: 1 })
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/)
    expect(text.split('\n').filter(line => width(line) > columns && line.trim().includes(' ') && !/https?:|\//.test(line))).toEqual([])
  }
})

test('colours only add', () => {
  expect(reportText(where, { ...plain, paint: createPaint(true) }).replaceAll(/\u001b\[\d+m/g, '')).toBe(reportText(where, plain))
})

test('TAP, as version 14 has it', async () => {
  await expect(`${tapOf([where])}\n`).toMatchFileSnapshot('golden/verify.tap')
  const lines = tapOf([well, where]).split('\n')
  expect(lines.slice(0, 2)).toEqual(['TAP version 14', '1..2'])
  expect(lines.filter(line => /^(not )?ok/.test(line))).toEqual(['ok 1 - example.org', 'not ok 2 - example.org'])
  expect(lines.filter(line => /^ {4}not ok/.test(line))).toHaveLength(1)
})

test('JUnit counts what it holds', () => {
  const xml = verifyJunit([well, where, nowhere])
  const suites = [...xml.matchAll(/<testsuite name="[^"]*" tests="(\d+)" failures="(\d+)" errors="0" skipped="(\d+)"[^>]*>([^]*?)<\/testsuite>/g)]
  expect(suites).toHaveLength(3)
  for (const [, tests, failures, skipped, body = ''] of suites) {
    expect(Number(tests)).toBe(body.match(/<testcase /g)!.length)
    expect(Number(failures)).toBe(body.match(/<failure /g)?.length ?? 0)
    expect(Number(skipped)).toBe(body.match(/<skipped /g)?.length ?? 0)
  }
  expect(xml).toContain('<failure type="refused" message="matrix.example.org refuses paths with an encoded slash">')
})

test('a report is JSON, and nothing is lost by that', () => {
  for (const report of [well, where, warned, nowhere]) expect(JSON.parse(JSON.stringify(report))).toEqual(report)
})

test("the federation tester's shape", async () => {
  await expect(`${JSON.stringify(federationTesterOf(well), null, 2)}\n`).toMatchFileSnapshot('golden/federation-tester.json')
})

test.each([
  ['another server_name', { FederationOK: false, ConnectionReports: { '203.0.113.9:443': { Checks: { AllChecksOK: false, MatchingServerName: false } } } }],
  ['a missing intermediate', { FederationOK: false, ConnectionReports: { '203.0.113.9:443': { Checks: { AllChecksOK: false, ValidCertificates: false }, Errors: [{ Message: expect.any(String) }] } } }],
  ['a dead IPv6 address of the homeserver', { FederationOK: false, ConnectionErrors: { '[2001:db8::9]:443': { Message: 'no answer within 10 s' } } }],
  ['no document, and nothing at 8448', { FederationOK: false, WellKnownResult: { 'm.server': '', result: expect.any(String) }, Version: { error: expect.any(String) } }],
  ['no signature', { FederationOK: false, ConnectionReports: { '203.0.113.9:443': { Checks: { AllEd25519ChecksOK: false, Ed25519Checks: { 'ed25519:a_1': { ValidEd25519: true, MatchingSignature: false } } } } } }],
  // What it does not see.
  ['no AllowEncodedSlashes', { FederationOK: true }],
])('for that tester: %s', async (name, shape) => {
  expect(federationTesterOf(await brokenOf(name))).toMatchObject(shape)
})

test('no text from a server makes TAP or XML that is none', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 60 }), text => {
    const report: Report = { ...where, serverName: text, checks: where.checks.map(check => ({ ...check, findings: check.findings.map(finding => ({ ...finding, message: text })) })) }
    expect(tapOf([report]).split('\n').filter(line => !/^(TAP version 14|1\.\.1|# Subtest: .*|(not )?ok \d+ - .*| {4}(1\.\.\d+|(not )?ok \d+ - .*| {2}.*))$/.test(line))).toEqual([])
    expect(verifyJunit([report])).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/)
  }))
})
