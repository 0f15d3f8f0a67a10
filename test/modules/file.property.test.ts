import fc from 'fast-check'
import { test } from 'vitest'
import file from '../../src/modules/file.ts'
import { linkTarget } from '../../src/modules/normal-path.ts'
import { expectLaws } from './fake-run.ts'
import { hostWith, items, leadsThrough, leadsThroughItself, mode, path } from './small-tree.ts'

const attributes = { mode: fc.option(mode, { nil: undefined }), owner: fc.option(fc.constantFrom('root', 'daemon', '1234'), { nil: undefined }), group: fc.option(fc.constantFrom('adm', '0'), { nil: undefined }) }
const state = fc.constantFrom('absent', 'directory', 'file', 'hard', 'link', undefined)

const parameters = fc
  .record({ path, state, src: fc.oneof(path, fc.constant('b'), fc.constant(undefined)), force: fc.boolean(), follow: fc.boolean(), recurse: fc.boolean(), ...attributes })
  .map(given => ({
    ...given,
    src: given.state === 'link' || given.state === 'hard' ? given.src : undefined,
    recurse: given.state === 'directory' && given.recurse,
  }))

test('whatever is there and is asked for: done once it is done, foreseen as it comes, and undone to the byte', async () => {
  await fc.assert(
    fc.asyncProperty(items, parameters, async (list, given) => {
      const host = hostWith(list)
      const within = `${given.path}/${given.src?.split('/').at(-1)}`
      fc.pre(!leadsThroughItself(host, given.path) && !leadsThroughItself(host, within))
      if (given.src !== undefined) fc.pre(!leadsThrough(list, linkTarget(given.path, given.src), given.path) && !given.src.startsWith(`${given.path}/`))
      await expectLaws(file, JSON.parse(JSON.stringify(given)) as object, host)
    }),
    {
      numRuns: 1500,
      // What changes is above the first place on the way, and is where the way ends.
      examples: [[
        [{ type: 'link', path: '/srv/c/c', target: '../a', owner: 'root', group: 'root' }, { type: 'link', path: '/srv/a', target: '.', owner: 'root', group: 'root' }],
        { path: '/srv/a/c/c', state: 'link', src: undefined, force: false, follow: true, recurse: false, mode: undefined, owner: undefined, group: 'adm' },
      ]],
    },
  )
})

test('a touched file is there, and undone', async () => {
  await fc.assert(
    fc.asyncProperty(items, path, mode, async (list, place, given) => {
      await expectLaws(file, { path: place, state: 'touch', mode: given }, hostWith(list), {}, { repeats: true })
      await expectLaws(file, { path: place, state: 'touch', modification_time: 'preserve', access_time: 'preserve' }, hostWith(list))
    }),
    { numRuns: 300 },
  )
})
