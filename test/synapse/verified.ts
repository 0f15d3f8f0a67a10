import { execa } from 'execa'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { networkWorld } from '../../src/federation/network/world.ts'
import { openProbe } from '../../src/federation/probe.ts'
import type { Report } from '../../src/federation/report.ts'
import { verify } from '../../src/federation/verify.ts'
import type { Lookup, World } from '../../src/federation/world.ts'
import { probeName } from '../../src/lab/host.ts'
import type { LabHosts } from '../lab/hosts.ts'
import type { Dns } from './faults/fault.ts'

export interface Verified extends Report {
  /** Exit code of the command; null where the library was called. */
  readonly exit: number | null
}

/** Checks that found an error or a warning, in the catalogue's order. */
export const complaints = ({ checks }: Report): readonly string[] => checks.filter(({ outcome }) => outcome === 'error' || outcome === 'warning').map(({ id }) => id)

const name = `${probeName}:8449`
const program = join(import.meta.dirname, '../../src/cli/main.ts')

/** Hosts of the lab's inventory verified by the command, from outside and from inside, with a probe. */
export async function verifiedHosts(lab: LabHosts, ...hosts: readonly string[]): Promise<readonly Verified[]> {
  const { inventory, probe, probeKey } = lab.lab
  // Names are the lab's alone: whoever has a name server asks it in vain, and waits.
  const resolve = lab.hosts.flatMap(({ serverName, fqdn, address }) => [serverName, fqdn].flatMap(name => ['--resolve', `${name}:8448:${address}`]))
  const asProbe = ['--probe', name, '--probe-certificate', probe, '--probe-key', probeKey]
  const words = ['verify', '-i', inventory, '-l', hosts.join(','), '--output', 'json', ...resolve, ...asProbe]
  const env = { NODE_COMPILE_CACHE: join(tmpdir(), 'matrix-provision-test-cache') }
  const { exitCode = -1, stdout, stderr } = await execa(process.execPath, [program, ...words], { reject: false, env })
  if (!stdout.startsWith('{')) throw new Error(`verify ended with ${exitCode}: ${stderr}`)
  return stdout.trimEnd().split('\n').map(line => ({ ...(JSON.parse(line) as Report), exit: exitCode }))
}

/** A server of the lab verified by its name alone, over the network with both families, with a probe. */
export async function verifiedName(lab: LabHosts, serverName: string, dns: Dns = {}): Promise<Verified> {
  const world = await labWorld(lab, dns)
  const [certificate, key] = (await Promise.all([lab.lab.probe, lab.lab.probeKey].map(path => readFile(path, 'utf8')))) as [string, string]
  const probe = await openProbe({ world, name, listen: { address: '::', port: 8449 }, certificate, key })
  try {
    return { ...(await verify(serverName, { world, probe, active: true })), exit: null }
  } finally {
    await probe.close()
  }
}

/** The network with the names of the lab: its hosts', unless `dns` says otherwise. */
async function labWorld(lab: LabHosts, { addresses = {}, services = {}, aliases = {} }: Dns): Promise<World> {
  const names = Object.fromEntries(lab.hosts.flatMap(({ serverName, fqdn, address, address6 }) => [serverName, fqdn].map(name => [name, [address, address6]])))
  // A resolver that does not know this one is taken to know no name of the Internet.
  const known: { readonly [name: string]: readonly string[] | undefined } = { 'example.com': ['203.0.113.1'], ...names, ...addresses }
  return {
    ...networkWorld({ roots: [await readFile(lab.lab.ca, 'utf8')], allowPrivate: true }),
    resolver: {
      addresses: async (name, family) => found(known[name]?.filter(address => address.includes(':') === (family === 6))),
      services: async name => found(services[name]),
      aliases: async name => found(aliases[name]),
    },
  }
}

const found = <T>(records: readonly T[] = []): Lookup<T> => ({ ok: true, records })
