import { readFileSync } from 'node:fs'
import { ProvisionError } from '../core/error.ts'
import { gate } from '../core/gate.ts'
import type { HostEvidence } from '../federation/host-evidence.ts'
import type { Probe } from '../federation/probe.ts'
import type { Report } from '../federation/report.ts'
import type { World } from '../federation/world.ts'
import { FactFailure, type FederationRequest, type ProbeRequest } from '../host/fact.ts'
import type { ControllerReaders } from '../shell/shell-target.ts'

/** Looks at Matrix servers from this machine, for a whole run: a few at a time, all with the same probe. */
export class FederationLooks {
  readonly #turn: ReturnType<typeof gate>
  readonly #probes = new Map<string, Promise<Probe>>()
  /** Made once, since each reads the trusted authorities and keeps them. */
  readonly #worlds = new Map<string, Promise<World>>()

  /** @param atOnce servers that are looked at at once */
  constructor(atOnce = 20) {
    this.#turn = gate(atOnce)
  }

  /** As facts. */
  readonly readers: ControllerReaders = {
    federation: async key => {
      try {
        return await this.look(JSON.parse(key) as FederationRequest)
      } catch (error) {
        if (error instanceof ProvisionError) return new FactFailure({ kind: 'federation', key }, error.message)
        throw error
      }
    },
  }

  /** @throws ProvisionError where a file or an address that is given cannot be used */
  look(request: FederationRequest): Promise<Report> {
    return this.#turn(async () => {
      const { serverName, active, fleet, deadline, hosts, inside = false, probe } = request
      const { verify } = await import('../federation/verify.ts')
      const world = await this.#world(request)
      return verify(serverName, { world, active, inside, fleet, deadline, hosts: hosts as readonly HostEvidence[], ...(probe && { probe: await this.#probe(probe, world) }) })
    })
  }

  /** Ends the probes. */
  async close(): Promise<void> {
    await Promise.all([...this.#probes.values()].map(async probe => (await probe.catch(() => undefined))?.close()))
    this.#probes.clear()
  }

  #world({ resolve, authorities, allowPrivate }: FederationRequest): Promise<World> {
    const id = JSON.stringify({ resolve, authorities, allowPrivate })
    let world = this.#worlds.get(id)
    if (!world) this.#worlds.set(id, (world = worldOf({ resolve, authorities, allowPrivate })))
    return world
  }

  #probe(wanted: ProbeRequest, world: World): Promise<Probe> {
    const id = JSON.stringify(wanted)
    let probe = this.#probes.get(id)
    if (!probe) this.#probes.set(id, (probe = openProbe(wanted, world)))
    return probe
  }
}

async function worldOf({ resolve, authorities, allowPrivate }: Pick<FederationRequest, 'resolve' | 'authorities' | 'allowPrivate'>): Promise<World> {
  const [{ networkWorld }, { parsePin }, { rootCertificates }] = await Promise.all([import('../federation/network/world.ts'), import('../federation/network/pin.ts'), import('node:tls')])
  return networkWorld({ pins: resolve.map(parsePin), allowPrivate, ...(authorities !== undefined && { roots: [...rootCertificates, authorities] }) })
}

async function openProbe({ name, certificateFile, keyFile, listen }: ProbeRequest, world: World): Promise<Probe> {
  const [{ openProbe: open }, { parseServerName }] = await Promise.all([import('../federation/probe.ts'), import('../federation/server-name.ts')])
  const parsed = parseServerName(name)
  if (!parsed.ok) throw new ProvisionError('wrong-use', `The probe's name: ${parsed.problem}`)
  const [certificate, key] = [certificateFile, keyFile].map(file => {
    try {
      return readFileSync(file, 'utf8')
    } catch (error) {
      throw new ProvisionError('file-missing', `The probe's certificate or key cannot be read: ${file}`, { cause: error })
    }
  }) as [string, string]
  const place = placeOf(listen, parsed.port ?? 8448)
  if (!place) throw new ProvisionError('wrong-use', `The probe cannot listen at ${listen}: that is no address with a port`, { hint: 'For example: 0.0.0.0:8449' })
  await checkPair(certificate, certificateFile, key, keyFile)
  try {
    return await open({ world, name, certificate, key, listen: place })
  } catch (error) {
    throw new ProvisionError('wrong-use', `The probe cannot be opened: ${(error as Error).message}`, { cause: error })
  }

  function placeOf(given: string | undefined, port: number): { readonly address: string; readonly port: number } | undefined {
    if (given === undefined) return { address: '::', port }
    if (/^\d{1,5}$/.test(given)) return { address: '::', port: Number(given) }
    const parsed = parseServerName(given)
    return parsed.ok && parsed.kind !== 'dns' ? { address: parsed.hostname, port: parsed.port ?? port } : undefined
  }
}

/** What OpenSSL has against them is for nobody to read. @throws ProvisionError */
async function checkPair(certificate: string, certificateFile: string, key: string, keyFile: string): Promise<void> {
  const { createPrivateKey, X509Certificate } = await import('node:crypto')
  const read = <T>(make: () => T, problem: string): T => {
    try {
      return make()
    } catch (cause) {
      throw new ProvisionError('wrong-use', problem, { cause, hint: 'Both are PEM: texts that begin with -----BEGIN' })
    }
  }
  const own = read(() => new X509Certificate(certificate), `The probe cannot be opened: ${certificateFile} holds no certificate`)
  const secret = read(() => createPrivateKey(key), `The probe cannot be opened: ${keyFile} holds no private key, or one with a passphrase`)
  if (!own.checkPrivateKey(secret)) throw new ProvisionError('wrong-use', `The probe cannot be opened: ${keyFile} is not that of the certificate ${certificateFile}`)
}
