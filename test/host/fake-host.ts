import { createHash } from 'node:crypto'
import { posix } from 'node:path'
import type { Change, ExecAnswer, Outcome, StepAnswer } from '../../src/host/change.ts'
import { FactFailure, type FactKind, type FactKinds, type FactRequest, type FileState, type HttpAnswer, type HttpRequest, type PackageOffer, type PackageState, type Platform, type UnitState } from '../../src/host/fact.ts'
import type { ExecStep, PackagesStep, Step, WriteStep } from '../../src/host/step.ts'
import type { Observation, Performed, Target, Work } from '../../src/host/target.ts'
import { FakeAccounts } from './fake-accounts.ts'
import { apacheCheck, apacheConfiguration, apacheModuleFiles, apacheModules } from './fake-apache.ts'
import { FakeFiles, type Inode, type Maker } from './fake-files.ts'

/** What a user's command does on the fake host. */
export type FakeCommand = (argv: readonly string[], host: FakeHost, step: ExecStep) => { readonly status: number; readonly stdout?: string; readonly stderr?: string } | undefined

/** A package that can be installed; `install` leaves on the host what its scripts would. */
export interface FakePackage {
  readonly version: string
  readonly install?: (host: FakeHost) => void
  readonly remove?: (host: FakeHost, purge: boolean) => void
}

export interface FakeHostOptions {
  /** Who logs in. */
  readonly user?: string
  /** Seconds since 1970. */
  readonly now?: number
  readonly platform?: Partial<Platform>
  /** Answers to commands; the first that knows one counts. What none knows is not found. */
  readonly commands?: readonly FakeCommand[]
  readonly http?: (request: HttpRequest & { readonly body?: string }, host: FakeHost) => HttpAnswer
  /** What a look at a Matrix server says, by the request's key. */
  readonly federation?: (key: string) => FactKinds['federation']
  readonly gathered?: FactKinds['gathered']
  /** What the package lists offer. */
  readonly offers?: { readonly [name: string]: FakePackage }
  /** Why a step fails, if it does. */
  readonly failing?: (step: Step) => string | undefined
}

/** A Debian host in memory: answers every kind of fact, and does every kind of step. */
export class FakeHost implements Target {
  readonly accounts = new FakeAccounts()
  readonly files: FakeFiles
  readonly packages = new Map<string, PackageState>()
  readonly units = new Map<string, UnitState>()
  /** What was done to units, in order: `reload apache2.service`. */
  readonly unitLog: string[] = []
  /** Notes of handlers: what one user has written another does not see. */
  #notes: readonly { readonly user: string; readonly journal: string; readonly handler: string }[] = []
  /** Every step that was done. */
  readonly steps: Step[] = []
  /** How often the host was asked, and what. */
  readonly reads: (readonly FactRequest[])[] = []
  readonly options: FakeHostOptions
  #firstCheck: FactKinds['apacheCheck'] | undefined

  constructor(options: FakeHostOptions = {}) {
    this.options = options
    this.files = new FakeFiles(options.now ?? 1_700_000_000, this.accounts.userNames, this.accounts.groupNames)
    for (const path of ['/etc', '/root', '/home', '/tmp', '/usr', '/var', '/var/lib', '/var/www', '/srv']) this.directory(path)
  }

  /** Puts a file onto the host, with the directories above it. */
  file(path: string, content: string | Uint8Array, { mode = 0o644, owner = 'root', group = 'root' } = {}): this {
    this.directory(posix.dirname(path))
    const inode = this.files.make(path, 'file', mode, this.#maker(owner, group))
    inode.content = typeof content === 'string' ? Buffer.from(content) : content
    inode.mode = mode
    return this
  }

  directory(path: string, { mode = 0o755, owner = 'root', group = 'root' } = {}): this {
    if (path === '/' || this.files.find(path, true)) return this
    this.directory(posix.dirname(path))
    const inode = this.files.make(path, 'directory', mode, this.#maker(owner, group))
    Object.assign(inode, { mode, ...this.#maker(owner, group) })
    return this
  }

  link(path: string, target: string, { owner = 'root', group = 'root' } = {}): this {
    this.directory(posix.dirname(path))
    this.files.make(path, 'link', 0o777, this.#maker(owner, group)).target = target
    return this
  }

  text(path: string): string | undefined {
    const content = this.files.content(path)
    return content === null ? undefined : Buffer.from(content).toString()
  }

  /** Handlers that are written down, whoever has done it. */
  get owed(): readonly string[] {
    return this.#notes.map(({ handler }) => handler)
  }

  async read(requests: readonly FactRequest[]): Promise<readonly Observation[]> {
    this.reads.push(requests)
    return requests.map(request => this.#observe(request))
  }

  async perform({ become, guards, changes, journal, reread }: Work): Promise<Performed> {
    for (const { fingerprint, ...fact } of guards)
      if (this.#observe(fact).fingerprint !== fingerprint) return { result: 'stale', fact: { kind: fact.kind, key: fact.key } }
    const user = become?.user ?? this.options.user ?? 'root'
    const crossOut = (names: readonly string[]) => {
      this.#notes = this.#notes.filter(note => note.user !== user || note.journal !== journal?.name || !names.includes(note.handler))
    }
    crossOut(journal?.notify ?? [])
    this.#notes = [...this.#notes, ...(journal?.notify ?? []).map(handler => ({ user, journal: journal!.name, handler }))]

    const outcomes: Outcome[] = []
    for (const [index, change] of changes.entries()) {
      const answers: StepAnswer[] = []
      for (const step of change.steps) {
        const failure = this.options.failing?.(step) ?? this.#do(step, user, answers)
        if (failure !== undefined)
          return { result: 'failed', change: index, outcomes, message: failure, status: 1, stdout: '', stderr: failure, reread: reread.map(fact => this.#observe(fact)) }
        this.steps.push(step)
      }
      outcomes.push({ answers })
    }
    crossOut(journal?.done ?? [])
    return { result: 'done', outcomes, reread: reread.map(fact => this.#observe(fact)) }
  }

  /** Makes changes, or throws what went wrong. */
  async make(changes: readonly Change[]): Promise<readonly Outcome[]> {
    const performed = await this.perform({ guards: [], changes, reread: [], deadline: 1000 })
    if (performed.result !== 'done') throw new Error(performed.result === 'failed' ? performed.message : 'stale')
    return performed.outcomes
  }

  /** Everything that a person could see: equal for hosts that are alike. */
  snapshot(): object {
    return {
      files: this.files.snapshot(),
      users: Object.fromEntries(this.accounts.users),
      groups: Object.fromEntries(this.accounts.groups),
      packages: Object.fromEntries(this.packages),
      units: Object.fromEntries([...this.units].map(([name, { exists, active, enabled }]) => [name, { exists, active, enabled }])),
    }
  }

  #observe(request: FactRequest): Observation {
    try {
      const value = (this.#facts[request.kind] as (key: string, request: FactRequest) => FactKinds[FactKind])(request.key, request)
      return { value, fingerprint: fingerprint(isDirectory(value) ? [value.type, value.mode, value.owner, value.group] : value) }
    } catch (error) {
      if (!(error instanceof FactFailure)) throw error
      return { value: error, fingerprint: '' }
    }
  }

  readonly #facts: { readonly [K in FactKind]: (key: string, request: FactRequest) => FactKinds[K] } = {
    platform: (_, { become }) => {
      const user = this.accounts.user(become?.user ?? this.options.user ?? 'root')
      return {
        system: 'Linux', kernel: '6.1.0-41-amd64', architecture: 'x86_64', hostname: 'fake', distribution: 'debian', version: '12', codename: 'bookworm', like: [],
        packageManager: 'apt', serviceManager: 'systemd', user: { name: user?.name ?? 'root', uid: user?.uid ?? 0, home: user?.home ?? '/root' },
        directory: this.accounts.user(this.options.user ?? 'root')?.home ?? '/root', ...this.options.platform,
      }
    },
    file: path => this.files.state(path),
    followed: path => this.files.followed(path),
    details: path => {
      const { type, size } = this.files.state(path)
      return type === 'absent' ? null : { blockSize: 4096, blocks: type === 'link' ? 0 : Math.ceil(size / 4096) * 8, device: 0 }
    },
    digest: path => {
      const content = this.files.content(path)
      return content && createHash('sha256').update(content).digest('hex')
    },
    content: path => this.files.content(path),
    listing: path => this.files.listing(path),
    package: name => this.packages.get(name) ?? { version: null, residual: false },
    available: key => {
      const offer = this.options.offers?.[key.split(' ')[0] ?? '']
      return offer ? ({ candidate: offer.version, versions: [offer.version], providers: [] } satisfies PackageOffer) : null
    },
    packageNames: pattern => {
      const expression = new RegExp(`^${pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*').replaceAll('?', '.')}$`)
      return Object.keys(this.options.offers ?? {}).filter(name => expression.test(name)).sort()
    },
    aptSimulation: () => ({ status: 0, stdout: '', stderr: '' }),
    debFile: () => null,
    unit: name =>
      this.units.get(name) ?? { exists: false, active: 'inactive', enabled: '', properties: { Id: name, LoadState: 'not-found', ActiveState: 'inactive', UnitFileState: '' } },
    account: name => this.accounts.users.get(name) ?? null,
    group: name => this.accounts.group(name),
    apacheModules: () => apacheModules(this.files),
    apacheModuleFiles: () => apacheModuleFiles(this.files),
    apacheCheck: key => (key === 'start' ? (this.#firstCheck ??= apacheCheck(this.files)) : apacheCheck(this.files)),
    apacheConfiguration: () => apacheConfiguration(this.files),
    synapseConfiguration: () => null,
    listening: () => [],
    federation: key => this.options.federation?.(key) ?? {},
    http: key => {
      const request = JSON.parse(key) as HttpRequest
      return this.options.http?.(request, this) ?? { status: -1, url: request.url, error: 'Connection refused' }
    },
    gathered: () => this.options.gathered ?? {},
    pending: (_, { become }) => this.#notes.filter(({ user }) => user === (become?.user ?? this.options.user ?? 'root')).map(({ journal, handler }) => ({ journal, handler })),
  }

  /** @returns what went wrong */
  #do(step: Step, user: string, answers: StepAnswer[]): string | undefined {
    try {
      switch (step.step) {
        case 'write': return void this.#write(step, step.content, user)
        case 'copy': {
          const content = this.files.content(step.from)
          return content ? void this.#write(step, content, user) : `cat: ${step.from}: No such file or directory`
        }
        case 'link': return this.#link(step, user)
        case 'remove': return void this.files.remove(step.path, step.recursive ?? false)
        case 'directory':
          if (this.files.find(step.path, false)) return `mkdir: cannot create directory '${step.path}': File exists`
          return void this.files.make(step.path, 'directory', 0o755, this.#makerOf(user))
        case 'chmod': return this.#change(step.path, true, inode => (inode.mode = step.mode))
        case 'chown': return this.#chown(step)
        case 'touch': return this.#touch(step, user)
        case 'packages': return this.#packages(step, answers)
        case 'unit': return this.#unit(step)
        case 'account': return this.accounts.run(step.argv, step.stdin)
        case 'exec': return this.#exec(step, answers)
        case 'http': {
          const answer = this.options.http?.(step.request as HttpRequest & { body?: string }, this) ?? { status: -1, url: step.request.url, error: 'Connection refused' }
          return void answers.push({ step: 'http', answer })
        }
        case 'wait': {
          const { until } = step
          const satisfied = until.kind !== 'path' || (this.files.find(until.path, true) !== undefined) === (until.state === 'present')
          return void answers.push({ step: 'wait', satisfied, elapsed: satisfied ? step.delay : step.timeout })
        }
      }
    } catch (error) {
      return error instanceof Error ? error.message : String(error)
    }
  }

  #write(step: Omit<WriteStep, 'step' | 'content'>, content: Uint8Array, user: string): void {
    if (step.validate !== undefined) this.#validate(step.validate, content)
    const former = this.files.content(step.path)
    if (step.backup !== undefined && former) {
      const kept = this.files.followed(step.path)
      const backup = this.files.make(step.backup, 'file', kept.mode, kept)
      Object.assign(backup, { content: former, mode: kept.mode, uid: kept.uid, gid: kept.gid, modified: kept.modified })
    }
    const by = this.#makerOf(user)
    const uid = step.owner === undefined ? by.uid : this.#uid(step.owner)
    const gid = step.group === undefined ? by.gid : this.#gid(step.group)
    const inode = this.files.make(step.path, 'file', step.mode, { uid, gid })
    Object.assign(inode, { content, mode: step.mode, uid, gid })
  }

  #validate(command: string, content: Uint8Array): void {
    const path = '/tmp/.fake-validated'
    this.files.make(path, 'file', 0o600, { uid: 0, gid: 0 }).content = content
    const argv = command.replaceAll('%s', path).split(' ')
    const answer = this.#answer({ step: 'exec', argv })
    this.files.remove(path, false)
    if (answer?.status !== 0) throw new Error(`failed to validate: ${answer?.stderr ?? `${argv[0]}: not found`}`)
  }

  #link({ path, target, hard }: Extract<Step, { step: 'link' }>, user: string): undefined {
    if (hard) {
      const inode = this.files.find(target, false)
      if (inode?.type !== 'file') throw new Error(`ln: failed to access '${target}': No such file or directory`)
      this.files.nameToo(path, inode)
    } else this.files.make(path, 'link', 0o777, this.#makerOf(user)).target = target
  }

  #change(path: string, follow: boolean, make: (inode: Inode) => void): undefined {
    const inode = this.files.find(path, follow)
    if (!inode) throw new Error(`cannot access '${path}': No such file or directory`)
    make(inode)
    inode.changed = this.files.now
  }

  #chown({ path, owner, group, follow }: Extract<Step, { step: 'chown' }>): undefined {
    this.#change(path, follow ?? false, inode => {
      if (owner !== undefined) inode.uid = this.#uid(owner)
      if (group !== undefined) inode.gid = this.#gid(group)
      if (inode.type === 'file') inode.mode &= 0o1777
    })
  }

  #touch({ path, accessed, modified }: Extract<Step, { step: 'touch' }>, user: string): undefined {
    if (!this.files.find(path, false)) this.files.make(path, 'file', 0o644, this.#makerOf(user))
    this.#change(path, false, inode => {
      if (accessed !== undefined) inode.accessed = accessed === 'now' ? this.files.now : accessed
      if (modified !== undefined) inode.modified = modified === 'now' ? this.files.now : modified
    })
  }

  #packages({ verb, names }: PackagesStep, answers: StepAnswer[]): string | undefined {
    for (const given of names) {
      const [name = '', version] = given.split('=')
      const offer = this.options.offers?.[name]
      if (verb === 'install') {
        if (!offer) return `E: Unable to locate package ${name}`
        const fresh = this.packages.get(name)?.version === undefined || this.packages.get(name)?.version === null
        this.packages.set(name, { version: version ?? offer.version, residual: false })
        if (fresh) offer.install?.(this)
      } else if (verb === 'remove' || verb === 'purge') {
        this.packages.set(name, { version: null, residual: verb === 'remove' })
        offer?.remove?.(this, verb === 'purge')
      }
    }
    answers.push({ step: 'packages', stdout: Buffer.from(''), stderr: Buffer.from(''), ...(verb === 'update' && { updated: this.files.now }) })
    return undefined
  }

  #unit({ unit, verb }: Extract<Step, { step: 'unit' }>): string | undefined {
    this.unitLog.push(unit === '' ? verb : `${verb} ${unit}`)
    if (unit === '') return undefined
    const state = this.units.get(unit)
    if (!state?.exists) return `Failed to ${verb} ${unit}: Unit ${unit} not found.`
    const active = { start: 'active', restart: 'active', reload: state.active, stop: 'inactive' }[verb as string] ?? state.active
    const enabled = { enable: 'enabled', disable: 'disabled', mask: 'masked', unmask: 'disabled', preset: 'enabled' }[verb as string] ?? state.enabled
    this.units.set(unit, { ...state, active, enabled, properties: { ...state.properties, ActiveState: active, UnitFileState: enabled } })
    return undefined
  }

  #exec(step: ExecStep, answers: StepAnswer[]): string | undefined {
    const answer = this.#answer(step)
    const { now } = this.files
    const result: ExecAnswer = {
      step: 'exec', status: answer?.status ?? 127, stdout: Buffer.from(answer?.stdout ?? ''), stderr: Buffer.from(answer?.stderr ?? ''), start: now, end: now,
      ...(!answer && { notStarted: 'program-missing' as const }),
    }
    answers.push(result)
    return result.status === 0 || step.anyStatus ? undefined : answer?.stderr || `${step.argv[0]} ended with ${result.status}`
  }

  #answer(step: ExecStep) {
    for (const command of this.options.commands ?? []) {
      const answer = command(step.argv, this, step)
      if (answer) return answer
    }
    return undefined
  }

  #maker(owner: string, group: string): Maker {
    return { uid: this.#uid(owner), gid: this.#gid(group) }
  }

  #makerOf(user: string): Maker {
    const account = this.accounts.user(user)
    return { uid: account?.uid ?? 0, gid: account?.gid ?? 0 }
  }

  #uid(owner: string): number {
    const uid = this.accounts.users.get(owner)?.uid ?? (/^\d+$/.test(owner) ? Number(owner) : undefined)
    if (uid === undefined) throw new Error(`chown: invalid user: '${owner}'`)
    return uid
  }

  #gid(group: string): number {
    const gid = this.accounts.groups.get(group)?.gid ?? (/^\d+$/.test(group) ? Number(group) : undefined)
    if (gid === undefined) throw new Error(`chown: invalid group: '${group}'`)
    return gid
  }
}

/** What is put into a directory does not make it another one. */
const isDirectory = (value: unknown): value is FileState => typeof value === 'object' && value !== null && 'type' in value && value.type === 'directory'

/** Times that looking or writing beside changes are left out, as a real host's fingerprints do. */
function fingerprint(value: unknown): string {
  const text = JSON.stringify(value, (name, member: unknown) =>
    member instanceof Uint8Array ? createHash('sha256').update(member).digest('hex') : ['accessed', 'changed', 'links', 'inode'].includes(name) ? undefined : member)
  return createHash('sha256').update(text ?? '').digest('hex')
}
