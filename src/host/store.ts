import DataLoader from 'dataloader'
import type { Become } from '../connection/connection.ts'
import { UnknownReached, Unknown } from '../core/unknown.ts'
import type { Change } from './change.ts'
import { FactFailure, type FactKey, type FactKind, type FactKinds, type FactRequest, type Facts } from './fact.ts'
import { Forecast } from './prediction.ts'
import type { Guard, Observation, Performed, Target, Work } from './target.ts'
import { isLasting, isTouchedBy } from './touch.ts'

/**
 * What is known about one host, for all tasks of the run that read it. Reads that are asked for in the same turn of
 * the event loop go out together: a batch leaves when every plan has finished or waits for a fact.
 */
export class HostFacts {
  /** What would be, in a dry run. */
  readonly forecast: Forecast
  /** How often the host was asked. */
  batches = 0
  readonly #target: Target
  readonly #everyone: () => Iterable<HostFacts>
  readonly #loader: DataLoader<FactRequest, Observation, string>
  readonly #known = new Map<string, FactRequest>()
  /** Where the paths lead that were followed: the links on the way, and what is at the end. */
  readonly #followed = new Map<string, readonly string[]>()
  readonly #foreseen = new Map<string, { after: number; value: unknown }>()
  /** All ways in which this host is reached, this one among them: what is changed by one has changed for all. */
  readonly #ways: Set<HostFacts>

  /**
   * @param other the same host, reached in another way
   * @param everyone hosts of the same run: a server that federates can be spread over some of them
   */
  constructor(target: Target, other?: HostFacts, everyone: () => Iterable<HostFacts> = () => []) {
    this.#target = target
    this.#everyone = everyone
    this.forecast = other?.forecast ?? new Forecast()
    this.#ways = (other ? other.#ways : new Set<HostFacts>()).add(this)
    this.#loader = new DataLoader(
      requests => {
        this.batches++
        return this.#read(target, requests)
      },
      { cacheKeyFn: requestId, batchScheduleFn: send => setImmediate(send), maxBatchSize: 1000 },
    )
  }

  /**
   * The value of a fact, as it is or, in a dry run, as it would be.
   *
   * @throws UnknownReached when a change that has not been made decides it
   * @throws FactFailure when the host cannot say
   * @throws ConnectionFailure when the host gives no answer
   */
  async get<K extends FactKind>(request: FactRequest<K>): Promise<FactKinds[K]> {
    this.refuseHidden(request)
    return this.seenThrough(request, (await this.observe(request)) as Observation<K>)
  }

  /**
   * What an observation comes to: as it is or, in a dry run, as it would be.
   *
   * @throws as `get`
   */
  async seenThrough<K extends FactKind>(request: FactRequest<K>, observation: Observation<K>): Promise<FactKinds[K]> {
    const foreseen = this.forecast.length > 0
    const leadsTo = foreseen ? await this.#foreseenBeyond(request) : request.key
    if (leadsTo !== request.key) return this.get({ ...request, key: leadsTo })
    if (observation.value instanceof FactFailure) throw observation.value
    const value = foreseen ? this.#foresee(request, observation.value) : observation.value
    if (value instanceof Unknown) throw new UnknownReached(value)
    return value
  }

  /**
   * In a dry run, what takes long to find out and is not known whatever it is now is not even looked at. Changes of all hosts count.
   *
   * @throws UnknownReached
   */
  refuseHidden(fact: FactKey): void {
    if (fact.kind !== 'federation') return
    for (const forecast of new Set([this, ...this.#everyone()].map(one => one.forecast))) {
      const value = forecast.foresee(fact, {})
      if (value instanceof Unknown) throw new UnknownReached(value)
    }
  }

  /** A fact as the real host has it, whatever a dry run foresees. */
  observe(request: FactRequest): Promise<Observation> {
    this.#known.set(requestId(request), request)
    return this.#loader.load(request)
  }

  /** Begins to connect, ahead of the first question. */
  connect(): void {
    this.#target.connect?.()
  }

  /** Makes changes on the real host. What they touch is not forgotten by itself. */
  perform(work: Work): Promise<Performed> {
    return this.#target.perform(work)
  }

  /** Forgets what a change may have made untrue. */
  forget(touches: Change['touches']): void {
    for (const way of this.#ways) way.#forgetAll(request => (touches === 'everything' ? !isLasting(request) : touches.some(touched => way.#concerns(request, touched))))
    if (touches.length > 0) for (const one of this.#everyone()) one.#forgetAll(({ kind }) => kind === 'federation')
  }

  #forgetAll(isGone: (request: FactRequest) => boolean): void {
    for (const [id, request] of this.#known) {
      if (!isGone(request)) continue
      this.#loader.clear(request)
      this.#known.delete(id)
    }
  }

  /** Takes over what was read in the same round trip as a change. */
  prime(request: FactRequest, observation: Observation): void {
    this.#loader.clear(request).prime(request, observation)
    this.#known.set(requestId(request), request)
    this.#remember(request, observation)
  }

  async #read(target: Target, requests: readonly FactRequest[]): Promise<readonly Observation[]> {
    const observations = await target.read(requests)
    requests.forEach((request, index) => this.#remember(request, observations[index]!))
    return observations
  }

  #remember({ kind, key }: FactRequest, { value }: Observation): void {
    if (kind !== 'followed' || value instanceof FactFailure) return
    const { path, through = [] } = value as FactKinds['followed']
    this.#followed.set(key, [...through, path])
  }

  /** As `isTouchedBy`, and also for what was read through a symbolic link. */
  #concerns(fact: FactKey, touched: FactKey): boolean {
    return isTouchedBy(fact, touched) || (this.#followed.get(fact.key) ?? []).some(place => isTouchedBy({ kind: fact.kind, key: place }, touched))
  }

  /** In a dry run, bytes and names are foreseen where they are: behind the links that will be there. */
  async #foreseenBeyond({ kind, key, become }: FactRequest): Promise<string> {
    if (!(kind === 'content' || kind === 'digest' || kind === 'listing')) return key
    return (await this.get({ kind: 'followed', key, become })).path
  }

  #foresee<K extends FactKind>(fact: FactRequest<K>, observed: FactKinds[K]): FactKinds[K] | Unknown {
    const id = requestId(fact)
    const known = this.#foreseen.get(id)
    if (known?.after === this.forecast.length) return known.value as FactKinds[K]
    const value = this.forecast.foresee(fact, observed)
    this.#foreseen.set(id, { after: this.forecast.length, value })
    return value
  }
}

/** The facts that one plan has read: what its changes were decided by. */
export class Reading {
  readonly facts: Facts
  readonly #seen = new Map<string, { request: FactRequest; fingerprint: string }>()

  /** @param anew whatever is read was known before, and may have changed since without our doing */
  constructor(host: HostFacts, become: Become | undefined, anew = false) {
    const asked = new Set<string>()
    const read = async (kind: FactKind, key: string) => {
      const request: FactRequest = { kind, key, become }
      const id = requestId(request)
      if (anew && !asked.has(id)) host.forget([request])
      asked.add(id)
      host.refuseHidden(request)
      const observation = await host.observe(request)
      this.#seen.set(id, { request, fingerprint: observation.fingerprint })
      return host.seenThrough(request, observation)
    }
    this.facts = new Proxy({} as Facts, { get: (_, kind) => (typeof kind === 'string' ? (key: string) => read(kind as FactKind, key) : undefined) })
  }

  /** What must still be so when the changes are made: the facts among those read that the changes touch. */
  guards(changes: readonly Change[]): readonly Guard[] {
    const touched = changes.flatMap(change => (change.touches === 'everything' ? [] : change.touches))
    return [...this.#seen.values()]
      .filter(({ request }) => touched.some(fact => fact.kind === request.kind && fact.key === request.key))
      .map(({ request, fingerprint }) => ({ ...request, fingerprint }))
  }
}

/** All hosts' facts: one store for the whole run, so that delegated reads and changes meet in it. */
export class FactStore {
  readonly #hosts = new Map<string, Map<string, HostFacts>>()

  /**
   * @param way how it is reached: as another user it may show other facts
   * @param target made when the host is first asked about in this way
   */
  of(host: string, way: string, target: () => Target): HostFacts {
    let ways = this.#hosts.get(host)
    if (!ways) this.#hosts.set(host, (ways = new Map()))
    let facts = ways.get(way)
    if (!facts) ways.set(way, (facts = new HostFacts(target(), ways.values().next().value, () => this.#all())))
    return facts
  }

  *#all(): Iterable<HostFacts> {
    for (const ways of this.#hosts.values()) yield* ways.values()
  }
}

export const requestId = (request: FactRequest): string => {
  const { kind, key, become } = request
  return become ? `${become.method}\0${become.user}\0${kind}\0${key}` : `${kind}\0${key}`
}
