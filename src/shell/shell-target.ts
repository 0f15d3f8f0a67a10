import { ConnectionFailure, type Answer, type Become, type Connection } from '../connection/connection.ts'
import type { Outcome } from '../host/change.ts'
import { FactFailure, type FactKind, type FactKinds, type FactRequest, type HttpRequest } from '../host/fact.ts'
import type { HttpStep, WaitStep } from '../host/step.ts'
import type { Observation, Performed, Target, Work } from '../host/target.ts'
import { httpFrom } from './http.ts'
import { compileReading } from './reading.ts'
import { readSections, sectionPrelude } from './section.ts'
import { waitUntil } from './wait.ts'
import { compileWork } from './work.ts'

export interface ShellOptions {
  /** Milliseconds for a batch of reads. */
  readonly readDeadline: number
  /** Told of each program that is sent. */
  readonly trace?: (program: string) => void
  /** Kinds of facts that are found out without the host. */
  readonly readers?: ControllerReaders
}

/** How facts are found out on this machine, by their keys. Made above, where what is needed for that is known. */
export type ControllerReaders = { readonly [K in FactKind]?: (key: string) => Promise<FactKinds[K] | FactFailure> }

/** A real host: facts and changes through the shell that its connection holds open. */
export class ShellTarget implements Target {
  readonly #connect: () => Promise<Connection>
  readonly #options: ShellOptions

  /** @param connect called for every read and work; gives the same connection again */
  constructor(connect: () => Promise<Connection>, options: ShellOptions) {
    this.#connect = connect
    this.#options = options
  }

  connect(): void {
    this.#connect().catch(() => {})
  }

  async read(requests: readonly FactRequest[]): Promise<readonly Observation[]> {
    const { readers = {} } = this.#options
    const [own, ofHost] = [requests.filter(({ kind }) => kind in readers), requests.filter(({ kind }) => !(kind in readers))]
    const [read, fromHost] = await Promise.all([
      Promise.all(own.map(async ({ kind, key }) => ({ value: await readers[kind]!(key), fingerprint: '' }))),
      ofHost.length > 0 ? this.#readFromHost(ofHost) : [],
    ])
    return requests.map(request => (request.kind in readers ? read[own.indexOf(request)]! : fromHost[ofHost.indexOf(request)]!))
  }

  async #readFromHost(requests: readonly FactRequest[]): Promise<readonly Observation[]> {
    const connection = await this.#connect()
    const observations = new Array<Observation>(requests.length)
    const reads = [...groupByUser(requests)].map(async indexes => {
      const group = indexes.map(index => requests[index]!)
      const read = await this.#readAs(connection, group[0]!.become, group)
      indexes.forEach((index, place) => (observations[index] = read[place]!))
    })
    const requestsOverHttp = requests.map(async (request, index) => {
      if (request.kind === 'http') observations[index] = { value: await httpFrom(connection, { ...(JSON.parse(request.key) as HttpRequest), as: request.become }), fingerprint: '' }
    })
    await Promise.all([...reads, ...requestsOverHttp])
    return observations
  }

  async perform(work: Work): Promise<Performed> {
    const connection = await this.#connect()
    // Steps that the controller takes through the connection stand alone in their change.
    const own = work.changes.flatMap(change => change.steps).find(step => step.step === 'http' || step.step === 'wait')
    if (own) return this.#performOwn(connection, work, own as HttpStep | WaitStep)
    const { program, parse } = compileWork(work)
    const started = Date.now() / 1000
    const answer = await this.#run(connection, work.become, program, work.deadline, work.noLog)
    return parse(answer, started, Date.now() / 1000)
  }

  async #readAs(connection: Connection, become: Become | undefined, requests: readonly FactRequest[]): Promise<readonly Observation[]> {
    const reading = compileReading(requests)
    const program = `${gathered(`${sectionPrelude}${reading.prelude}${reading.program}`)}exit 0\n`
    try {
      const answer = await this.#run(connection, become, program, this.#options.readDeadline)
      return reading.parse(readSections(answer.stdout), Buffer.from(answer.stderr).toString())
    } catch (error) {
      // One fact that hangs (a dead network mount) must not take the others with it: each is asked for alone.
      if (!(error instanceof ConnectionFailure) || error.kind !== 'deadline' || requests.length === 1) {
        if (error instanceof ConnectionFailure && error.kind === 'deadline')
          return requests.map(request => ({ value: new FactFailure(request, `${request.kind} ${request.key}: ${error.message}`), fingerprint: '' }))
        throw error
      }
      return (await Promise.all(requests.map(request => this.#readAs(connection, become, [request])))).flat()
    }
  }

  async #performOwn(connection: Connection, work: Work, step: HttpStep | WaitStep): Promise<Performed> {
    // Handlers are written down first: what is cut in between must not lose them.
    const performed = await this.perform({ ...work, changes: [] })
    if (performed.result !== 'done') return performed
    const answer = step.step === 'http'
      ? { step: 'http' as const, answer: await httpFrom(connection, { ...step.request, as: work.become }) }
      : await waitUntil(connection, step, work.become, work.deadline)
    return { ...performed, outcomes: work.changes.map<Outcome>(() => ({ answers: [answer] })) }
  }

  #run(connection: Connection, as: Become | undefined, program: string, deadline: number, noLog = false): Promise<Answer> {
    this.#options.trace?.(noLog ? `(${Buffer.byteLength(program)} bytes, not shown: no_log)` : program)
    return connection.run({ ...(as && { as }), program, deadline })
  }
}

/**
 * A program whose output leaves as one: each line that sh prints by itself would be a packet, which wakes sshd and us. A dd that
 * does not know the flag fails before it reads.
 */
const gathered = (program: string): string => `{ ${program}:; } | { dd bs=1048576 iflag=fullblock 2>/dev/null || cat; }\n`

function groupByUser(requests: readonly FactRequest[]): Iterable<number[]> {
  const groups = new Map<string, number[]>()
  requests.forEach((request, index) => {
    if (request.kind === 'http') return
    const user = request.become ? `${request.become.method}\0${request.become.user}` : ''
    groups.set(user, [...(groups.get(user) ?? []), index])
  })
  return groups.values()
}
