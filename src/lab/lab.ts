import { ProvisionError } from '../core/error.ts'
import type { Backend, Progress } from './backend.ts'
import { chooseBackend } from './choose.ts'
import { handoutPaths, removeHandouts, writeHandout, type Handout } from './handout.ts'
import { checkCount, checkRelease, places, type LabHost, type Release, type Variant } from './host.ts'
import { withLock } from './lock.ts'
import { greets } from './ready.ts'
import { tryProgram, type ProgramResult } from './program.ts'

export { issueCertificate, type Chain } from './authority.ts'
export { users, type LabHost, type Release } from './host.ts'
export type { Progress } from './backend.ts'

export interface UpOptions {
  /** Debian release of hosts that are made now; bookworm unless said otherwise. */
  readonly release?: Release
  /** Hosts that are made now have no Apache yet: all of them, or those that are named. */
  readonly bare?: boolean | readonly string[]
  /** Hosts that are made now run Synapse instead of the homeserver stub. */
  readonly synapse?: boolean
  /** Where `.lab` is written; absent: the current directory. */
  readonly directory?: string
  readonly onProgress?: Progress
}

/** The hosts of the lab, all that there are, and the files by which they are reached. */
export interface Lab extends Handout {
  readonly hosts: readonly LabHost[]
}

/**
 * Sees to it that hosts lab1 to lab`count` run: makes those that are missing, brings dead ones back with what they had,
 * leaves those that run alone. Writes `.lab/inventory.yml` and what belongs to it.
 *
 * @throws ProvisionError with code `lab` when a host cannot be made
 */
export async function labUp(count: number, options: UpOptions = {}): Promise<Lab> {
  checkCount(count)
  const { release = 'bookworm', bare = false, synapse = false, directory = '.', onProgress = () => {} } = options
  checkRelease(release)
  return changing(onProgress, async backend => {
    const before = await backend.list()
    const wanted = places.slice(0, count)
    const missing = wanted.filter(({ name }) => !before.some(host => host.name === name))
    const isBare = (name: string) => (typeof bare === 'boolean' ? bare : bare.includes(name))
    const others = before.filter(host => host.number <= count && ((options.release && host.release !== release) || (options.bare !== undefined && host.bare !== isBare(host.name)) || (options.synapse !== undefined && host.synapse !== synapse)))
    const dead = before.filter(host => host.state === 'dead' && host.number <= count)
    if (missing.length > 0) {
      onProgress(`Making ${names(missing)}`)
      await backend.create(missing.map(host => ({ ...host, release, bare: isBare(host.name), synapse })), onProgress)
    }
    if (dead.length > 0) {
      onProgress(`Bringing back ${names(dead)}`)
      await backend.revive(dead, onProgress)
    }
    if (missing.length + dead.length === 0) onProgress(`${names(before)} ${before.length === 1 ? 'runs' : 'run'} already`)
    if (others.length > 0) onProgress(`${names(others)} ${others.length === 1 ? 'was' : 'were'} made otherwise than is asked for now, and ${others.length === 1 ? 'stays' : 'stay'} so (lab list tells how); lab reset makes hosts anew`)
    const hosts = await backend.list()
    // One that another program has just started may not be ready yet.
    await Promise.all(hosts.filter(({ state }) => state === 'running').map(({ ssh }) => greets(ssh.address, ssh.port, () => false, 3000)))
    return { hosts, ...(await writeHandout(directory, hosts)) }
  })
}

/**
 * Takes the lab down: processes, mounts, network, files, those of a lab that crashed included. The cache stays.
 *
 * @throws ProvisionError with code `lab` when something cannot be taken away
 */
export async function labDown(onProgress: Progress = () => {}): Promise<void> {
  await changing(onProgress, async backend => {
    await backend.destroy(onProgress)
    await removeHandouts()
  })
}

/** The hosts of the lab; none when there is no lab. */
export async function labList(): Promise<LabHost[]> {
  return (await chooseBackend(false)).list()
}

/**
 * Makes hosts anew, as they come from their image.
 *
 * @param names hosts of the lab
 * @param variant what is to be different from now on: the release, whether Apache is there, or which homeserver
 */
export async function labReset(names: readonly string[], variant: Partial<Variant> = {}, onProgress: Progress = () => {}): Promise<LabHost[]> {
  return changing(onProgress, async backend => {
    const hosts = await backend.list()
    const { release, bare, synapse } = variant
    const anew = names.map(name => one(hosts, name)).map(host => ({ ...host, release: release ?? host.release, bare: bare ?? host.bare, synapse: synapse ?? host.synapse }))
    await backend.create(anew, onProgress)
    return backend.list()
  })
}

/** Stops hosts in the middle of what they do (their connections stay, nothing answers), or lets them go on. */
export async function labPause(name: string, paused: boolean): Promise<void> {
  const backend = await chooseBackend(true)
  await backend.pause(one(await backend.list(), name), paused)
}

/** Runs a program on a host as root, without SSH. */
export async function labRun(
  name: string,
  command: readonly string[],
  options: { readonly input?: string; readonly timeout?: number } = {},
): Promise<ProgramResult> {
  const backend = await chooseBackend(true)
  const [file = '', ...args] = [...(await backend.enter(one(await backend.list(), name))), ...command]
  return tryProgram(file, args, options)
}

/** What became of `labSsh`: ssh's exit status, or the command to give where there is ssh. */
export type SshOutcome = { readonly status: number } | { readonly command: string }

/**
 * Logs in on a host with this machine's ssh, on the terminal that the program was started on.
 *
 * @param name `lab1`, or `operator@lab1` for another user than deploy
 * @param args a command to run there, as ssh takes it; none for a login shell
 * @param directory where `.lab` is written if it is not there; absent: the current directory
 */
export async function labSsh(name: string, args: readonly string[] = [], directory = '.'): Promise<SshOutcome> {
  const [user, hostName] = name.includes('@') ? (name.split('@') as [string, string]) : ['deploy', name]
  const hosts = await labList()
  const { ssh } = one(hosts, hostName)
  const { key, knownHosts } = await writeHandoutUnlessThere(directory, hosts)
  const options = ['-F', 'none', '-i', key, '-o', 'IdentitiesOnly=yes', '-o', `UserKnownHostsFile=${knownHosts}`, '-p', String(ssh.port)]
  const words = [...options, `${user}@${ssh.address}`, ...args]
  const { execa } = await import('execa')
  const result = await execa('ssh', words, { reject: false, stdio: 'inherit' })
  if (result.exitCode !== undefined) return { status: result.exitCode }
  if (result.code === 'ENOENT') return { command: ['ssh', ...words].map(shown).join(' ') }
  return { status: 255 }
}

async function writeHandoutUnlessThere(directory: string, hosts: readonly LabHost[]): Promise<Handout> {
  const { existsSync } = await import('node:fs')
  const paths = handoutPaths(directory)
  return existsSync(paths.key) && existsSync(paths.knownHosts) ? paths : writeHandout(directory, hosts)
}

const shown = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)

async function changing<T>(onProgress: Progress, work: (backend: Backend) => Promise<T>): Promise<T> {
  const backend = await chooseBackend(true)
  return withLock('matrix-provision-lab', () => onProgress('Waiting for another program that changes the lab'), () => work(backend))
}

function one(hosts: readonly LabHost[], name: string): LabHost {
  const found = hosts.find(host => host.name === name)
  if (found) return found
  throw new ProvisionError('lab', `The lab has no host ${name}`, {
    hint: hosts.length > 0 ? `It has ${names(hosts)}.` : 'Start it with matrix-provision lab up.',
  })
}

const names = (hosts: readonly { readonly name: string }[]): string => {
  const [first, last] = [hosts[0]?.name, hosts.at(-1)?.name]
  return hosts.length > 3 ? `${first} to ${last}` : hosts.map(({ name }) => name).join(', ')
}
