import { resultOf } from './judge.ts'
import { catalogue } from './check/catalogue.ts'
import { objectOf } from './check/answer.ts'
import { federationVersion } from './check/endpoint.ts'
import type { HostEvidence } from './host-evidence.ts'
import { judge } from './judge.ts'
import { siteOf } from './look.ts'
import type { Probe } from './probe.ts'
import type { CheckResult, Report } from './report.ts'
import { connectionView, discoveryView } from './report-views.ts'
import { courtesy } from './requests.ts'
import { parseServerName } from './server-name.ts'
import type { Site } from './site.ts'
import { summarize } from './summary.ts'
import type { Exchanged, World } from './world.ts'
import { isObject } from './json.ts'

export interface VerifyOptions {
  readonly world: World
  /** Send also what could change something or looks like an attack. */
  readonly active?: boolean
  readonly hosts?: readonly HostEvidence[]
  /** Only what the hosts show from inside is judged. */
  readonly inside?: boolean
  readonly probe?: Probe
  /** Server names of the same fleet. */
  readonly fleet?: readonly string[]
  /** Milliseconds for the whole of one server; 60,000 unless said otherwise. */
  readonly deadline?: number
}

/** Looks at a Matrix server from outside, with all that the options give. Never throws, and ends within the deadline. */
export async function verify(serverName: string, options: VerifyOptions): Promise<Report> {
  const { world, active = false, inside = false, deadline = courtesy.together } = options
  const started = world.now()
  const parsed = parseServerName(serverName)
  if (!parsed.ok) return { ...told(serverName, notAName(parsed.problem), started), discovery: null, connections: [], server: null, requests: 0, duration: 0 }
  // Requests end before the checks do, so that what did not come is told by its reason.
  const site = siteOf(serverName, { ...options, world: guarded(world), deadline: deadline * 0.9 })
  using late = timer(deadline)
  const checks = await judge(site, { active, inside, late: late.passed })
  const seen = inside ? nothing : await Promise.race([seenOf(site), late.passed.then(() => nothing)])
  return { ...told(serverName, checks, started), ...seen, requests: site.requests, duration: world.now() - started }
}

const told = (serverName: string, checks: readonly CheckResult[], started: number) =>
  ({ version: 1, serverName, at: new Date(started).toISOString(), ...summarize(serverName, checks), checks }) as const

/** A world that breaks its promise and throws is a mistake of ours, and nothing that the server has done. */
const guarded = (world: World): World => ({
  ...world,
  exchange: request => world.exchange(request).catch((error: unknown): Exchanged => ({ failure: { stage: 'connect', reason: 'bound', message: `internal: ${String(error)}` }, milliseconds: 0 })),
})

/** What is none cannot be looked at. */
const notAName = (problem: string): readonly CheckResult[] =>
  catalogue.map(check => resultOf(check, check.id === 'DNS-01' ? [{ kind: 'invalid', message: problem }] : { notMade: 'the server name is none' }))

const nothing = { discovery: null, connections: [], server: null }

/** What the checks have seen on their way; nothing new is asked. */
async function seenOf(site: Site): Promise<Pick<Report, 'discovery' | 'connections' | 'server'>> {
  const discovery = await site.discovery()
  const [keys, endpoint] = await Promise.all([Promise.all(discovery.targets.map(target => site.keysAt(target))), site.federation()])
  const server = endpoint && objectOf(await site.ask(endpoint, { target: federationVersion }))?.server
  const named = isObject(server) && typeof server.name === 'string' && typeof server.version === 'string' ? { name: server.name, version: server.version } : null
  return { discovery: discoveryView(discovery), connections: keys.map(connectionView), server: named }
}

function timer(milliseconds: number): Disposable & { readonly passed: Promise<void> } {
  const { promise: passed, resolve } = Promise.withResolvers<void>()
  const timeout = setTimeout(resolve, milliseconds)
  return { passed, [Symbol.dispose]: () => clearTimeout(timeout) }
}
