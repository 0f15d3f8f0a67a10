import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Progress } from '../backend.ts'
import { cacheDirectory } from '../cache.ts'
import type { Variant } from '../host.ts'
import type { HostFile } from '../image/host-file.ts'
import type { Recipe } from '../image/recipe.ts'
import { pipArguments, synapseDirectory, synapseFiles, synapseVersion } from '../image/synapse.ts'
import { runProgram } from '../program.ts'
import { removeTree } from './mounts.ts'

const imagesDirectory = (): string => join(cacheDirectory(), 'images')

/**
 * The layers of a variant's file system, uppermost first, made when they are not in the cache.
 *
 * @param inUse layers that hosts stand on; other images of the release are removed when a new one has been made
 */
export async function layers(recipe: Recipe, { bare, synapse }: Variant, inUse: readonly string[], progress: Progress): Promise<string[]> {
  const images = imagesDirectory()
  const key = `${recipe.release}-${recipe.hash}`
  const base = join(images, `${key}-base`)
  const apache = join(images, `${key}-apache`)
  await mkdir(images, { recursive: true })
  // Whoever reads the images could run old setuid programs from them.
  await chmod(images, 0o700)
  if (!existsSync(base)) {
    progress(`Making the ${recipe.release} image, once; this takes about a minute`)
    await inWorkshop(async workshop => {
      await makeBase(recipe, join(workshop, 'base'))
      await rename(join(workshop, 'base'), base)
    })
    await removeOldImages(recipe, inUse)
  }
  const homeserver = synapse ? [await synapseLayer(recipe, progress)] : []
  if (bare) return [...homeserver, base]
  if (!existsSync(apache)) {
    progress(`Adding Apache to the ${recipe.release} image, once`)
    await inWorkshop(async workshop => {
      await makeApache(recipe, base, workshop)
      await rename(join(workshop, 'upper'), apache)
    })
  }
  return [...homeserver, apache, base]
}

/** Synapse in a layer of its own, which needs nothing of those below it while it is made. */
async function synapseLayer(recipe: Recipe, progress: Progress): Promise<string> {
  const digest = createHash('sha256').update(JSON.stringify([pipArguments(recipe.release, ''), synapseFiles])).digest('hex').slice(0, 12)
  const layer = join(imagesDirectory(), `synapse-${synapseVersion}-${recipe.release}-${digest}`)
  if (existsSync(layer)) return layer
  progress(`Fetching Synapse ${synapseVersion} for the ${recipe.release} image, once`)
  await inWorkshop(async workshop => {
    const root = join(workshop, 'root')
    await runProgram('python3', ['-m', 'pip', ...pipArguments(recipe.release, join(root, synapseDirectory))], {
      doing: 'Fetching Synapse',
      hint: 'The machine must reach PyPI for this, and have pip for its python3 (Debian: python3-pip).',
    })
    for (const file of synapseFiles) await place(root, file)
    await mkdir(join(root, 'etc/systemd/system/multi-user.target.wants'), { recursive: true })
    await symlink('../matrix-synapse.service', join(root, 'etc/systemd/system/multi-user.target.wants/matrix-synapse.service'))
    await symlink('/dev/null', join(root, 'etc/systemd/system/matrix-homeserver-stub.socket'))
    await rename(root, layer)
  })
  return layer
}

async function place(root: string, { path, mode, content }: HostFile): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true })
  await writeFile(join(root, path), content, { mode })
}

async function makeBase(recipe: Recipe, root: string): Promise<void> {
  const doing = `Making the ${recipe.release} image`
  const hint = 'The machine must reach a Debian mirror for this; try again when it does.'
  const bootstrap = ['mmdebstrap', '--quiet', '--variant=minbase', '--mode=root', `--include=${recipe.packages.join(',')}`]
  await runProgram('unshare', [...isolated, ...bootstrap, recipe.release, root], { doing, hint })
  await writeFile(join(root, 'etc/resolv.conf'), await readFile('/etc/resolv.conf').catch(() => ''))
  await runProgram('unshare', [...isolated, 'sh', '-c', 'mount -t proc proc "$0/proc" && exec chroot "$0" /bin/sh', root], {
    input: recipe.base,
    doing,
    hint,
  })
}

async function makeApache(recipe: Recipe, base: string, workshop: string): Promise<void> {
  const at = (name: string) => join(workshop, name)
  for (const name of ['upper', 'work', 'root']) await mkdir(at(name))
  const options = `lowerdir=${base},upperdir=${at('upper')},workdir=${at('work')}`
  await runProgram(
    'unshare',
    [...isolated, 'sh', '-c', 'mount -t overlay overlay -o "$1" "$0" && mount -t proc proc "$0/proc" && exec chroot "$0" /bin/sh', at('root'), options],
    { input: recipe.apache, doing: `Adding Apache to the ${recipe.release} image` },
  )
}

/** Mounts and processes end with the program, however it ends. */
const isolated = ['--mount', '--pid', '--fork', '--kill-child', '--mount-proc']

/** Gives `work` an empty directory beside the images, so that what it makes can be renamed into place. */
async function inWorkshop(work: (directory: string) => Promise<void>): Promise<void> {
  const workshop = join(imagesDirectory(), '.making')
  await removeTree(workshop)
  await mkdir(workshop)
  try {
    await work(workshop)
  } finally {
    await removeTree(workshop)
  }
}

async function removeOldImages(recipe: Recipe, inUse: readonly string[]): Promise<void> {
  const images = imagesDirectory()
  for (const name of await readdir(images)) {
    const path = join(images, name)
    if (!name.startsWith(`${recipe.release}-`) || name.startsWith(`${recipe.release}-${recipe.hash}-`)) continue
    if (!inUse.includes(path)) await rm(path, { recursive: true })
  }
}
