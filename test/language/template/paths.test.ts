import { describe, expect, test } from 'vitest'
import { failure, shown } from './given.ts'

// What ansible-core 2.18 gives for the same expressions, printed as the item of a list, with the variables of given.ts.
const results = [
  ["'a\\tb'.expandtabs()", "'a       b'"],
  ["'a\\tb'.expandtabs(4)", "'a   b'"],
  ['path | basename', "'matrix.conf'"],
  ['path | dirname', "'/etc/apache2/sites-available'"],
  ["'/a/b/' | basename", "''"],
  ["'/a/b/' | dirname", "'/a/b'"],
  ["'a' | dirname", "''"],
  ["'/' | dirname", "'/'"],
  ["'//a' | dirname", "'//'"],
  ['path | splitext', "('/etc/apache2/sites-available/matrix', '.conf')"],
  ["'.bashrc' | splitext", "('.bashrc', '')"],
  ["'a.tar.gz' | splitext", "('a.tar', '.gz')"],
  ["'..x' | splitext", "('..x', '')"],
  ["['a', '/b', 'c'] | path_join", "'/b/c'"],
  ["['a', 'b/', 'c'] | path_join", "'a/b/c'"],
  ["'x' | path_join", "'x'"],
  ["'/a/../b/./c//d' | normpath", "'/b/c/d'"],
  ["'../a/../..' | normpath", "'../..'"],
  ["'' | normpath", "'.'"],
  ["['/a/b/c', '/a/b/d'] | commonpath", "'/a/b'"],
  ["['/a/b', '/a/b/c'] | commonpath", "'/a/b'"],
  ["'C:\\\\a\\\\b.txt' | win_basename", "'b.txt'"],
  ["'C:\\\\a\\\\b.txt' | win_dirname", "'C:\\\\a'"],
  ["'C:\\\\a\\\\b.txt' | win_splitdrive", "('C:', '\\\\a\\\\b.txt')"],
  ["'C:/' | win_dirname", "'C:/'"],
] as const

const mistakes = [
  ["['a', '/a'] | commonpath", 'template-error'],
] as const

describe('paths', () => {
  test.each(results)('%s is %s', (expression, text) => expect(shown(expression)).toBe(text))
  test.each(mistakes)('%s is the mistake %s', (expression, code) => expect(failure(`{{ ${expression} }}`).code).toBe(code))
})
