import { describe, expect, test } from 'vitest'
import { formatMode, modeBits } from '../../src/modules/symbolic-mode.ts'

const file = (mode: number) => ({ mode, directory: false })
const directory = (mode: number) => ({ mode, directory: true })

describe('a mode is read as Ansible reads it', () => {
  test.each([
    ['0644', file(0), 0o644],
    ['644', file(0), 0o644],
    ['0o644', file(0), 0o644],
    ['02755', directory(0), 0o2755],
    [0o644, file(0), 0o644],
    // YAML's 644 without a zero is a decimal number.
    [644, file(0), 0o1204],
    ['u=rwX,g-w,o=', file(0o666), 0o640],
    ['u=rwX,g-w,o=', directory(0o666), 0o740],
    ['a+X', file(0o644), 0o644],
    ['a+X', file(0o744), 0o755],
    ['+x', file(0o644), 0o755],
    // Nobody is named: what the umask hides is left out.
    ['+w', file(0o444), 0o644],
    ['a+w', file(0o444), 0o666],
    ['g=u', file(0o640), 0o660],
    // What is copied is the mode before the first clause.
    ['u=,g=u', file(0o640), 0o060],
    ['o=g', file(0o750), 0o755],
    ['u+s,g+s', file(0o755), 0o6755],
    ['+t', directory(0o777), 0o1777],
    ['u=rw', file(0o4755), 0o655],
    ['u+r-w+x', file(0o200), 0o500],
    ['', file(0o640), 0o640],
  ])('%s of %o is %o', (mode, subject, bits) => expect(modeBits(mode, subject)).toBe(bits))

  test.each(['0888', 'rwxr-xr-x', 'u=rwq', 'z+x', 'ag+x', '100644', '-1', 'preserved', 8 ** 4, 1.5])('%s is no mode', mode => {
    expect(modeBits(mode, file(0o644))).toBeUndefined()
  })

  test('and written with a zero in front', () => {
    expect([0o644, 0, 0o7, 0o4755].map(formatMode)).toEqual(['0644', '0000', '0007', '04755'])
  })
})
