import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as later } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { cached } from '../../src/lab/cache.ts'

it('what two hosts need at once is made once, and both get what is kept', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'matrix-provision-cache-'))
  onTestFinished(() => rm(directory, { recursive: true }))
  const path = join(directory, 'authority', 'issuer.json')
  let made = 0
  const make = async () => {
    await later()
    return `key ${++made}`
  }
  expect(await Promise.all([cached(path, make), cached(path, make)])).toEqual(['key 1', 'key 1'])
  expect(await cached(path, make)).toBe('key 1')
  expect(await readFile(path, 'utf8')).toBe('key 1')
})
