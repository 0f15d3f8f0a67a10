import { posix } from 'node:path'
import type { Change } from '../host/change.ts'
import { absentFile, type FactKinds, type Facts } from '../host/fact.ts'
import { planDirectories } from './directories.ts'
import { actor } from './file-attributes.ts'
import { nothingAt, pathChange, type Seen } from './file-change.ts'
import type { PlanContext } from './module.ts'
import { linkTarget } from './normal-path.ts'
import { refuse } from './refusal.ts'
import { removal } from './remove-path.ts'
import { replaceFile } from './replace-file.ts'
import { linkChange } from './symbolic-link.ts'

/** Something that Debian's Apache enables by links from one directory into another. */
export interface Enabled {
  readonly kind: 'mods' | 'sites' | 'conf'
  /** As a2enmod, a2ensite and a2enconf take it. */
  readonly name: string
  /** Names of its files: `proxy.load`, `proxy.conf`. */
  readonly files: readonly string[]
}

export const availablePath = (kind: Enabled['kind'], file: string): string => `/etc/apache2/${kind}-available/${file}`
export const enabledPath = (kind: Enabled['kind'], file: string): string => `/etc/apache2/${kind}-enabled/${file}`

/** Where a2enmod and its like write down who enabled or disabled what: the package's scripts heed it. */
const stateDirectories: { readonly [K in Enabled['kind']]: string } = { mods: '/var/lib/apache2/module', sites: '/var/lib/apache2/site', conf: '/var/lib/apache2/conf' }

const whys = ['enabled_by_admin', 'enabled_by_maint', 'disabled_by_admin', 'disabled_by_maint'] as const
type Why = (typeof whys)[number]

const markerPath = ({ kind, name }: Enabled, why: Why) => `${stateDirectories[kind]}/${why}/${name}`

/** Makes the links, as far as they are missing, and marks that the administrator wants it. */
export async function enabling(things: readonly Enabled[], context: PlanContext): Promise<readonly Change[]> {
  const [links, markers] = await Promise.all([Promise.all(things.map(thing => linksOf(thing, context))), readMarkers(things, context.facts)])
  return [...links.flat(), ...(await marking(things, 'enabled_by_admin', markers, context))]
}

/**
 * Takes the links away. What an administrator had enabled leaves no trace, so that the host is as if it had never been;
 * what the package had enabled is marked as disabled, or the package's next version would enable it again.
 */
export async function disabling(things: readonly Enabled[], context: PlanContext): Promise<readonly Change[]> {
  const { facts } = context
  const [links, markers] = await Promise.all([Promise.all(things.map(thing => unlinking(thing, facts))), readMarkers(things, facts)])
  const byPackage = things.filter(thing => markers.get(markerPath(thing, 'enabled_by_maint'))?.state.type === 'file')
  const others = things.filter(thing => !byPackage.includes(thing))
  return [...links.flat(), ...(await marking(byPackage, 'disabled_by_admin', markers, context)), ...(await unmarking(others, markers, facts))]
}

async function linksOf({ kind, files }: Enabled, { facts, now }: PlanContext): Promise<Change[]> {
  const [by, ...seen] = await Promise.all([
    actor(facts),
    ...files.map(async file => {
      const path = enabledPath(kind, file)
      const target = `../${kind}-available/${file}`
      const [state, leadsTo, goal] = await Promise.all([facts.file(path), facts.followed(path), facts.followed(availablePath(kind, file))])
      return { path, target, state, leadsTo, goal }
    }),
  ])
  return seen.flatMap(({ path, target, state, leadsTo, goal }) => {
    if (state.type !== 'absent' && state.type !== 'link') refuse(`${path} is a ${state.type} and no link: it is not replaced`, { path })
    const change = isLinkTo({ path, state, leadsTo }, goal) ? undefined : linkChange({ path, state, leadsTo }, { target, leadsTo: goal }, { warnings: [] }, { by, parent: undefined, now })
    return change ? [change] : []
  })
}

/** Whether a link leads to a file, by whichever way its path is written. */
export const isLinkTo = ({ path, state, leadsTo }: Seen, goal: FactKinds['followed']): boolean =>
  state.type === 'link' && leadsTo !== undefined && leadsTo.type !== 'absent' &&
  (leadsTo.path === goal.path || posix.normalize(linkTarget(path, state.target ?? '')) === goal.path)

async function unlinking({ kind, files }: Enabled, facts: Facts): Promise<Change[]> {
  const changes = await Promise.all(
    files.map(async file => {
      const path = enabledPath(kind, file)
      const state = await facts.file(path)
      if (state.type === 'absent') return []
      if (state.type !== 'link') refuse(`${path} is a ${state.type} and no link: it is not removed`, { path })
      return [await removal({ path, state }, facts)]
    }),
  )
  // What a configuration says goes before the module that understands it.
  return changes.flat().reverse()
}

type Markers = ReadonlyMap<string, Seen>

async function readMarkers(things: readonly Enabled[], facts: Facts): Promise<Markers> {
  const paths = things.flatMap(thing => whys.map(why => markerPath(thing, why)))
  return new Map(await Promise.all(paths.map(async path => [path, { path, state: await facts.file(path) }] as const)))
}

async function marking(things: readonly Enabled[], why: Why, markers: Markers, context: PlanContext): Promise<Change[]> {
  if (things.length === 0) return []
  const { facts, now } = context
  const paths = new Map(things.map(thing => [thing, markerPath(thing, why)]))
  const directories = [...new Set([...paths.values()].map(path => posix.dirname(path)))]
  const [by, made] = await Promise.all([actor(facts), planDirectories(directories.map(path => ({ path, asked: { warnings: [] } })), context)])
  const changes = things.flatMap(thing => {
    const former = whys.filter(each => each !== why).flatMap(each => removedMarker(markers.get(markerPath(thing, each))))
    const own = markers.get(paths.get(thing)!)
    const mark = own?.state.type === 'file' ? undefined : replaceFile(own ?? nothingAt(paths.get(thing)!), { content: new Uint8Array() }, { warnings: [] }, {}, { by, now })
    return mark ? [...former, mark] : former
  })
  return [...made.changes, ...changes]
}

/** The marks, and their directory where nothing else is in it: a fresh installation has none. */
async function unmarking(things: readonly Enabled[], markers: Markers, facts: Facts): Promise<Change[]> {
  const changes = things.flatMap(thing => whys.flatMap(why => removedMarker(markers.get(markerPath(thing, why)))))
  const removed = new Set(changes.map(change => change.subject.name))
  const directories = [...new Set([...removed].map(path => posix.dirname(path)))]
  const empty = await Promise.all(
    directories.map(async path => {
      const [state, listing] = await Promise.all([facts.file(path), facts.listing(path)])
      const left = (listing ?? []).filter(name => !removed.has(`${path}/${name}`))
      return left.length === 0 ? [pathChange({ path, state }, { path, state: absentFile }, [{ step: 'remove', path }])] : []
    }),
  )
  return [...changes, ...empty.flat()]
}

/** A mark is an empty file. */
const removedMarker = (marker: Seen | undefined): Change[] =>
  marker?.state.type === 'file' ? [pathChange({ ...marker, content: new Uint8Array() }, nothingAt(marker.path), [{ step: 'remove', path: marker.path }])] : []
