import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { cacheDirectory } from '../src/lab/cache.ts'

const home = join(cacheDirectory(), 'bench')

/** The directory of a package's programs, in a virtual environment of its own. */
export const programsOf = (name: string): string => join(home, name, 'bin')

/**
 * Sees to it that a package of PyPI is installed, the newest that this machine's Python takes.
 *
 * @param update also where some version is installed already
 */
export function install(name: string, update: boolean): void {
  const programs = programsOf(name)
  const made = existsSync(join(programs, 'installed'))
  if (made && !update) return
  console.log(`Installing ${name} into ${join(home, name)}`)
  if (!made) run('python3', '-m', 'venv', '--clear', join(home, name))
  run(join(programs, 'pip'), 'install', '--quiet', '--disable-pip-version-check', '--upgrade', name)
  run('touch', join(programs, 'installed'))
}

export function run(program: string, ...words: readonly string[]): string {
  const done = spawnSync(program, words, { encoding: 'utf8' })
  if (done.status !== 0) throw new Error(`${program} ${words.join(' ')} ended with ${done.status ?? done.error}: ${done.stderr}`)
  return done.stdout
}
