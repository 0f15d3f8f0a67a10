import { mkdir, readFile, rm, statfs } from 'node:fs/promises'
import { ProvisionError } from '../../core/error.ts'
import { runProgram } from '../program.ts'

export interface Mount {
  readonly path: string
  readonly type: string
}

/** What is mounted, in the order of mounting (proc(5), mountinfo). */
export async function mounts(): Promise<Mount[]> {
  const lines = (await readFile('/proc/self/mountinfo', 'utf8')).trimEnd().split('\n')
  return lines.map(line => {
    const fields = line.split(' ')
    const path = (fields[4] ?? '').replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
    return { path, type: fields[fields.indexOf('-') + 1] ?? '' }
  })
}

/** Unmounts everything at and below a directory, what is busy included. */
export async function unmountBelow(directory: string): Promise<void> {
  for (const { path } of (await below(directory)).reverse()) await runProgram('umount', ['--lazy', path])
}

/**
 * Removes a directory with all that is in it, but never what is mounted there.
 *
 * @throws ProvisionError when something is still mounted below it
 */
export async function removeTree(directory: string): Promise<void> {
  await unmountBelow(directory)
  const [left] = await below(directory)
  if (left) throw new ProvisionError('lab', `${left.path} cannot be unmounted, so ${directory} was not removed`)
  await rm(directory, { recursive: true, force: true })
}

/**
 * An overlay cannot stand on an overlay, which is what a container has for its root.
 *
 * @throws ProvisionError when `directory`, made if it is not there, lies on one
 */
export async function refuseOverlay(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true })
  if ((await statfs(directory)).type !== 0x794c7630) return
  throw new ProvisionError('lab', `The lab's files in ${directory} lie on an overlay file system, on which no hosts can be made`, {
    hint: 'Mount a volume or a tmpfs there; in a container, use one for both /var/lib and /var/cache.',
  })
}

const below = async (directory: string): Promise<Mount[]> =>
  (await mounts()).filter(({ path }) => path === directory || path.startsWith(`${directory}/`))
