import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Progress } from '../backend.ts'
import { cacheDirectory } from '../cache.ts'
import type { Release, Variant } from '../host.ts'
import type { Recipe } from '../image/recipe.ts'
import { pipArguments, synapseDirectory, synapseProgram, synapseVersion } from '../image/synapse.ts'
import { runProgram } from '../program.ts'
import { removeTree } from './mounts.ts'

const imagesDirectory = (): string => join(cacheDirectory(), 'images')

/**
 * The layers of a variant's file system, uppermost first, made when they are not in the cache.
 *
 * @param inUse layers that hosts stand on; others that a new one takes the place of are removed
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
    await removeImages(name => name.startsWith(`${recipe.release}-`) && !name.startsWith(`${key}-`), inUse)
  }
  const homeserver = synapse ? [await synapseLayer(recipe.release, base, inUse, progress)] : []
  if (bare) return [...homeserver, base]
  if (!existsSync(apache)) {
    progress(`Adding Apache to the ${recipe.release} image, once`)
    await inWorkshop(async workshop => {
      await runOnTop(base, workshop, recipe.apache, `Adding Apache to the ${recipe.release} image`)
      await rename(join(workshop, 'upper'), apache)
    })
  }
  return [...homeserver, apache, base]
}

/** Synapse in a layer of its own, which goes on top of any other. */
async function synapseLayer(release: Release, base: string, inUse: readonly string[], progress: Progress): Promise<string> {
  const digest = createHash('sha256').update(JSON.stringify([pipArguments(release, ''), synapseProgram])).digest('hex').slice(0, 12)
  const every = base.replace(/-base$/, '-synapse-')
  const layer = `${every}${digest}`
  if (existsSync(layer)) return layer
  progress(`Fetching Synapse ${synapseVersion} for the ${release} image, once; this takes about half a minute`)
  await inWorkshop(async workshop => {
    const upper = join(workshop, 'upper')
    await runProgram('python3', ['-m', 'pip', ...pipArguments(release, join(upper, synapseDirectory))], {
      doing: 'Fetching Synapse',
      hint: 'The machine must reach PyPI for this, and have pip for its python3 (Debian: python3-pip).',
    })
    await runOnTop(base, workshop, synapseProgram, `Adding Synapse to the ${release} image`)
    await rename(upper, layer)
  })
  await removeImages(name => name.startsWith(basename(every)) && name !== basename(layer), inUse)
  return layer
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

/** Runs an sh program as root on a base image; what it writes comes into the workshop's `upper`, beside what is there already. */
async function runOnTop(base: string, workshop: string, program: string, doing: string): Promise<void> {
  const at = (name: string) => join(workshop, name)
  for (const name of ['upper', 'work', 'root']) await mkdir(at(name), { recursive: true })
  const options = `lowerdir=${base},upperdir=${at('upper')},workdir=${at('work')}`
  const mounted = 'mount -t overlay overlay -o "$1" "$0" && mount -t proc proc "$0/proc" && exec chroot "$0" /bin/sh'
  await runProgram('unshare', [...isolated, 'sh', '-c', mounted, at('root'), options], { input: program, doing })
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

async function removeImages(superseded: (name: string) => boolean, inUse: readonly string[]): Promise<void> {
  const images = imagesDirectory()
  for (const name of (await readdir(images)).filter(superseded)) {
    if (!inUse.includes(join(images, name))) await rm(join(images, name), { recursive: true })
  }
}
