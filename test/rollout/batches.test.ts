import { describe, expect, test } from 'vitest'
import { Float } from '../../src/core/value.ts'
import { batches } from '../../src/rollout/batches.ts'
import { exitCode } from '../../src/rollout/exit-code.ts'

const at = { file: 'site.yml', line: 1, column: 1 }
const hosts = Array.from({ length: 10 }, (_, index) => index)

describe('serial', () => {
  test.each([
    [undefined, [10]],
    [3, [3, 3, 3, 1]],
    [new Float(3), [3, 3, 3, 1]],
    ['30%', [3, 3, 3, 1]],
    ['1%', [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]],
    [[1, '50%'], [1, 5, 4]],
    [[1, 2], [1, 2, 2, 2, 2, 1]],
    [0, [10]],
    [100, [10]],
  ])('%o makes batches of %o', (serial, sizes) => {
    const made = batches(hosts, serial, at)
    expect(made.map(batch => batch.length)).toEqual(sizes)
    expect(made.flat()).toEqual(hosts)
  })

  test('that is neither number nor percentage is a mistake with its place', () => {
    expect(() => batches(hosts, 'many', at)).toThrow(expect.objectContaining({ code: 'playbook-syntax', at }))
  })
})

describe('the exit code', () => {
  const recap = { ok: 1, changed: 0, unreachable: 0, failed: 0, skipped: 0, rescued: 0, ignored: 0, unknown: 0 }
  const well = { failure: undefined, unreachable: false, recap }
  const changed = { ...well, recap: { ...recap, changed: 2 } }
  const failed = { ...well, failure: {} }
  const run = { interrupted: false, checkMode: false, detailed: false }
  test.each([
    ['all went well', [well, changed], run, 0],
    ['a host failed', [well, failed], run, 2],
    ['a host could not be reached, whatever else', [failed, { ...well, unreachable: true }], run, 4],
    ['changes are pending and that was asked', [changed], { ...run, checkMode: true, detailed: true }, 3],
    ['changes are pending and that was not asked', [changed], { ...run, checkMode: true }, 0],
    ['the user stopped it', [failed], { ...run, interrupted: true }, 130],
  ])('when %s', (_, hosts, how, code) => {
    expect(exitCode(hosts, how)).toBe(code)
  })
})
