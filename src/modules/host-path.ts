import { posix } from 'node:path'
import type { Facts } from '../host/fact.ts'

/**
 * A path as Ansible's type `path` reads it: a leading `~` is the home directory of the user that the task runs as, and a
 * relative path begins in `base`.
 *
 * @param base absent: where programs begin
 */
export async function hostPath(path: string, facts: Facts, base?: string): Promise<string> {
  if (path.startsWith('/')) return path
  const home = async () => (await facts.platform('')).user.home
  if (path === '~' || path.startsWith('~/')) return posix.join(await home(), path.slice(1))
  if (path.startsWith('~')) {
    const [, name = '', rest = ''] = /^~([^/]*)(.*)$/s.exec(path) ?? []
    const account = await facts.account(name)
    if (account) return posix.join(account.home, rest)
  }
  return posix.join(base ?? (await facts.platform('')).directory, path)
}
