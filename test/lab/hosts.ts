import { mkdir } from 'node:fs/promises'
import { afterAll, beforeAll } from 'vitest'
import { labList, labReset, labRun, labUp, type Lab, type LabHost } from '../../src/lab/lab.ts'
import { takeLock, type Unlock } from '../../src/lab/lock.ts'
import type { Release } from '../../src/lab/host.ts'
import { claimLab, labDirectory, labIdentity, labLock, noLab } from './guard.ts'

export { noLab }

/** A suite's name with the reason why it is skipped: `describe.skipIf(noLab)(onLab('files'), …)`. */
export const onLab = (name: string): string => (noLab ? `${name} (skipped: ${noLab})` : name)

export interface LabHostsOptions {
  readonly release?: Release
  /** All hosts without Apache, or those that are named. */
  readonly bare?: boolean | readonly string[]
  /** With Synapse in place of the homeserver stub. */
  readonly synapse?: boolean
}

/** The lab as a test file has it: only to be looked at while its tests run. */
export interface LabHosts {
  /** lab1 to the number that was asked for, fresh from their image. */
  readonly hosts: readonly LabHost[]
  readonly lab: Lab
  host(name: string): LabHost
  /** Makes hosts anew, all of them when none is named; takes about half a second. */
  reset(...names: readonly string[]): Promise<void>
  /** Runs sh text as root on a host without SSH and gives its output. @throws Error when it ends badly */
  sh(name: string, text: string): Promise<string>
}

/**
 * Gives a test file (called at its top level or in a suite) fresh lab hosts for as long as it runs. Test files that use
 * the lab wait for each other, also across test runs. The hosts stay up for the next file; the global teardown takes
 * them down.
 */
export function labHosts(count: number, { release = 'bookworm', bare = false, synapse = false }: LabHostsOptions = {}): LabHosts {
  let unlock: Unlock | undefined
  let lab: Lab | undefined
  let hosts: readonly LabHost[] = []
  const wanted = Array.from({ length: count }, (_, index) => `lab${index + 1}`)
  const isBare = (name: string) => (typeof bare === 'boolean' ? bare : bare.includes(name))

  const reset = async (names: readonly string[]) => {
    for (const choice of [true, false]) {
      const those = names.filter(name => isBare(name) === choice)
      if (those.length > 0) await labReset(those, { release, bare: choice, synapse })
    }
  }

  beforeAll(async () => {
    if (noLab) return
    unlock = await takeLock(labLock)
    await mkdir(labDirectory, { recursive: true })
    const mine = labIdentity() === undefined
    const before = (await labList()).map(({ name }) => name).filter(name => wanted.includes(name))
    await reset(before)
    lab = await labUp(count, { release, bare, synapse, directory: labDirectory })
    if (mine) claimLab()
    hosts = lab.hosts.slice(0, count)
  }, 900_000)

  afterAll(async () => {
    await unlock?.()
  })

  const host = (name: string): LabHost => {
    const found = hosts.find(one => one.name === name)
    if (!found) throw new Error(`This test file asked for ${count} hosts, ${name} is not among them`)
    return found
  }

  return {
    get hosts() {
      return hosts
    },
    get lab() {
      if (!lab) throw new Error('The lab is there only while tests run')
      return lab
    },
    host,
    reset: (...names) => reset(names.length > 0 ? names : wanted),
    async sh(name, text) {
      const { status, stdout, stderr } = await labRun(host(name).name, ['sh', '-c', text])
      if (status !== 0) throw new Error(`On ${name} ended with ${status}: ${text}\n${stderr}`)
      return stdout
    },
  }
}
