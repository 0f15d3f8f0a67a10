import { describe, expect, test } from 'vitest'
import { failure, shown } from './given.ts'

// What ansible-core 2.18 gives for the same expressions, printed as the item of a list, with the variables of given.ts.
const results = [
  ["'%s is %d' | format('x', 5)", "'x is 5'"],
  ["'%(a)s' | format(a=1)", "'1'"],
  ["'%5.1f|%-5s|%05d|%+d|%x|%X|%o|%e|%g|%%' | format(3.14159, 'ab', 42, 5, 255, 255, 8, 12345.678, 0.00001)", "'  3.1|ab   |00042|+5|ff|FF|10|1.234568e+04|1e-05|%'"],
  ["'%s' % 'a'", "'a'"],
  ["'%s %s' % ('a', 'b')", "'a b'"],
  ["'%(x)s' % {'x': 1}", "'1'"],
  ["'%s' % [1, 2]", "'[1, 2]'"],
  ["'%r' % 'a'", '"\'a\'"'],
  ["'%c' % 65", "'A'"],
  ["'%5s|' % 'ab'", "'   ab|'"],
  ["'%.2s' % 'abcdef'", "'ab'"],
  ["'%#x' % 255", "'0xff'"],
  ["'% d' % 5", "' 5'"],
  ["'%s'", "'%s'"],
  ["'%.3g' % 1234567.0", "'1.23e+06'"],
  ["'%G' % 1e-10", "'1E-10'"],
  ["'%.0f' % 0.5", "'0'"],
  ["'%.0f' % 1.5", "'2'"],
  ["'%.2f' % 2.675", "'2.67'"],
  ["'%10.3e|' % 12345.6789", "' 1.235e+04|'"],
  ["'%i' % 3.99", "'3'"],
  ["'{} {}'.format('a', 1)", "'a 1'"],
  ["'{1} {0}'.format('a', 1)", "'1 a'"],
  ["'{:>10}|{:<10}|{:^10}|{:*^10}'.format('a', 'b', 'c', 'd')", "'         a|b         |    c     |****d*****'"],
  ["'{:05d} {:+d} {:,} {:_}'.format(42, 42, 1234567, 1234567)", "'00042 +42 1,234,567 1_234_567'"],
  ["'{:.2f} {:8.3f} {:e} {:g} {:%}'.format(3.14159, 2.5, 12345.678, 0.0001, 0.256)", "'3.14    2.500 1.234568e+04 0.0001 25.600000%'"],
  ["'{:x} {:X} {:o} {:b} {:#x} {:#b}'.format(255, 255, 8, 5, 255, 5)", "'ff FF 10 101 0xff 0b101'"],
  ["'{!r} {!s}'.format('a', 'b')", '"\'a\' b"'],
  ["'{{}} {}'.format(1)", "'{} 1'"],
  ["'{:{w}}|'.format('a', w=5)", "'a    |'"],
  ["'{0[1]}'.format([1, 2])", "'2'"],
  ["'{}'.format(none)", "'None'"],
  ["'{:s}'.format('x')", "'x'"],
  ["'{:.3}'.format('abcdef')", "'abc'"],
  ["'{:10}|'.format(5)", "'         5|'"],
  ["'{:<5}|'.format(true)", "'1    |'"],
  ["'{:,.2f}'.format(1234567.891)", "'1,234,567.89'"],
] as const

const mistakes = [
  ["'%s' | format", 'template-error'],
  ["'%d' % 'x'", 'template-error'],
  ["'{:d}'.format('x')", 'template-error'],
] as const

describe('formats', () => {
  test.each(results)('%s is %s', (expression, text) => expect(shown(expression)).toBe(text))
  test.each(mistakes)('%s is the mistake %s', (expression, code) => expect(failure(`{{ ${expression} }}`).code).toBe(code))
})
