import { rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { ProvisionError } from '../../core/error.ts'
import type { Backend, Progress } from '../backend.ts'
import { cacheDirectory } from '../cache.ts'
import type { LabHost, Release } from '../host.ts'
import { currentRecipe, type Recipe } from '../image/recipe.ts'
import { boot, halt, remove } from './boot.ts'
import { controlGroups } from './cgroup.ts'
import { layers } from './image.ts'
import { raiseInotifyLimit, restoreInotifyLimit } from './inotify.ts'
import { refuseOverlay, removeTree } from './mounts.ts'
import { bridge, makeBridge, removeNetwork, unitName } from './network.ts'
import { meetRequirements } from './requirements.ts'
import { hostDirectory, readRecords, stateDirectory, type HostRecord } from './state.ts'

/** Hosts on this machine without a container engine: an overlay, a network namespace and systemd-nspawn each. */
export async function nspawnBackend(): Promise<Backend> {
  const groups = await controlGroups(bridge)

  const prepare = async (progress: Progress) => {
    await meetRequirements(progress)
    for (const directory of [stateDirectory, cacheDirectory()]) await refuseOverlay(directory)
    await raiseInotifyLimit()
    await makeBridge()
  }
  const record = async ({ name }: LabHost): Promise<HostRecord> => {
    const found = (await readRecords()).find(host => host.name === name)
    if (!found) throw new ProvisionError('lab', `The lab has no host ${name}`)
    return found
  }

  return {
    async list() {
      const seen = async (host: HostRecord): Promise<LabHost> => {
        const state = await groups.state(unitName(host))
        return { ...host, state, ssh: { address: host.address, port: 22 }, root: join(hostDirectory(host), 'root') }
      }
      return Promise.all((await readRecords()).map(seen))
    },

    async create(hosts, progress) {
      await prepare(progress)
      const inUse = (await readRecords()).flatMap(host => host.layers)
      const records: HostRecord[] = []
      const recipes = new Map<Release, Recipe>()
      for (const host of hosts) {
        const recipe = recipes.get(host.release) ?? (await currentRecipe(host.release))
        recipes.set(host.release, recipe)
        records.push({ ...host, layers: await layers(recipe, host, inUse, progress), made: false })
      }
      await allOf(records, async host => {
        await remove(host, groups)
        await boot(host, groups, true)
      })
    },

    async revive(hosts, progress) {
      await prepare(progress)
      await allOf(await Promise.all(hosts.map(record)), async host => {
        await halt(host, groups)
        await boot(host, groups, !host.made)
      })
    },

    async destroy() {
      await allOf(await groups.list(), group => groups.end(group))
      await allOf(await readRecords(), host => remove(host, groups))
      await removeNetwork()
      await groups.remove()
      await restoreInotifyLimit()
      await removeTree(stateDirectory)
      for (const directory of nspawnDirectories) await rmdir(directory).catch(() => {})
    },

    pause: (host, paused) => groups.freeze(unitName(host), paused),

    async enter(host) {
      const leader = await groups.leader(unitName(host))
      if (leader === undefined) throw new ProvisionError('lab', `${host.name} is not running`, { hint: 'Start it with lab up.' })
      return ['nsenter', `--target=${leader}`, '--all', '--', '/usr/bin/env', '-i', ...environment]
    },
  }
}

const environment = ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'HOME=/root', 'USER=root', 'LOGNAME=root']

/** What systemd-nspawn leaves when its last machine is gone; removed where nobody else has anything in it. */
const nspawnDirectories = ['locks', 'propagate', ''].map(name => join('/run/systemd/nspawn', name))

/** Works on all at once and reports the first failure when all have come to an end. */
async function allOf<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const outcomes = await Promise.allSettled(items.map(work))
  const failed = outcomes.find(outcome => outcome.status === 'rejected')
  if (failed) throw failed.reason
}
