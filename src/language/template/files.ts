import { readFileSync, statSync } from 'node:fs'
import { basename, isAbsolute, join, resolve } from 'node:path'
import { failWith } from './fail.ts'
import { decode } from './python/codec.ts'
import type { Environment } from './scope.ts'

/** Where files are looked for. */
export type Places = Pick<Environment, 'directory' | 'searchPath' | 'shellVariables'>

/** The first path that something exists at. */
export const existing = (paths: readonly string[]): string | undefined => paths.find(path => statSync(path, { throwIfNoEntry: false }) !== undefined)

/**
 * A file on the controller as Ansible finds it for lookups: on the search path, first in the subdirectory of its
 * kind (`files`, `templates`, `vars`).
 */
export function findFile(name: string, kind: string, environment: Places): string | undefined {
  return existing(candidates(name, kind, environment))
}

export function candidates(name: string, kind: string, environment: Places): string[] {
  const path = expandHome(name, environment)
  if (isAbsolute(path)) return [path]
  const directories = [...(environment.searchPath ?? []), environment.directory]
  return directories.flatMap(directory => {
    const bases = basename(directory) === 'tasks' ? [resolve(directory, '..'), directory] : [directory]
    return bases.flatMap(base => (path.split('/')[0] === kind ? [join(base, path)] : [join(base, kind, path), join(base, path)]))
  })
}

export function templateDirectories(environment: Environment): string[] {
  return [...(environment.searchPath ?? []), environment.directory].flatMap(directory => [join(directory, 'templates'), directory])
}

/** `~` and `~/…` by the controller's HOME. */
export function expandHome(path: string, { shellVariables }: Pick<Environment, 'shellVariables'>): string {
  const home = shellVariables?.['HOME']
  return home !== undefined && /^~(?:\/|$)/.test(path) ? (home.replace(/\/$/, '') || '/') + path.slice(1) : path
}

/** A file's content, decrypted where Ansible Vault has encrypted it. @throws ProvisionError */
export function readBytes(path: string, environment: Environment): Uint8Array {
  const content = read(path)
  if (!isVaulted(content)) return content
  if (!environment.decrypt) return failWith('vault', `${path} is encrypted, and no vault password is given`)
  return environment.decrypt(content, path)
}

export const readText = (path: string, environment: Environment): string => decode(readBytes(path, environment), 'utf-8')

export const isVaulted = (content: Uint8Array): boolean => Buffer.from(content.subarray(0, 14)).toString('latin1') === '$ANSIBLE_VAULT'

export function read(path: string): Uint8Array {
  try {
    return readFileSync(path)
  } catch (error) {
    return failWith('file-missing', `${path} cannot be read: ${(error as NodeJS.ErrnoException).code ?? String(error)}`)
  }
}
