import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ensureLine, linesOf } from '../../src/modules/line-edit.ts'
import lineinfile from '../../src/modules/lineinfile.ts'
import { expectLaws } from './fake-run.ts'
import { hostWith, items, leadsThroughItself, mode, path } from './small-tree.ts'

const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined })
const line = fc.constantFrom('one', 'two', 'lines', '', 'Ü', 'one two')
const expression = fc.constantFrom('^one', 'two', '^two$', '(o)ne', 'l.*s', 'EOF', '\\w+')

const parameters = fc
  .record({
    path, line, state: fc.constantFrom('present', 'present', 'absent'), regexp: maybe(expression), search_string: maybe(line), where: fc.constantFrom('after', 'before', undefined),
    marker: fc.oneof(expression, fc.constantFrom('BOF', 'EOF')), backrefs: fc.boolean(), firstmatch: fc.boolean(), create: fc.boolean(), backup: fc.boolean(), mode: maybe(mode),
    owner: maybe(fc.constantFrom('root', 'daemon')),
  })
  .map(({ where, marker, ...given }) => ({
    ...given,
    search_string: given.regexp === undefined && !given.backrefs ? given.search_string : undefined,
    backrefs: given.backrefs && given.regexp !== undefined,
    ...(where === 'after' && { insertafter: marker }),
    ...(where === 'before' && { insertbefore: marker }),
  }))

test('whatever the file holds: foreseen as it comes, and undone to the byte', async () => {
  await fc.assert(
    fc.asyncProperty(items, parameters, async (list, given) => {
      const host = hostWith(list)
      fc.pre(!leadsThroughItself(host, given.path))
      // A line that does not match its own regexp is put in again and again, by Ansible too.
      await expectLaws(lineinfile, JSON.parse(JSON.stringify(given)) as object, host, {}, { repeats: true })
    }),
    { numRuns: 800 },
  )
})

test('a line that its own regexp finds is put in once', () => {
  const text = fc.array(fc.constantFrom('one\n', 'two\n', '# one\n', '\n'), { maxLength: 6 }).map(parts => parts.join(''))
  fc.assert(
    fc.property(text, fc.boolean(), fc.constantFrom('EOF', 'BOF', '^two'), (content, firstMatch, after) => {
      const edit = { line: 'one', regexp: '^#? *one', after, backrefs: false, firstMatch }
      const once = ensureLine(linesOf(content), edit).lines
      expect(ensureLine(once, edit)).toEqual({ lines: once, msg: '' })
    }),
  )
})
