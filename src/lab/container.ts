import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ProvisionError } from '../core/error.ts'
import type { Backend, Progress } from './backend.ts'
import { network, place, type LabHost, type Place, type Variant } from './host.ts'
import { fileCommands } from './image/host-file.ts'
import { personalFiles } from './image/personal.ts'
import { currentRecipe, type Recipe } from './image/recipe.ts'
import { labFailure, runProgram, tryProgram } from './program.ts'
import { greets } from './ready.ts'

const name = 'matrix-provision-lab'

/** Hosts as privileged containers of Docker or Podman, for machines where systemd-nspawn cannot be called. */
export function containerBackend(engine: string): Backend {
  const call = (args: readonly string[], doing: string, input?: string) => runProgram(engine, args, { doing, input })
  const containerOf = (host: Place) => `${name}-${host.number}`
  const containers = async () => (await call(['ps', '--all', '--quiet', '--filter', `label=${name}`], 'Looking for hosts')).split('\n').filter(Boolean)

  const image = async (variant: Variant, progress: Progress): Promise<string> => {
    if (variant.synapse) throw new ProvisionError('lab', 'Hosts with Synapse are made for root on Linux only', { hint: 'Leave --synapse out: a stub answers in its place.' })
    const recipe = await currentRecipe(variant.release)
    const base = `${name}:${recipe.release}-${recipe.hash}`
    await build(base, `FROM docker.io/library/debian:${recipe.release}`, recipe.base, recipe, progress)
    if (variant.bare) return base
    await build(`${base}-apache`, `FROM ${base}`, recipe.apache, recipe, progress)
    return `${base}-apache`
  }

  const build = async (tag: string, from: string, program: string, recipe: Recipe, progress: Progress): Promise<void> => {
    if ((await tryProgram(engine, ['image', 'inspect', tag])).status === 0) return
    progress(`Making the ${recipe.release} image ${tag}, once; this takes about a minute`)
    const context = await mkdtemp(join(tmpdir(), `${name}-`))
    try {
      await writeFile(join(context, 'recipe.sh'), program)
      await writeFile(join(context, 'Containerfile'), `${from}\nCOPY recipe.sh /recipe.sh\nRUN sh /recipe.sh && rm /recipe.sh\nCMD ["/sbin/init"]\n`)
      await call(['build', '--tag', tag, '--file', join(context, 'Containerfile'), context], `Making the image ${tag}`)
    } finally {
      await rm(context, { recursive: true })
    }
  }

  const ready = async (host: Place): Promise<void> => {
    if (await greets(published(host).address, published(host).port, () => false)) return
    const { stdout, stderr } = await tryProgram(engine, ['logs', containerOf(host)])
    throw labFailure(`${host.name} does not take logins after a minute; the end of its console:`, stdout + stderr)
  }

  const create = async (host: Place & Variant, progress: Progress): Promise<void> => {
    const from = await image(host, progress)
    await tryProgram(engine, ['rm', '--force', '--volumes', containerOf(host)])
    const { address, port } = published(host)
    const options = [
      '--detach', '--privileged', '--cgroupns=private', '--stop-signal=SIGRTMIN+3', '--tmpfs=/run', '--tmpfs=/run/lock', '--tmpfs=/tmp',
      `--name=${containerOf(host)}`, `--hostname=${host.name}`, `--network=${name}`, `--ip=${host.address}`, `--ip6=${host.address6}`,
      `--network-alias=${host.serverName}`, `--network-alias=${host.fqdn}`, `--publish=${address}:${port}:22`,
      `--label=${name}=${JSON.stringify({ number: host.number, release: host.release, bare: host.bare, synapse: host.synapse })}`,
    ] // prettier-ignore
    await call(['run', ...options, from], `Starting ${host.name}`)
    // The machine id belongs to the running systemd already.
    const files = (await personalFiles(host)).filter(({ path }) => path !== '/etc/machine-id')
    await call(['exec', '--interactive', containerOf(host), 'sh'], `Starting ${host.name}`, files.map(fileCommands).join('\n'))
    await ready(host)
  }

  return {
    async list() {
      const ids = await containers()
      if (ids.length === 0) return []
      const format = `{{.State.Status}} {{index .Config.Labels "${name}"}}`
      const lines = (await call(['inspect', '--format', format, ...ids], 'Looking at the hosts')).trim().split('\n')
      return lines.map(containerState).sort((a, b) => a.number - b.number)
    },
    async create(hosts, progress) {
      if ((await tryProgram(engine, ['network', 'inspect', name])).status !== 0)
        await call(['network', 'create', '--ipv6', `--subnet=${network.prefix}`, `--subnet=${network.prefix6}`, name], 'The network of the lab')
      for (const host of hosts) await create(host, progress)
    },
    async revive(hosts) {
      for (const host of hosts) {
        await call(['start', containerOf(host)], `Starting ${host.name}`)
        await ready(host)
      }
    },
    async destroy() {
      const ids = await containers()
      if (ids.length > 0) await call(['rm', '--force', '--volumes', ...ids], 'Removing the hosts')
      if ((await tryProgram(engine, ['network', 'inspect', name])).status === 0) await call(['network', 'rm', name], 'Removing the network')
    },
    pause: async (host, paused) => void (await call([paused ? 'pause' : 'unpause', containerOf(host)], `Pausing ${host.name}`)),
    enter: async host => [engine, 'exec', '--interactive', containerOf(host)],
  }
}

/** `running {"number":1,…}` as a host. */
export function containerState(line: string): LabHost {
  const [status = ''] = line.split(' ', 1)
  const { number, ...variant } = JSON.parse(line.slice(status.length + 1)) as Variant & { number: number }
  const state = status === 'running' || status === 'paused' ? status : 'dead'
  return { ...place(number), ...variant, state, ssh: published(place(number)) }
}

/** Containers' own addresses cannot be reached from everywhere (macOS, rootless Podman); their SSH port can. */
const published = ({ number }: Pick<Place, 'number'>) => ({ address: '127.0.0.1', port: 22_010 + number })
