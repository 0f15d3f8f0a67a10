import { lstatSync, type Stats, statSync } from 'node:fs'
import { dirname, isAbsolute, resolve } from 'node:path'
import type { Environment } from '../scope.ts'
import { isVaulted, read } from '../files.ts'
import { textOf } from '../python/convert.ts'
import type { Thing } from '../thing.ts'
import { test, type Tests } from './test.ts'

const about = (body: (path: string) => boolean) => test('', (value, _, { environment }) => body(pathOf(value, environment)))
const pathOf = (value: Thing, environment: Environment): string => resolve(environment.directory, textOf(value, 'a path'))

const status = (path: string): Stats | undefined => attempt(() => statSync(path))
const linkStatus = (path: string): Stats | undefined => attempt(() => lstatSync(path))

function attempt<T>(body: () => T): T | undefined {
  try {
    return body()
  } catch {
    return undefined
  }
}

const directory = about(path => status(path)?.isDirectory() ?? false)
const file = about(path => status(path)?.isFile() ?? false)
const link = about(path => linkStatus(path)?.isSymbolicLink() ?? false)
const absolute = test('', value => isAbsolute(textOf(value, 'a path')))
const sameFile = test('other', (value, { other }, { environment }) => {
  const [one, two] = [status(pathOf(value, environment)), status(pathOf(other, environment))]
  return one !== undefined && two !== undefined && one.dev === two.dev && one.ino === two.ino
})
const mount = about(path => {
  const [here, above] = [linkStatus(path), status(dirname(path))]
  return here !== undefined && !here.isSymbolicLink() && above !== undefined && (here.dev !== above.dev || here.ino === above.ino)
})

/** Tests of paths on the controller. */
export const fileTests: Tests = {
  abs: absolute,
  directory,
  exists: about(path => status(path) !== undefined),
  file,
  is_abs: absolute,
  is_dir: directory,
  is_file: file,
  is_link: link,
  is_mount: mount,
  is_same_file: sameFile,
  link,
  link_exists: about(path => linkStatus(path) !== undefined),
  mount,
  same_file: sameFile,
  vault_encrypted: test('', value => typeof value === 'string' && value.startsWith('$ANSIBLE_VAULT;')),
  vaulted_file: about(path => isVaulted(read(path))),
}
