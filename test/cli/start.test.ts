import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
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

describe('bin/matrix-provision.cjs', () => {
  let place = ''
  const write = (path: string, text: string, time: number) => {
    mkdirSync(dirname(join(place, path)), { recursive: true })
    writeFileSync(join(place, path), text)
    utimesSync(join(place, path), time, time)
  }
  const bundleThatSays = (text: string, digest = '0123456789abcdef') => `// ${digest}\n(function (require, __filename, __dirname) { const say = () => console.log(${JSON.stringify(text)}); say() })\n`
  const start = (environment: NodeJS.ProcessEnv = {}) =>
    execFileSync(process.execPath, [join(place, 'bin/matrix-provision.cjs'), 'apply'], { encoding: 'utf8', env: { ...process.env, XDG_CACHE_HOME: join(place, 'cache'), ...environment } }).trim()
  const kept = join('cache', 'matrix-provision', 'compiled', 'apply')
  const [older, newer] = [1_700_000_000, 1_700_000_100]

  beforeEach(() => {
    place = mkdtempSync(join(tmpdir(), 'matrix-provision-'))
    write('package.json', '{"type":"module"}', older)
    cpSync(file('bin'), join(place, 'bin'), { recursive: true })
  })
  afterEach(() => rmSync(place, { recursive: true }))

  test('runs the bundle where there is no source', () => {
    write('dist/main.cjs', bundleThatSays('bundle'), older)
    expect(start()).toBe('bundle')
  })

  test('runs the source where nothing is built', () => {
    write('src/cli/main.ts', 'const text: string = "source"; console.log(text)', older)
    expect(start()).toBe('source')
  })

  test('in a clone, a bundle that is older than any source file is passed over', () => {
    write('src/cli/main.ts', 'console.log("source")', older)
    write('src/core/deep/part.ts', '', older)
    write('dist/main.cjs', bundleThatSays('bundle'), newer)
    expect(start()).toBe('bundle')
    utimesSync(join(place, 'src/core/deep/part.ts'), newer + 1, newer + 1)
    expect(start()).toBe('source')
  })

  test('what was compiled is kept for the next run, and is of no account for another bundle', () => {
    write('dist/main.cjs', bundleThatSays('first'), older)
    for (let run = 1; run <= 5; run++) {
      expect(start()).toBe('first')
      const [name, ...others] = readdirSync(join(place, kept))
      expect(others).toEqual([])
      expect(readFileSync(join(place, kept, name!)).at(-1)).toBe(Math.min(run, 3))
    }
    // As long as the other, which is all that V8 looks at.
    write('dist/main.cjs', bundleThatSays('other', 'fedcba9876543210'), older)
    expect(start()).toBe('other')
    expect(readdirSync(join(place, kept))).toEqual([expect.stringMatching(/^0123456789abcdef-/), expect.stringMatching(/^fedcba9876543210-/)])
  })

  test('what a version has kept that is not used any more goes after a week', () => {
    write('dist/main.cjs', bundleThatSays('bundle'), older)
    write(join(kept, '00000000000000aa-v24.1.0-x64'), '', older)
    write(join(kept, 'of-somebody-else'), '', older)
    start()
    expect(readdirSync(join(place, kept))).toEqual([expect.stringMatching(/^0123456789abcdef-/), 'of-somebody-else'])
  })

  test('what was kept and is cut off or empty is made anew', () => {
    write('dist/main.cjs', bundleThatSays('bundle'), older)
    start()
    const path = join(place, kept, readdirSync(join(place, kept))[0]!)
    const whole = readFileSync(path)
    for (const damaged of [Buffer.alloc(0), whole.subarray(0, whole.length / 2), Buffer.alloc(whole.length)]) {
      writeFileSync(path, damaged)
      expect(start()).toBe('bundle')
      expect(readFileSync(path).length).toBeGreaterThan(whole.length / 2)
    }
  })

  test('what somebody else may have written is not run', () => {
    write('dist/main.cjs', bundleThatSays('bundle'), older)
    start()
    const path = join(place, kept, readdirSync(join(place, kept))[0]!)
    chmodSync(path, 0o666)
    expect(start()).toBe('bundle')
    expect(readFileSync(path).at(-1)).toBe(1)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    chmodSync(join(place, kept), 0o777)
    expect(start()).toBe('bundle')
    expect(readFileSync(path).at(-1)).toBe(1)
  })

  test('runs where nothing can be kept', () => {
    write('dist/main.cjs', bundleThatSays('bundle'), older)
    expect(start({ XDG_CACHE_HOME: join(place, 'package.json') })).toBe('bundle')
  })

  test('an old Node is told what is needed', () => {
    const pretend = 'data:text/javascript,Object.defineProperty(process,"versions",{value:{...process.versions,node:"20.19.0"}})'
    const { status, stderr } = spawnSync(process.execPath, ['--import', pretend, file('bin/matrix-provision.cjs')], { encoding: 'utf8' })
    expect({ status, stderr }).toEqual({ status: 1, stderr: 'matrix-provision needs Node 22.12 or newer, and this is Node 20.19.0.\n' })
  })

  test('is the program', async () => {
    const { version } = JSON.parse(readFileSync(file('package.json'), 'utf8'))
    expect(await run('bin/matrix-provision.cjs', ['--version'])).toEqual({ code: 0, out: `${version}\n`, err: '' })
  })
})
