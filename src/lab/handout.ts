import { chown, mkdir, rm, rmdir, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { hostCertificate, rootCertificate } from './authority.ts'
import { cacheDirectory, readText, writeWhole } from './cache.ts'
import { hostsLines, probeName, type LabHost } from './host.ts'
import { inventoryText, knownHostsText } from './inventory.ts'
import { clientKey, hostKey } from './keys.ts'

/** What the user of a lab is given, in a directory `.lab`; absolute paths. */
export interface Handout {
  readonly inventory: string
  /** Private key that logs in as every user. */
  readonly key: string
  readonly knownHosts: string
  /** The root certificate that the hosts trust. */
  readonly ca: string
  /** The hosts' names and addresses, as in /etc/hosts. */
  readonly names: string
  /** Certificate and key of `probe.test`, by which the hosts know this machine. */
  readonly probe: string
  readonly probeKey: string
}

const list = (): string => join(cacheDirectory(), 'handouts.json')

export function handoutPaths(directory: string): Handout {
  const at = (name: string) => resolve(directory, '.lab', name)
  return {
    inventory: at('inventory.yml'), key: at('id'), knownHosts: at('known_hosts'), ca: at('ca.pem'), names: at('hosts'), probe: at('probe.pem'), probeKey: at('probe.key'),
  } // prettier-ignore
}

/** Writes `.lab` in a directory; its files belong to whom the directory belongs, also when sudo called us. */
export async function writeHandout(directory: string, hosts: readonly LabHost[]): Promise<Handout> {
  const paths = handoutPaths(directory)
  const known = new Set(JSON.parse((await readText(list())) ?? '[]') as string[])
  await writeWhole(list(), JSON.stringify([...known.add(resolve(directory))]))
  await mkdir(resolve(directory, '.lab'), { recursive: true })
  const probe = await hostCertificate('probe', [probeName])
  const files: [path: string, content: string, mode: number][] = [
    [paths.inventory, inventoryText(hosts, paths), 0o644],
    [paths.key, (await clientKey()).private, 0o600],
    [paths.knownHosts, knownHostsText(hosts, (await hostKey()).public), 0o644],
    [paths.ca, await rootCertificate(), 0o644],
    [paths.names, hostsLines(hosts), 0o644],
    [paths.probe, probe.fullchain, 0o644],
    [paths.probeKey, probe.key, 0o600],
    [resolve(directory, '.lab/.gitignore'), '*\n', 0o644],
  ]
  for (const [path, content, mode] of files) await writeWhole(path, content, mode)
  if (process.getuid?.() === 0) {
    const { uid, gid } = await stat(directory)
    for (const path of [resolve(directory, '.lab'), ...files.map(([path]) => path)]) await chown(path, uid, gid)
  }
  return paths
}

/** Removes what `writeHandout` wrote, wherever it was, and nothing else. */
export async function removeHandouts(): Promise<void> {
  for (const directory of JSON.parse((await readText(list())) ?? '[]') as string[]) {
    const paths = [...Object.values(handoutPaths(directory)), resolve(directory, '.lab/.gitignore')]
    for (const path of paths) await rm(path, { force: true })
    await rmdir(resolve(directory, '.lab')).catch(() => {})
  }
  await rm(list(), { force: true })
}
