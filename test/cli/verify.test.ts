import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:https'
import { createServer as createPlainServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { frontDoor } from '../../src/cli/front-door.ts'
import { sayWhatIsWaitedFor } from '../../src/cli/waiting.ts'
import type { Report } from '../../src/federation/report.ts'
import { html, type Reply } from '../federation/internet.ts'
import { authority, certificateFor } from '../federation/network/peer.ts'
import { proxied, synapse } from '../federation/server.ts'
import { start } from './spawn.ts'

/** The program's answer, within this process. */
async function verify(...argv: string[]) {
  let [out, err] = ['', '']
  vi.spyOn(process.stdout, 'write').mockImplementation(text => ((out += String(text)), true))
  vi.spyOn(process.stderr, 'write').mockImplementation(text => ((err += String(text)), true))
  const code = await frontDoor(['verify', ...argv])
  vi.restoreAllMocks()
  return { code, out, err }
}
afterEach(() => void vi.restoreAllMocks())

const directory = mkdtempSync(join(tmpdir(), 'verify-'))
const inDirectory = (name: string, text: string) => {
  writeFileSync(join(directory, name), text)
  return join(directory, name)
}
const ca = inDirectory('ca.pem', authority.certificate)
afterAll(() => rmSync(directory, { recursive: true }))

describe('mistakes are told before anybody is asked', () => {
  test.each<[string, string[], string]>([
    ['neither a name nor an inventory', [], 'verify needs a server name, or an inventory'],
    ['a name that is none', ['https://example.org'], 'is no server name: it must stand without https://'],
    ['names and an inventory', ['lab1', '-i', 'inventory.yml'], 'verify -i INVENTORY -l HOST'],
    ['half a probe', ['example.org', '--probe-key', ca], '--probe-key needs --probe'],
    ['a pin that is none', ['example.org', '--resolve', 'example.org:443'], "--resolve 'example.org:443' is not understood"],
    ['a file that is not there', ['example.org', '--ca', '/nowhere/ca.pem'], '--ca: /nowhere/ca.pem cannot be read'],
    ['a probe without a certificate', ['example.org', '--probe', 'probe.example'], '--probe needs --probe-certificate'],
    ['a probe with half of it', ['example.org', '--probe', 'probe.example', '--probe-certificate', ca], '--probe needs --probe-key'],
    ['a probe whose certificate is none', ['127.0.0.1:1', '--probe', 'probe.example', '--probe-certificate', ca, '--probe-key', ca, '--probe-listen', '127.0.0.1:18449'], 'ca.pem holds no private key'],
    ['no seconds', ['example.org', '--timeout', 'soon'], '--timeout must be a whole number'],
    ['a form that there is not', ['example.org', '--output', 'jsn'], 'Did you mean json?'],
    ['an inventory that is not there', ['-i', '/nowhere/inventory.yml'], 'does not exist'],
  ])('%s', async (_, argv, said) => {
    const { code, out, err } = await verify(...argv)
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toContain(said)
    expect(err).not.toMatch(/\bat .*\.ts:\d+/)
  })
})

test('a name that is none, among others, ends nothing: it has its report', async () => {
  const { code, out } = await verify('127.0.0.1:1', 'hs_1.example', '--allow-private', '--output', 'json')
  expect(code).toBe(2)
  expect(out.trim().split('\n').map(line => JSON.parse(line)).map(({ serverName, verdict }) => [serverName, verdict])).toEqual([['127.0.0.1:1', 'broken'], ['hs_1.example', 'broken']])
})

test('Ctrl-C shows what is there already, and ends with 130', async () => {
  const hanging = createPlainServer(() => {})
  await new Promise<void>(resolve => hanging.listen(0, '127.0.0.1', resolve))
  const place = `127.0.0.1:${(hanging.address() as AddressInfo).port}`
  const started = start('src/cli/main.ts', ['verify', '127.0.0.1:1', place, '--allow-private', '--no-color', '--timeout', '60'])
  await new Promise(resolve => setTimeout(resolve, 2500))
  started.kill('SIGINT')
  const { code, out } = await started.ended
  hanging.close()
  expect(code).toBe(130)
  expect(out).toMatch(/^✖ 127\.0\.0\.1:1 does not federate/)
  expect(out).not.toContain(place)
})

test('who waits for long is told for whom, unless asked something meanwhile', () => {
  vi.useFakeTimers()
  let err = ''
  vi.spyOn(process.stderr, 'write').mockImplementation(text => ((err += String(text)), true))
  const waiting = sayWhatIsWaitedFor(() => ['a.example', 'b.example', 'c.example', 'd.example', 'e.example'], () => 7)
  vi.advanceTimersByTime(10_000)
  const goOn = waiting.hold()
  vi.advanceTimersByTime(10_000)
  expect(err).toMatch(/^.*\n$/)
  goOn()
  vi.advanceTimersByTime(10_000)
  waiting.end()
  vi.advanceTimersByTime(60_000)
  vi.useRealTimers()
  expect(err).toMatch(/^(\d+ s: waiting for a\.example, b\.example, c\.example and 2 more \(2 of 7 done\)\n){2}$/)
})

describe('a server that is there', () => {
  const certificate = certificateFor(['hs.example'])
  let answer: (target: string) => Reply | undefined = () => undefined
  let place = ''
  const server = createServer({ cert: certificate.certificate, key: certificate.key }, (request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', chunk => (body += chunk)).on('end', () => {
      const headers = Array.from({ length: request.rawHeaders.length / 2 }, (_, index) => [request.rawHeaders[2 * index]!, request.rawHeaders[2 * index + 1]!] as const)
      const target = request.url!
      const usual = proxied(synapse(place, { now: Date.now() }))
      const reply = answer(target) ?? usual({ method: request.method!, target, path: target.split('?')[0]!, host: request.headers.host!, headers, body, http2: false })
      if ('failure' in reply) return response.destroy()
      response.writeHead(reply.status, (reply.headers ?? []).flat()).end(reply.body)
    })
  })
  beforeAll(async () => {
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    place = `hs.example:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => new Promise(resolve => server.close(resolve)))
  afterEach(() => (answer = () => undefined))

  const look = (...more: string[]) => verify(place, '--resolve', `${place}:127.0.0.1`, '--ca', ca, '--no-color', ...more)
  const withoutEncodedSlashes = (target: string) => (/%2f/i.test(target) ? html(404) : undefined)

  test('and well: the verdict first, and 0', async () => {
    const { code, out, err } = await look()
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out.split('\n')[0]).toMatch(new RegExp(`^✔ ${place} federates \\(\\d+ checks passed\\)$`))
    expect(out).toContain('Synapse 1.163.2')
  })

  test('and broken: what breaks it, and 2', async () => {
    answer = withoutEncodedSlashes
    const { code, out } = await look()
    expect(code).toBe(2)
    expect(out).toMatch(/^✖ .* does not federate: hs\.example refuses paths with an encoded slash/)
    expect(out).toContain('fix       Write AllowEncodedSlashes NoDecode')
  })

  test('with a warning: 0, and 2 for who is strict', async () => {
    answer = target => (target.startsWith('/_matrix/federation/v1/matrix-provision') ? html(404) : undefined)
    expect((await look()).code).toBe(0)
    expect((await look('--strict')).code).toBe(2)
  })

  test('for programs: JSON, TAP, JUnit, and the federation tester, each alone on standard output', async () => {
    const report = JSON.parse((await look('--output', 'json')).out) as Report
    expect(report).toMatchObject({ version: 1, serverName: place, verdict: 'federates', connections: [{ address: '127.0.0.1', ok: true, tls: { trusted: true } }], server: { name: 'Synapse' } })
    expect((await look('--output', 'tap')).out).toMatch(/^TAP version 14\n1\.\.1\n/)
    expect((await look('--output', 'junit')).out).toMatch(/^<\?xml /)
    expect(JSON.parse((await look('--output', 'federation-tester')).out)).toMatchObject({ FederationOK: true, Version: { name: 'Synapse', version: '1.163.2' } })
  })

  test('beside one that is not: a line each, the worst first', async () => {
    const { code, out } = await look('127.0.0.1:1', '--allow-private')
    expect(code).toBe(2)
    expect(out.split('\n').slice(0, 2)).toEqual(['✖ 127.0.0.1:1 does not federate: nothing answers at 127.0.0.1:1', `✔ ${place} federates`])
    expect(out).toMatch(/\n\n2 servers: 1 well and 1 broken\. -v tells more\. {2}[\d.]+ s\n$/)
  })

  test('an untrusted authority is one', async () => {
    expect((await verify(place, '--resolve', `${place}:127.0.0.1`)).out).toContain('TLS-01')
  })

  test('a private address is looked at only when that is allowed', async () => {
    const { code, out } = await verify('127.0.0.1:1', '--no-color')
    expect(code).toBe(2)
    expect(out).toContain('only a private network reaches this address')
  })
})
