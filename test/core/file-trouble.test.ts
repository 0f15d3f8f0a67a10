import { mkdtempSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { troubleWithFile } from '../../src/core/file-trouble.ts'

const directory = mkdtempSync(join(tmpdir(), 'trouble-'))
afterAll(() => rmSync(directory, { recursive: true }))
symlinkSync('loop', join(directory, 'loop'))

const thrownBy = (act: () => unknown): unknown => {
  try {
    return act()
  } catch (error) {
    return error
  }
}

test.each<[what: string, act: () => unknown, message: RegExp]>([
  ['links in a circle', () => statSync(join(directory, 'loop')), /loop cannot be used: its links lead in a circle$/],
  ['a name that is too long', () => statSync(join(directory, 'x'.repeat(300))), /x cannot be used: its name is too long$/],
])("%s is the user's to mend, in words", (_, act, message) => {
  expect(troubleWithFile(thrownBy(act))).toMatchObject({ code: 'file-missing', message: expect.stringMatching(message) })
})

test('a directory that is gone from under the program is too', () => {
  const error = Object.assign(new Error('process.cwd failed'), { code: 'ENOENT', syscall: 'uv_cwd' })
  expect(troubleWithFile(error)).toMatchObject({ code: 'wrong-use', message: 'the current directory does not exist any more' })
})

test('any other error is not', () => {
  expect([new TypeError('x'), 'x', undefined, Object.assign(new Error('no answer'), { syscall: 'connect', code: 'ECONNREFUSED' })].map(troubleWithFile)).toEqual([undefined, undefined, undefined, undefined])
})
