import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { execFileSync, spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { file, run } from './spawn.ts'

test('help and version load no package: they are there at once', () => {
  const seen = new Set<string>()
  const packages = new Set<string>()
  const follow = (path: string) => {
    if (seen.has(path)) return
    seen.add(path)
    for (const [, what = ''] of readFileSync(path, 'utf8').matchAll(/^(?:import|export)(?! type )[^'\n]* from '([^']+)'/gm)) {
      if (what.startsWith('.')) follow(resolve(dirname(path), what))
      else if (!what.startsWith('node:')) packages.add(what)
    }
  }
  follow(file('src/cli/main.ts'))
  expect([...packages]).toEqual([])
  expect(seen.size).toBeGreaterThan(5)
  expect(seen.size).toBeLessThan(20)
})

describe('bin/matrix-provision.js', () => {
  let place = ''
  const write = (path: string, text: string, time: number) => {
    mkdirSync(dirname(join(place, path)), { recursive: true })
    writeFileSync(join(place, path), text)
    utimesSync(join(place, path), time, time)
  }
  const start = () => execFileSync(process.execPath, [join(place, 'bin/matrix-provision.js')], { encoding: 'utf8' }).trim()
  const [older, newer] = [1_700_000_000, 1_700_000_100]

  beforeEach(() => {
    place = mkdtempSync(join(tmpdir(), 'matrix-provision-'))
    write('package.json', '{"type":"module"}', older)
    cpSync(file('bin'), join(place, 'bin'), { recursive: true })
  })
  afterEach(() => rmSync(place, { recursive: true }))

  test('runs the bundle where there is no source', () => {
    write('dist/main.js', 'console.log("bundle")', older)
    expect(start()).toBe('bundle')
  })

  test('runs the source where nothing is built', () => {
    write('src/cli/main.ts', 'const text: string = "source"; console.log(text)', older)
    expect(start()).toBe('source')
  })

  test('in a clone, a bundle that is older than any source file is passed over', () => {
    write('src/cli/main.ts', 'console.log("source")', older)
    write('src/core/deep/part.ts', '', older)
    write('dist/main.js', 'console.log("bundle")', newer)
    expect(start()).toBe('bundle')
    utimesSync(join(place, 'src/core/deep/part.ts'), newer + 1, newer + 1)
    expect(start()).toBe('source')
  })

  test('an old Node is told what is needed', () => {
    const pretend = 'data:text/javascript,Object.defineProperty(process,"versions",{value:{...process.versions,node:"20.19.0"}})'
    const { status, stderr } = spawnSync(process.execPath, ['--import', pretend, file('bin/matrix-provision.js')], { encoding: 'utf8' })
    expect({ status, stderr }).toEqual({ status: 1, stderr: 'matrix-provision needs Node 22.12 or newer, and this is Node 20.19.0.\n' })
  })

  test('is the program', async () => {
    const { version } = JSON.parse(readFileSync(file('package.json'), 'utf8'))
    expect(await run('bin/matrix-provision.js', ['--version'])).toEqual({ code: 0, out: `${version}\n`, err: '' })
  })
})
