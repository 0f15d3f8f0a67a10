import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { hostsLines, network, places, probeName } from '../host.ts'
import { personalFiles } from '../image/personal.ts'
import { labFailure, runProgram } from '../program.ts'
import { greets } from '../ready.ts'
import type { ControlGroups } from './cgroup.ts'
import { removeTree, unmountBelow } from './mounts.ts'
import { namespacePath, plugIn, unitName, unplug } from './network.ts'
import { hostDirectory, makeDirectories, writeRecord, type HostRecord } from './state.ts'

/**
 * Starts a host and waits until it takes logins.
 *
 * @param fresh whether its file system is to be that of the image; otherwise what it wrote before is kept
 */
export async function boot(host: HostRecord, groups: ControlGroups, fresh: boolean): Promise<void> {
  await writeRecord(host)
  await makeDirectories(host, fresh)
  const own = hostDirectory(host)
  const root = join(own, 'root')
  const options = `lowerdir=${host.layers.join(':')},upperdir=${own}/upper,workdir=${own}/work,volatile`
  await runProgram('mount', ['-t', 'overlay', unitName(host), '-o', options, root], { doing: `The file system of ${host.name}` })
  if (fresh) await personalise(host, root)
  await plugIn(host)
  const ended = await start(host, root, await groups.make(unitName(host)))
  if (await greets(host.address, 22, ended)) return writeRecord({ ...host, made: true })
  const why = ended() ? 'ended while it was starting' : 'does not take logins after a minute'
  throw labFailure(`${host.name} ${why}; the end of its console:`, await readFile(join(own, 'console.log'), 'utf8'), `Make it anew: matrix-provision lab reset ${host.name}`)
}

/** Ends a host's processes and takes its network and file system away; what it wrote stays. */
export async function halt(host: HostRecord, groups: ControlGroups): Promise<void> {
  await groups.end(unitName(host))
  await removeTraces(host)
  await unmountBelow(hostDirectory(host))
  await unplug(unitName(host))
}

/** Takes away everything of a host. */
export async function remove(host: HostRecord, groups: ControlGroups): Promise<void> {
  await halt(host, groups)
  await removeTree(hostDirectory(host))
}

async function personalise(host: HostRecord, root: string): Promise<void> {
  const machine = [network.gateway, network.gateway6].map(address => `${address} ${probeName}\n`).join('')
  const names = `127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n\n${machine}${hostsLines(places)}`
  const files = [
    { path: '/etc/hostname', mode: 0o644, content: `${host.name}\n` },
    { path: '/etc/hosts', mode: 0o644, content: names },
    { path: '/etc/resolv.conf', mode: 0o644, content: '' },
    ...(await personalFiles(host)),
  ]
  for (const { path, mode, content } of files) {
    const target = join(root, path)
    await mkdir(dirname(target), { recursive: true })
    await rm(target, { force: true })
    await writeFile(target, content, { mode })
  }
}

/** Starts systemd-nspawn so that it outlives this program. @returns whether it has ended */
async function start(host: HostRecord, root: string, group: string): Promise<() => boolean> {
  const { execa } = await import('execa')
  const log = join(hostDirectory(host), 'console.log')
  const options = [
    '--quiet', '--boot', '--register=no', '--keep-unit', `--machine=${unitName(host)}`, `--hostname=${host.name}`, `--directory=${root}`,
    `--network-namespace-path=${namespacePath(host)}`, '--capability=CAP_NET_ADMIN', '--resolv-conf=off', '--timezone=off', '--link-journal=no',
  ] // prettier-ignore
  const command = 'log=$1; shift; echo $$ > "$0/cgroup.procs" && exec "$@" >> "$log" 2>&1'
  const supervisor = execa('sh', ['-c', command, group, log, 'systemd-nspawn', ...options], {
    detached: true,
    cleanup: false,
    reject: false,
    stdio: 'ignore',
    // systemd in the host is to see version 2 only, whatever this machine has: newer ones refuse anything else.
    env: { UNIFIED_CGROUP_HIERARCHY: '1', PATH: `${process.env.PATH}:/usr/sbin:/sbin` },
    extendEnv: false,
  })
  let ended = false
  void supervisor.finally(() => (ended = true))
  supervisor.nodeChildProcess.unref()
  return () => ended
}

/** What systemd-nspawn removes itself, unless it was killed. */
async function removeTraces(host: HostRecord): Promise<void> {
  await rm(`/run/systemd/nspawn/propagate/${unitName(host)}`, { recursive: true, force: true })
  const root = await stat(join(hostDirectory(host), 'root')).catch(() => undefined)
  if (root) await rm(`/run/systemd/nspawn/locks/inode-${root.dev}:${root.ino}`, { force: true })
}
