import { posix } from 'node:path'
import type { Change } from '../host/change.ts'
import type { FactKinds, FileState } from '../host/fact.ts'
import { attributeChange } from './attribute-change.ts'
import { actor, type AskedAttributes, attributesOf, attributesOfNew, attributeSteps, withAsked } from './file-attributes.ts'
import { nothingAt, pathChange, stateOf } from './file-change.ts'
import type { PlanContext } from './module.ts'
import { above } from './normal-path.ts'
import { refuse } from './refusal.ts'

/** A directory that is to be there, with all above it. */
export interface DirectoryWish {
  readonly path: string
  /** For all that are made on its behalf. */
  readonly asked: AskedAttributes
  /** What it gets where it is there already. */
  readonly adjust?: AskedAttributes
}

export interface Directories {
  readonly changes: readonly Change[]
  /** Every directory that was looked at, as it will be. */
  readonly states: ReadonlyMap<string, FileState>
}

/** Makes directories with all that are missing above them, each of which is a change of its own. */
export async function planDirectories(wishes: readonly DirectoryWish[], context: PlanContext): Promise<Directories> {
  const { facts, now } = context
  // The first wish that needs a directory says what it is made with.
  const makers = new Map<string, DirectoryWish>()
  for (const wish of wishes) for (const path of [...above(wish.path), wish.path]) if (!makers.has(path) || path === wish.path) makers.set(path, wish)
  const paths = [...makers.keys()].filter(path => path !== '/').sort((a, b) => a.split('/').length - b.split('/').length)
  const [by, root, ...observed] = await Promise.all([actor(facts), facts.followed('/'), ...paths.map(path => Promise.all([facts.followed(path), facts.file(path)]))])

  const states = new Map<string, FileState>([['/', root]])
  const changes: Change[] = []
  for (const [index, path] of paths.entries()) {
    const wish = makers.get(path) as DirectoryWish
    const [followed, file] = observed[index] as [FactKinds['followed'], FileState]
    if (followed.type === 'directory') {
      const adjust = wish.path === path ? wish.adjust : undefined
      const change = adjust && attributeChange({ path: followed.path, state: followed }, adjust)
      if (change) changes.push(change)
      states.set(path, adjust ? { ...followed, ...withAsked(attributesOf(followed), adjust, true) } : followed)
    } else {
      if (file.type !== 'absent')
        refuse(`There was an issue creating ${wish.path} as requested: ${path} is a ${followed.type === 'absent' ? 'link that leads to nothing' : followed.type}`, { path: wish.path })
      const plain = attributesOfNew('directory', by, states.get(posix.dirname(path)))
      const attributes = withAsked(plain, wish.asked, true)
      const state = stateOf('directory', attributes, now, { size: 0 })
      states.set(path, state)
      // mkdir leaves it closed to others until it belongs to whom it should.
      const steps = [{ step: 'directory', path } as const, ...attributeSteps(path, { ...plain, mode: -1 }, attributes)]
      changes.push(pathChange(nothingAt(path), { path, state }, steps))
    }
  }
  return { changes, states }
}
