import { expect, test } from 'vitest'
import { FactFailure, federationKey, type FederationRequest } from '../../src/host/fact.ts'
import type { Report } from '../../src/federation/report.ts'
import { FederationLooks } from '../../src/rollout/federation-looks.ts'
import { Scene } from '../engine/stage.ts'

const request: FederationRequest = { serverName: '127.0.0.1:1', resolve: [], allowPrivate: true, active: false, fleet: [], deadline: 5000, hosts: [] }

test('a look from the controller needs no connection to the host that it is made for', async () => {
  using scene = new Scene({
    'site.yml': `
- hosts: all
  gather_facts: false
  tasks:
    - name: Look
      matrix_federation:
        server_name: 127.0.0.1:1
        allow_private: true
        require: FED-01
      ignore_errors: true
`,
  })
  const ran = await scene.run({ inventory: ['host.that.nobody.reaches.invalid,'], connection: 'ssh' })
  expect(ran.result('Look')).toMatchObject({ status: 'failed', ignored: true, result: { verdict: 'broken', summary: '127.0.0.1:1 does not federate: nothing answers at 127.0.0.1:1' } })
  expect(ran.recap('host.that.nobody.reaches.invalid')).toMatchObject({ unreachable: 0, ignored: 1 })
})

test('as a fact, what cannot be used fails the task with its reason', async () => {
  const looks = new FederationLooks()
  const read = (more: Partial<FederationRequest>) => looks.readers.federation!(federationKey({ ...request, ...more }))
  expect(await read({})).toMatchObject({ verdict: 'broken' } satisfies Partial<Report>)
  const wrong: readonly (readonly [Partial<FederationRequest>, RegExp])[] = [
    [{ resolve: ['nonsense'] }, /--resolve 'nonsense' is not understood/],
    [{ probe: { name: 'a b', certificateFile: '/x', keyFile: '/x' } }, /The probe's name: "a b" is no server name/],
    [{ probe: { name: 'probe.example', certificateFile: '/nowhere', keyFile: '/nowhere' } }, /certificate or key cannot be read: \/nowhere/],
    [{ probe: { name: 'probe.example', certificateFile: import.meta.filename, keyFile: import.meta.filename, listen: 'nowhere' } }, /cannot listen at nowhere/],
    [{ probe: { name: 'probe.example', certificateFile: import.meta.filename, keyFile: import.meta.filename, listen: '127.0.0.1:18450' } }, /^The probe cannot be opened: .* holds no certificate$/],
  ]
  for (const [more, message] of wrong) {
    const fact = await read(more)
    expect(fact).toBeInstanceOf(FactFailure)
    expect((fact as FactFailure).message).toMatch(message)
  }
  await looks.close()
})

test('one probe serves a whole run, and is gone after it', async () => {
  const { makeCertificate } = await import('../../src/lab/certificate.ts')
  const { mkdtempSync, rmSync, writeFileSync } = await import('node:fs')
  const { createServer } = await import('node:net')
  const directory = mkdtempSync('/tmp/probe-')
  const { certificate, key } = makeCertificate({ commonName: 'probe.example', names: ['probe.example'], notBefore: new Date(Date.now() - 1000), notAfter: new Date(Date.now() + 60_000) })
  const [certificateFile, keyFile] = ['c.pem', 'k.pem'].map(name => `${directory}/${name}`) as [string, string]
  writeFileSync(certificateFile, certificate)
  writeFileSync(keyFile, key)
  const listens = () => new Promise<boolean>(resolve => {
    const server = createServer().once('error', () => resolve(true)).listen(18451, '127.0.0.1', () => server.close(() => resolve(false)))
  })
  const looks = new FederationLooks()
  const probe = { name: 'probe.example:18451', certificateFile, keyFile, listen: '127.0.0.1:18451' }
  const reports = await Promise.all(['127.0.0.1:1', '127.0.0.1:2', '127.0.0.1:3'].map(serverName => looks.look({ ...request, serverName, probe })))
  expect(reports.flatMap(({ checks }) => checks.filter(({ needs }) => needs === '--probe'))).toEqual([])
  expect(await listens()).toBe(true)
  await looks.close()
  expect(await listens()).toBe(false)
  rmSync(directory, { recursive: true })
})
