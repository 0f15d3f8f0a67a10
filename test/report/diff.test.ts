import fc from 'fast-check'
import { expect, test } from 'vitest'
import { loadDiff } from '../../src/report/diff.ts'

const show = await loadDiff({ lines: 10, columns: 60 })
const lines = (before: string | null, after: string | null, binary?: boolean) => show({ path: '/f', before, after, ...(binary && { binary }) })

test.each<[what: string, before: string | null, after: string | null, expected: string[]]>([
  ['a new file is all of its lines', null, 'a\nb\n', ['+a', '+b']],
  ['a new file without a last newline says so', null, 'a', ['+a', '\\ No newline at end of file']],
  ['an empty new file has nothing to show', null, '', []],
  ['a removed file is all of its lines', 'a\n', null, ['-a']],
  ['a changed line stands with its hunk', 'a\nb\nc\n', 'a\nB\nc\n', ['@@ -1,3 +1,3 @@', ' a', '-b', '+B', ' c']],
  ['only the last newline differs', 'a', 'a\n', ['@@ -1,1 +1,1 @@', '-a', '\\ No newline at end of file', '+a']],
  ['only the line ends differ', 'a\r\n', 'a\n', ['@@ -1,1 +1,1 @@', '-a\\r', '+a']],
  ['tabs are drawn as columns', null, 'a\tb\n', ['+a       b']],
  ['equal texts have no diff', 'a\n', 'a\n', []],
])('%s', (_what, before, after, expected) => expect(lines(before, after)).toEqual(expected))

test('binary content is named, not shown', () => expect(lines(null, null, true)).toEqual(['(binary content)']))

test('a long diff is cut and counts what is left out', () => {
  const shown = lines(null, Array.from({ length: 25 }, (_, n) => `${n}\n`).join(''))
  expect(shown).toHaveLength(11)
  expect(shown.at(-1)).toBe('… 15 more lines, shown with -v')
})

test('a long line is cut at its end and says how long it is', () => {
  expect(lines(null, `${'x'.repeat(5000)}\n`)).toEqual([`+${'x'.repeat(38)}… (5,000 characters)`])
})

test('of two long lines that differ far behind, the difference is shown', () => {
  const [, removed, added] = lines(`${'x'.repeat(900)}one\n`, `${'x'.repeat(900)}two\n`)
  expect(removed).toBe(`-…${'x'.repeat(20)}one (903 characters)`)
  expect(added).toBe(`+…${'x'.repeat(20)}two (903 characters)`)
})

test('texts that have nothing in common are not compared for ever', () => {
  const text = (seed: string) => Array.from({ length: 20_000 }, (_, n) => `${seed}${n}\n`).join('')
  const start = performance.now()
  expect(lines(text('a'), text('b'))).toEqual(['(rewritten: 20,000 lines before, 20,000 lines after)'])
  expect(performance.now() - start).toBeLessThan(3000)
})

test('what a diff shows as removed and added is what was and what will be', async () => {
  const whole = await loadDiff({ lines: Infinity, columns: Infinity })
  const text = fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 12 }).map(parts => parts.map(part => `${part}\n`).join(''))
  fc.assert(fc.property(text, text, (before, after) => {
    const shown = whole({ path: '/f', before, after })
    const count = (sign: string) => shown.filter(line => line.startsWith(sign)).length
    const size = (some: string) => some.split('\n').length
    expect(count('+') - count('-')).toBe(size(after) - size(before))
  }))
})
