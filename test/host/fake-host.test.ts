import { lstatSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Connection } from '../../src/connection/connection.ts'
import { agrees } from '../../src/host/agreement.ts'
import type { Change } from '../../src/host/change.ts'
import type { FactKinds } from '../../src/host/fact.ts'
import type { Step } from '../../src/host/step.ts'
import { HostFacts, Reading } from '../../src/host/store.ts'
import type { Target } from '../../src/host/target.ts'
import copy from '../../src/modules/copy.ts'
import file from '../../src/modules/file.ts'
import { ShellTarget } from '../../src/shell/shell-target.ts'
import { contextOn, given } from '../modules/observed-host.ts'
import { openShell } from '../shell/shells.ts'
import { FakeHost } from './fake-host.ts'

const changeOf = (...steps: Step[]): Change => ({ subject: { kind: 'file', name: 'x' }, kind: 'update', observed: {}, desired: {}, steps, undo: null, touches: [], predicts: [] })
const perform = (target: Target, changes: readonly Change[]) => target.perform({ guards: [], changes, reread: [], deadline: 20_000 })

/** Everything beneath a real directory, as `FakeFiles.snapshot` tells it. */
function snapshot(directory: string): { readonly [path: string]: string } {
  const lines: { [path: string]: string } = {}
  const visit = (path: string) => {
    const state = lstatSync(path)
    const mode = (state.mode & 0o7777).toString(8)
    if (state.isSymbolicLink()) lines[path] = `link ${state.uid} ${state.gid} ${readlinkSync(path)}`
    else if (state.isDirectory()) {
      lines[path] = `directory ${mode} ${state.uid} ${state.gid}`
      for (const name of readdirSync(path).sort()) visit(join(path, name))
    } else lines[path] = `file ${mode} ${state.uid} ${state.gid} ${state.nlink} ${readFileSync(path, 'latin1')}`
  }
  visit(directory)
  return lines
}

function fakeSnapshot(host: FakeHost, directory: string): { readonly [path: string]: string } {
  const lines: { [path: string]: string } = {}
  const visit = (path: string) => {
    const { type, mode, uid, gid, target, links } = host.files.state(path)
    if (type === 'link') lines[path] = `link ${uid} ${gid} ${target}`
    else if (type === 'directory') {
      lines[path] = `directory ${mode.toString(8)} ${uid} ${gid}`
      for (const name of host.files.listing(path) ?? []) visit(`${path}/${name}`)
    } else lines[path] = `file ${mode.toString(8)} ${uid} ${gid} ${links} ${Buffer.from(host.files.content(path) ?? []).toString('latin1')}`
  }
  visit(directory)
  return lines
}

describe('the host in memory and a real one', () => {
  let connection: Connection
  let real: ShellTarget
  let place: string

  beforeAll(async () => {
    connection = await openShell('/bin/sh')
    real = new ShellTarget(async () => connection, { readDeadline: 20_000 })
    place = mkdtempSync(join(tmpdir(), 'fake-'))
  })
  afterAll(async () => {
    await connection.close()
    rmSync(place, { recursive: true, force: true })
  })

  let count = 0
  /** An empty directory at the same path on both. */
  async function both(): Promise<{ readonly fake: FakeHost; readonly directory: string }> {
    const directory = join(place, String(count++))
    await perform(real, [changeOf({ step: 'directory', path: directory }, { step: 'chmod', path: directory, mode: 0o755 })])
    return { fake: new FakeHost().directory(directory), directory }
  }

  const name = fc.constantFrom('a', 'b', 'c')
  const relative = fc.array(name, { minLength: 1, maxLength: 2 }).map(names => names.join('/'))
  const ids = { owner: fc.constantFrom('root', 'daemon', '1234'), group: fc.constantFrom('root', 'adm') }
  const mode = fc.constantFrom(0o644, 0o600, 0o4755, 0o2775, 0o1777)
  const content = fc.constantFrom('', 'one\n', '\u00ff\u0000').map(text => Buffer.from(text, 'latin1'))

  const step: fc.Arbitrary<Step> = fc.oneof(
    fc.record({ step: fc.constant('write' as const), path: relative, content, mode, ...ids, backup: fc.option(fc.constant('kept'), { nil: undefined }) }),
    fc.record({ step: fc.constant('copy' as const), path: relative, from: relative, mode, ...ids }),
    fc.record({ step: fc.constant('link' as const), path: relative, target: fc.constantFrom('a', 'b', 'nowhere') }),
    fc.record({ step: fc.constant('link' as const), path: relative, target: relative, hard: fc.constant(true) }),
    fc.record({ step: fc.constant('remove' as const), path: relative, recursive: fc.boolean() }),
    fc.record({ step: fc.constant('directory' as const), path: relative }),
    fc.record({ step: fc.constant('chmod' as const), path: relative, mode }),
    fc.record({ step: fc.constant('chown' as const), path: relative, ...ids, follow: fc.boolean() }),
    fc.record({ step: fc.constant('touch' as const), path: relative, modified: fc.constant(1_600_000_000) }),
  )

  const placed = (given: Step, directory: string): Step => {
    const at = (path: string) => join(directory, path)
    if (given.step === 'write') return { ...given, path: at(given.path), backup: given.backup && at(given.backup) }
    if (given.step === 'copy') return { ...given, path: at(given.path), from: at(given.from) }
    if (given.step === 'link') return { ...given, path: at(given.path), target: given.hard ? at(given.target) : given.target }
    return { ...given, path: at((given as { path: string }).path) } as Step
  }

  test('do the same steps alike, and fail alike', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async steps => {
        const { fake, directory } = await both()
        for (const each of steps.map(one => placed(one, directory))) {
          // chmod through a link that leads nowhere, and links to themselves, are not what any module asks for.
          const path = (each as { path: string }).path
          if (each.step === 'link' && each.hard && (fake.files.state(each.target).type !== 'file' || fake.files.find(each.target, false) === fake.files.find(path, false))) continue
          if (each.step === 'link' && !each.hard && join(path, '..', each.target) === path) continue
          if ((each.step === 'chmod' || each.step === 'touch') && fake.files.state(path).type === 'link') continue
          if (each.step === 'chown' && each.follow) continue
          const [there, here] = [await perform(real, [changeOf(each)]), await perform(fake, [changeOf(each)])]
          expect(here.result, JSON.stringify(each)).toBe(there.result)
          expect(fakeSnapshot(fake, directory), JSON.stringify(each)).toEqual(snapshot(directory))
        }
      }),
      { numRuns: 40 },
    )
  })

  test('follow the same links to the same places', async () => {
    const target = fc.oneof(relative, relative.map(path => `../${path}`), relative.map(path => `a/../${path}`), fc.constant('.'), fc.constant('..'))
    const links = fc.uniqueArray(fc.tuple(relative, target), { minLength: 1, maxLength: 6, selector: ([path]) => path })
    await fc.assert(
      fc.asyncProperty(links, fc.subarray(['a', 'b', 'c']), async (wanted, directories) => {
        const { fake, directory: outer } = await both()
        // A link to the directory above may be written through.
        const directory = join(outer, 'x', 'y')
        for (const target of [real, fake]) await perform(target, [changeOf({ step: 'directory', path: join(outer, 'x') }, { step: 'directory', path: directory })])
        const made = changeOf(...directories.map(name => ({ step: 'directory' as const, path: join(directory, name) })))
        const steps = wanted.flatMap(([path, to]) => (directories.includes(path) ? [] : [changeOf({ step: 'link', path: join(directory, path), target: to })]))
        for (const each of [made, ...steps]) for (const target of [real, fake]) await perform(target, [each])
        const places = [...wanted.map(([path]) => join(directory, path)), ...wanted.map(([, to]) => `${directory}/${to}`)]
        const [there, here] = await Promise.all([real, fake].map(target => target.read(places.map(key => ({ kind: 'followed', key })))))
        const shown = (value: unknown) => (({ type, path, through }: FactKinds['followed']) => ({ type, path, through }))(value as FactKinds['followed'])
        for (const [index, place] of places.entries()) expect(shown(here![index]!.value), place).toEqual(shown(there![index]!.value))
      }),
      { numRuns: 60 },
    )
  })

  test('modules plan the same on both, and what they foresee comes on both', async () => {
    const modules = { file, copy }
    const wish = fc.oneof(
      fc.record({ module: fc.constant('file' as const), path: relative, state: fc.constantFrom('directory', 'absent', 'touch', 'file'), recurse: fc.constant(false), mode: fc.constantFrom('0711', 'u+x,g=u', '02750'), owner: fc.constantFrom('root', 'daemon') }),
      fc.record({ module: fc.constant('file' as const), path: relative, state: fc.constant('link'), src: fc.constantFrom('a', 'c', 'b/a'), force: fc.constant(true), follow: fc.boolean(), owner: fc.constantFrom('root', 'daemon') }),
      fc.record({ module: fc.constant('copy' as const), path: relative, content: fc.constantFrom('one\n', 'two'), mode: fc.constantFrom('0640', undefined), follow: fc.boolean(), backup: fc.boolean() }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(wish, { minLength: 1, maxLength: 6 }), async wishes => {
        const { fake, directory } = await both()
        for (const { module, path, ...parameters } of wishes) {
          const plan = (target: Target) => {
            const facts = new Reading(new HostFacts(target), undefined).facts
            const at = join(directory, path)
            return modules[module].plan(given(modules[module] as never, { ...parameters, path: at, dest: at }), contextOn({}, { facts, now: 1_700_000_000 }))
          }
          const [planned, plannedHere] = [await plan(real), await plan(fake)]
          expect(plannedHere.changes.map(change => change.steps)).toEqual(planned.changes.map(change => change.steps))
          const [there, here] = [await perform(real, planned.changes), await perform(fake, plannedHere.changes)]
          expect(here.result, JSON.stringify([there, planned.changes.flatMap(change => change.steps)])).toBe(there.result)
          expect(fakeSnapshot(fake, directory)).toEqual(snapshot(directory))
          const last = new Map(planned.changes.flatMap(change => change.predicts).map(prediction => [`${prediction.kind} ${prediction.key}`, prediction]))
          const observed = await real.read([...last.values()])
          for (const [index, prediction] of [...last.values()].entries())
            expect(agrees(prediction.kind, prediction.value as never, observed[index]!.value as FactKinds[typeof prediction.kind] as never), `${prediction.kind} ${prediction.key}`).toBe(true)
        }
      }),
      { numRuns: 40 },
    )
  })
})
