import { posix } from 'node:path'
import { hostPath } from './host-path.ts'
import type { PlanContext } from './module.ts'

/**
 * A path of the host as facts are asked for by: absolute, `~` and variables replaced (as Ansible's type `path` does), without
 * double slashes and one at the end. `..` stays: behind a symbolic link it does not lead back.
 */
export async function normalPath(text: string, context: PlanContext): Promise<string> {
  return plainPath(await hostPath(text.includes('$') ? await withVariables(text, context) : text, context.facts))
}

/** Without double slashes, `.` and a slash at the end. */
export const plainPath = (path: string): string => '/' + path.split('/').filter(part => part !== '' && part !== '.').join('/')

export const inside = (directory: string, name: string): string => plainPath(`${directory}/${name}`)

/** All directories above a path, nearest last, without `/`. */
export function above(path: string): string[] {
  const directories: string[] = []
  for (let directory = posix.dirname(path); directory !== '/'; directory = posix.dirname(directory)) directories.unshift(directory)
  return directories
}

/**
 * Where a link points, as a path of its own.
 *
 * @param directory where the link stands: by names that are no links, so that `..` leads back from there
 */
export function linkTarget(link: string, target: string, directory = posix.dirname(link)): string {
  if (target.startsWith('/')) return plainPath(target)
  const [, back = '', rest = ''] = /^((?:\.{1,2}(?:\/+|$))*)(.*)$/s.exec(target)!
  return inside(posix.join(directory, back), rest)
}

/** `$HOME`, `${HOME}`, `$USER` and the task's own environment; other names stay as they are written. */
async function withVariables(text: string, { facts, environment }: PlanContext): Promise<string> {
  const { user } = await facts.platform('')
  const known: { readonly [name: string]: string | undefined } = { HOME: user.home, USER: user.name, LOGNAME: user.name, ...environment }
  return text.replace(/\$(?:(\w+)|\{([^}]*)\})/g, (all, plain?: string, braced?: string) => known[plain ?? braced ?? ''] ?? all)
}
