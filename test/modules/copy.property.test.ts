import fc from 'fast-check'
import { describe, test } from 'vitest'
import copy from '../../src/modules/copy.ts'
import type { TreeEntry } from '../../src/modules/module.ts'
import template from '../../src/modules/template.ts'
import { controllerWith, expectLaws } from './fake-run.ts'
import { content, hostWith, items, leadsThroughItself, mode, path } from './small-tree.ts'

const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined })
const attributes = { mode: maybe(mode), owner: maybe(fc.constantFrom('root', 'daemon', '1234')), group: maybe(fc.constantFrom('adm', '0')) }
const how = { ...attributes, force: fc.boolean(), follow: fc.boolean(), backup: fc.boolean(), directory_mode: maybe(fc.constantFrom('0700', 'g+w')) }
const dest = fc.tuple(path, fc.constantFrom('', '/')).map(([place, slash]) => place + slash)

const tree: fc.Arbitrary<readonly TreeEntry[]> = fc
  .record({ file: content, below: content, link: fc.constantFrom('a', '../a', 'nowhere') })
  .map(({ file, below, link }) => [
    { path: 'a', type: 'file', mode: 0o640, content: Buffer.from(file) },
    { path: 'b', type: 'directory', mode: 0o755 },
    { path: 'b/c', type: 'file', mode: 0o755, content: Buffer.from(below) },
    { path: 'l', type: 'link', mode: 0o777, target: link },
  ])

const runs = { numRuns: 400 }
const clean = (given: object) => JSON.parse(JSON.stringify(given)) as object

describe('done once it is done, foreseen as it comes, and undone to the byte', () => {
  test('a text', async () => {
    await fc.assert(
      fc.asyncProperty(items, fc.record({ dest: path, content, ...how }), async (list, given) => {
        const host = hostWith(list)
        fc.pre(!leadsThroughItself(host, given.dest))
        await expectLaws(copy, clean(given), host)
      }),
      runs,
    )
  })

  test('a file of the controller', async () => {
    await fc.assert(
      fc.asyncProperty(items, content, fc.record({ dest, src: fc.constant('a'), ...how, mode: maybe(fc.oneof(mode, fc.constant('preserve'))) }), async (list, text, given) => {
        const host = hostWith(list)
        fc.pre(!leadsThroughItself(host, given.dest) && !leadsThroughItself(host, `${given.dest}/a`))
        await expectLaws(copy, clean(given), host, { controller: controllerWith({ a: text }) })
      }),
      runs,
    )
  })

  test('a template', async () => {
    await fc.assert(
      fc.asyncProperty(items, content, fc.record({ dest, src: fc.constant('a'), ...attributes, follow: fc.boolean(), backup: fc.boolean() }), async (list, text, given) => {
        const host = hostWith(list)
        fc.pre(!leadsThroughItself(host, given.dest) && !leadsThroughItself(host, `${given.dest}/a`))
        await expectLaws(template, clean(given), host, { controller: controllerWith({ a: text }) })
      }),
      runs,
    )
  })

  test('a directory of the controller', async () => {
    await fc.assert(
      fc.asyncProperty(items.map(list => list.filter(({ type }) => type !== 'link')), tree, fc.record({ dest, src: fc.constantFrom('t', 't/'), local_follow: fc.boolean(), ...how }), async (list, entries, given) => {
        const controller = controllerWith({ t: [...entries], 't/': [...entries], 't/l': 'followed' })
        await expectLaws(copy, clean(given), hostWith(list), { controller })
      }),
      runs,
    )
  })

  test('a file or directory of the host', async () => {
    await fc.assert(
      fc.asyncProperty(items.map(list => list.filter(({ type }) => type !== 'link')), path, fc.record({ dest, ...how, local_follow: fc.boolean() }), async (list, from, given) => {
        // What is copied stands elsewhere, so that it is not copied into itself.
        const source = list.map(item => ({ ...item, path: item.path.replace('/srv', '/usr') }))
        const src = from.replace('/srv', '/usr')
        await expectLaws(copy, clean({ ...given, src, remote_src: true }), hostWith([...list, ...source]))
      }),
      runs,
    )
  })
})
