import { Unknown, UnknownReached } from '../core/unknown.ts'
import type { Facts, PackageOffer, PackageState } from '../host/fact.ts'
import { compareVersions } from './debian-version.ts'
import { isPattern } from './fnmatch.ts'
import { fits, parseSpec, type PackageSpec } from './package-spec.ts'

/** A package that has to be installed, upgraded or removed. */
export interface Selected {
  readonly name: string
  /** As apt-get takes it: the name, with `=version` where one is asked for. */
  readonly word: string
  readonly from: string | null
  /** The version that it will have; undefined where only apt-get can say. */
  readonly to: string | undefined
  /** It is a name that other packages provide. */
  readonly virtual?: boolean
}

export interface Selection {
  readonly selected: readonly Selected[]
  /** Installed as they should be, but only for the sake of others: to be kept from now on. */
  readonly automatic: readonly string[]
}

export class NotAvailable extends Error {}

export interface Wanted {
  readonly latest: boolean
  readonly onlyUpgrade: boolean
  readonly defaultRelease?: string
  /** The lists are read anew first: what they offer now counts for nothing. */
  readonly listsAreStale: boolean
}

/**
 * The packages that are not yet as they are asked for.
 *
 * @throws NotAvailable when the lists have no such package or version
 */
export async function selectInstalls(specs: readonly string[], wanted: Wanted, facts: Facts): Promise<Selection> {
  const expanded = await expandPatterns(specs, facts)
  const judged = await Promise.all(expanded.map(spec => judge(spec, wanted, facts)))
  return {
    selected: judged.filter(verdict => typeof verdict === 'object'),
    automatic: expanded.filter((_, index) => judged[index] === 'automatic').map(spec => spec.name),
  }
}

/** The packages that are installed, or have left something behind that is to be purged. */
export async function selectRemovals(specs: readonly string[], purge: boolean, facts: Facts): Promise<readonly Selected[]> {
  const expanded = await expandPatterns(specs, facts)
  const states = await Promise.all(expanded.map(spec => facts.package(spec.name)))
  return expanded.flatMap((spec, index): Selected[] => {
    const { version, residual } = states[index]!
    const there = version !== null && fits(version, spec)
    return there || (purge && residual) ? [{ name: spec.name, word: spec.name, from: version, to: undefined }] : []
  })
}

async function expandPatterns(specs: readonly string[], facts: Facts): Promise<readonly PackageSpec[]> {
  const lists = await Promise.all(
    specs.map(async text => {
      const spec = parseSpec(text)
      if (!spec) throw new NotAvailable(`invalid package spec: ${text}`)
      if (!isPattern(spec.name) && !spec.name.includes('!')) return [spec]
      const names = await facts.packageNames(spec.name)
      if (names.length === 0) throw new NotAvailable(`No package(s) matching '${spec.name}' available`)
      return names.map((name): PackageSpec => ({ text: name, name }))
    }),
  )
  return lists.flat()
}

type Verdict = Selected | 'satisfied' | 'automatic'

async function judge(spec: PackageSpec, wanted: Wanted, facts: Facts): Promise<Verdict> {
  const state = await facts.package(spec.name)
  const { version: installed } = state
  if (installed === null && wanted.onlyUpgrade) return 'satisfied'
  if (installed !== null && !wanted.latest && fits(installed, spec)) return kept(state)
  if (state.providedBy !== undefined && spec.operator === undefined) return 'satisfied'

  const offer = await offerOf(spec.name, wanted, facts)
  const bare = { name: spec.name, from: installed }
  if (offer instanceof Unknown) {
    // Whether there is something newer decides whether there is a change at all; a package that is missing is one anyway.
    if (installed !== null && spec.operator === undefined && !wanted.listsAreStale) throw new UnknownReached(offer)
    return { ...bare, word: spec.operator === '=' ? `${spec.name}=${spec.version}` : spec.name, to: undefined }
  }
  if (offer === null) throw new NotAvailable(`No package matching '${spec.name}' is available`)
  if (offer.candidate === null && offer.versions.length === 0 && offer.providers.length > 0) {
    const providers = await Promise.all(offer.providers.map(name => facts.package(name)))
    if (providers.some(provider => provider.version !== null)) return 'satisfied'
    return { ...bare, word: spec.name, to: undefined, virtual: true }
  }
  const best = bestOf(offer, spec)
  if (best === undefined) throw new NotAvailable(`no available installation candidate for ${spec.text}`)
  if (installed !== null && compareVersions(best, installed) === 0) return kept(state)
  return { ...bare, word: spec.operator === undefined ? spec.name : `${spec.name}=${best}`, to: best }
}

const kept = (state: PackageState): Verdict => (state.automatic ? 'automatic' : 'satisfied')

/** Unknown where the lists are about to change. */
async function offerOf(name: string, wanted: Wanted, facts: Facts): Promise<PackageOffer | null | Unknown> {
  if (wanted.listsAreStale) return new Unknown('the package lists are not updated yet')
  try {
    return await facts.available(wanted.defaultRelease === undefined ? name : `${name} ${wanted.defaultRelease}`)
  } catch (error) {
    if (error instanceof UnknownReached) return error.unknown
    throw error
  }
}

/** apt's own candidate where it fits, else the newest version that does. */
const bestOf = (offer: PackageOffer, spec: PackageSpec): string | undefined =>
  offer.candidate !== null && fits(offer.candidate, spec)
    ? offer.candidate
    : spec.operator === undefined
      ? undefined
      : offer.versions.find(version => fits(version, spec))
