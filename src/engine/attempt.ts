import { ConnectionFailure, type Become } from '../connection/connection.ts'
import { ProvisionError } from '../core/error.ts'
import { UnknownReached } from '../core/unknown.ts'
import type { Change } from '../host/change.ts'
import { FactFailure, type FactRequest } from '../host/fact.ts'
import { agrees } from '../host/agreement.ts'
import { Reading, type HostFacts } from '../host/store.ts'
import type { Performed } from '../host/target.ts'
import type { Module, ModuleResult, Plan, PlanContext } from '../modules/module.ts'

/** What one try at a task came to. */
export interface Attempt {
  readonly result: ModuleResult
  /** What was changed, or would be. */
  readonly changes: readonly Change[]
  /** In a dry run: why nobody can say what the task would do. */
  readonly unknown?: string
}

export interface Act {
  readonly module: Module<never>
  readonly parameters: never
  readonly host: HostFacts
  readonly become: Become | undefined
  /** Nothing is changed: changes are applied to the facts of a dry run instead. */
  readonly dry: boolean
  /** The whole run is a dry run: what would be is what later tasks see. */
  readonly dryRun: boolean
  /** Whatever it reads is read anew. */
  readonly again: boolean
  /** `changed_when` says that what it runs changes nothing, whatever comes out: in a dry run the host stays as it is. */
  readonly harmless: boolean
  /** The name that later unknowns give as their reason. */
  readonly taskName: string
  /** Milliseconds. */
  readonly deadline: number
  readonly noLog: boolean
  /** Handlers that a change notifies, to be written down on the host. */
  readonly journal: { readonly name: string; readonly notify: readonly string[] } | undefined
  /** Done before the first change: writes them down where the change itself cannot. */
  readonly noteAhead: (() => Promise<void>) | undefined
  /** Told when something is going to be changed, or foreseen to be: what was planned ahead does not hold any more. */
  readonly news: () => void
  readonly context: Omit<PlanContext, 'facts'>
}

/** How often a task is planned again because its subject changed under its hands. */
const mostReplans = 3

/**
 * Plans a task and makes its changes, or foresees them.
 *
 * @throws ConnectionFailure, ProvisionError
 */
export async function attempt(act: Act): Promise<Attempt> {
  for (let round = 1; ; round++) {
    const reading = new Reading(act.host, act.become, act.again && round === 1)
    const planned = await plan(act, reading)
    if (!isPlan(planned)) return planned
    const changes = planned.changes
    if (changes.length === 0) return { result: planned.result([]), changes }
    act.news()
    if (act.dry) return foresee(act, planned)
    await lookAtApacheFirst(act, changes)
    await act.noteAhead?.()
    const reread = rereads(changes, act.become)
    const performed = await act.host.perform({
      ...(act.become && { become: act.become }),
      guards: reading.guards(changes),
      changes,
      ...(act.journal && { journal: { ...act.journal, done: [] } }),
      reread,
      deadline: act.deadline,
      ...(act.noLog && { noLog: true }),
    })
    if (performed.result === 'stale') {
      act.host.forget([performed.fact])
      if (round < mostReplans) continue
      return failed(`${performed.fact.kind} ${performed.fact.key} keeps changing while this task looks at it: nothing was done.`, changes)
    }
    return settle(act, planned, performed, reread)
  }
}

const isPlan = (value: Plan | Attempt): value is Plan => typeof value.result === 'function'

async function plan(act: Act, reading: Reading): Promise<Plan | Attempt> {
  try {
    return await act.module.plan(act.parameters, { ...act.context, facts: reading.facts })
  } catch (error) {
    if (error instanceof UnknownReached) {
      const readOnly = typeof act.module.readOnly === 'function' ? act.module.readOnly(act.parameters) : act.module.readOnly
      if (act.dryRun && !readOnly) act.host.forecast.addUnknown(act.taskName)
      act.news()
      return { result: { changed: false }, changes: [], unknown: error.unknown.why }
    }
    if (error instanceof FactFailure) return failed(error.message, [])
    throw error
  }
}

function foresee(act: Act, planned: Plan): Attempt {
  if (act.dryRun) for (const change of planned.changes) if (!change.incidental && !(act.harmless && change.kind === 'run')) act.host.forecast.add(change, act.taskName)
  const result = planned.result(undefined)
  return { result: { changed: planned.changes.some(change => !change.incidental), ...result }, changes: planned.changes }
}

function settle(act: Act, planned: Plan, performed: Exclude<Performed, { result: 'stale' }>, reread: readonly FactRequest[]): Attempt {
  for (const change of planned.changes) act.host.forget(change.touches)
  reread.forEach((request, index) => {
    const observation = performed.reread[index]
    if (observation && !(observation.value instanceof FactFailure)) act.host.prime(request, observation)
  })
  if (performed.result === 'failed') {
    const change = planned.changes[performed.change]
    const what = change && !performed.message.includes(change.subject.name) ? `${change.subject.kind} ${change.subject.name}: ` : ''
    return failed(`${what}${performed.message}`, planned.changes.slice(0, performed.change), {
      rc: performed.status, stdout: performed.stdout, stderr: performed.stderr,
    })
  }
  const result = planned.result(performed.outcomes)
  if (!result.failed) {
    const differing = notConverged(planned.changes, reread, performed)
    if (differing) return failed(`did not converge: after the change ${differing}`, planned.changes)
  }
  return { result: { changed: planned.changes.some(change => !change.incidental), ...result }, changes: planned.changes }
}

/** Facts that changes foretell, once each: the last word counts. */
function rereads(changes: readonly Change[], become: Become | undefined): FactRequest[] {
  const requests = new Map<string, FactRequest>()
  for (const { kind, key } of changes.flatMap(change => change.predicts)) requests.set(`${kind}\0${key}`, { kind, key, ...(become && { become }) })
  return [...requests.values()].filter(request => request.kind !== 'http')
}

function notConverged(changes: readonly Change[], reread: readonly FactRequest[], performed: Performed & { result: 'done' }): string | undefined {
  const foretold = new Map(changes.filter(change => change.kind !== 'run').flatMap(change => change.predicts).map(one => [`${one.kind}\0${one.key}`, one]))
  for (const [index, request] of reread.entries()) {
    const prediction = foretold.get(`${request.kind}\0${request.key}`)
    const observation = performed.reread[index]
    if (!prediction || !observation || observation.value instanceof FactFailure) continue
    if (!agrees(prediction.kind, prediction.value as never, observation.value as never)) return `${request.kind} ${request.key} is not as it should be`
  }
  return undefined
}

/** The state of Apache's configuration before the first change to it: whether it was broken already. */
async function lookAtApacheFirst(act: Act, changes: readonly Change[]): Promise<void> {
  const concerned = changes.some(change => change.touches !== 'everything' && change.touches.some(fact => /^\/etc\/(apache2|httpd)\//.test(fact.key)))
  if (concerned) await act.host.observe({ kind: 'apacheCheck', key: 'start', ...(act.become && { become: act.become }) })
}

const failed = (msg: string, changes: readonly Change[], more: ModuleResult = {}): Attempt => ({ result: { failed: true, changed: changes.length > 0, msg, ...more }, changes })

/**
 * Whether an error says that the host gave no answer, so that the host is out and the run goes on. Rights that are refused
 * are the task's failure, as in Ansible, and so is a deadline: the host has answered.
 */
export const isUnreachable = (error: unknown): error is ConnectionFailure =>
  error instanceof ConnectionFailure && !['become', 'deadline', 'refused', 'forbidden'].includes(error.kind)

export const isMistake = (error: unknown): error is ProvisionError => error instanceof ProvisionError
