import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ProvisionError } from '../../core/error.ts'
import { mounts } from './mounts.ts'

/**
 * The control groups of the hosts (cgroups(7), version 2). Each host has its own: systemd in it then rules over its own
 * processes only, and whatever runs on the host can be found and ended without looking at names or numbers.
 */
export interface ControlGroups {
  /** Makes the group of a host. @returns its directory */
  make(host: string): Promise<string>
  /** `dead`: the supervisor or the host itself does not run. */
  state(host: string): Promise<'running' | 'paused' | 'dead'>
  /** Process id of the host's own PID 1. */
  leader(host: string): Promise<number | undefined>
  freeze(host: string, frozen: boolean): Promise<void>
  /** Ends every process of the group and removes it; also when it was not there. */
  end(host: string): Promise<void>
  /** The groups that there are. */
  list(): Promise<string[]>
  /** Removes the empty parent of the groups. */
  remove(): Promise<void>
}

/** @throws ProvisionError when the machine has no version 2 control groups that can be killed (Linux 5.14) */
export async function controlGroups(name: string): Promise<ControlGroups> {
  const root = (await mounts()).find(({ type }) => type === 'cgroup2')?.path
  if (root === undefined) throw new ProvisionError('lab', 'The lab needs control groups version 2: none are mounted on this machine')
  const parent = join(root, name)
  const at = (host: string, ...rest: readonly string[]) => join(parent, host, ...rest)
  const read = (...path: readonly string[]) => readFile(join(...path), 'utf8').catch(() => '')
  const populated = async (directory: string) => (await read(directory, 'cgroup.events')).includes('populated 1')

  const kill = async (directory: string) => {
    if (existsSync(directory)) await writeFile(join(directory, 'cgroup.kill'), '1').catch(ignoreGone)
  }
  const thaw = async (directory: string) => {
    if (existsSync(directory)) await writeFile(join(directory, 'cgroup.freeze'), '0').catch(ignoreGone)
  }
  const emptied = async (directory: string, patience: number) => {
    for (const deadline = performance.now() + patience; performance.now() < deadline; await sleep(5))
      if (!(await populated(directory))) return true
    return false
  }

  return {
    async make(host) {
      await mkdir(at(host), { recursive: true })
      if (!existsSync(at(host, 'cgroup.kill'))) throw new ProvisionError('lab', 'The lab needs Linux 5.14 or newer')
      return at(host)
    },
    async state(host) {
      // systemd-nspawn puts itself into one group below ours and the host into another.
      if (!(await populated(at(host, 'supervisor'))) || !(await populated(at(host, 'payload')))) return 'dead'
      return (await read(at(host, 'cgroup.freeze'))).trim() === '1' ? 'paused' : 'running'
    },
    async leader(host) {
      const pids = (await read(at(host, 'payload/init.scope/cgroup.procs'))) || (await read(at(host, 'payload/cgroup.procs')))
      return Number.parseInt(pids, 10) || undefined
    },
    freeze: (host, frozen) => writeFile(at(host, 'cgroup.freeze'), frozen ? '1' : '0'),
    async end(host) {
      // When the host ends first, its supervisor tidies up after it and ends by itself.
      await kill(at(host, 'payload'))
      await thaw(at(host))
      if (!(await emptied(at(host), 1000))) await kill(at(host))
      if (!(await emptied(at(host), 10_000))) throw new ProvisionError('lab', `Processes of ${host} do not end`, { hint: `See ${at(host)}/cgroup.procs.` })
      await removeGroup(at(host))
    },
    list: async () => (await directories(parent)).map(({ name }) => name),
    remove: () => removeGroup(parent),
  }
}

async function removeGroup(directory: string): Promise<void> {
  for (const { name } of await directories(directory)) await removeGroup(join(directory, name))
  await rmdir(directory).catch(ignoreGone)
}

const directories = async (path: string) =>
  (await readdir(path, { withFileTypes: true }).catch(() => [])).filter(entry => entry.isDirectory())

function ignoreGone(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT' && error.code !== 'ENODEV') throw error
}
