import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { takeLock, withLock } from '../../src/lab/lock.ts'

test('one works at a time, everybody gets a turn', async () => {
  let inside = 0
  let most = 0
  const work = () =>
    withLock(`matrix-provision-test-${process.pid}`, () => {}, async () => {
      most = Math.max(most, ++inside)
      await new Promise(done => setTimeout(done, 2))
      inside--
    })
  await Promise.all(Array.from({ length: 20 }, work))
  expect(most).toBe(1)
})

test('a lock is free again after work that failed', async () => {
  const name = `matrix-provision-test-failed-${process.pid}`
  await expect(withLock(name, () => {}, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken')
  await (await takeLock(name))()
})

test('the lock of a process that was killed is free at once', async () => {
  const name = `matrix-provision-test-killed-${process.pid}`
  const module = fileURLToPath(new URL('../../src/lab/lock.ts', import.meta.url))
  const program = `await (await import(${JSON.stringify(module)})).takeLock(${JSON.stringify(name)}); console.log('held'); setInterval(() => {}, 1000)`
  const holder = spawn(process.execPath, ['--input-type=module', '--eval', program], { stdio: ['ignore', 'pipe', 'ignore'] })
  await once(holder.stdout, 'data')
  let waited = false
  const taken = takeLock(name, () => {
    waited = true
    holder.kill('SIGKILL')
  })
  const unlock = await taken
  expect(waited).toBe(true)
  await unlock()
})
