import { posix } from 'node:path'
import { Unknown } from '../core/unknown.ts'
import type { Change, Prediction } from './change.ts'
import { absentFile, isAbsent, type FactKey, type FactKind, type FactKinds, type FileState } from './fact.ts'
import { comparable, isLasting, isTouched } from './touch.ts'

type Foreseen<K extends FactKind> = FactKinds[K] | Unknown

/**
 * The world as it would be on one host after the changes of a dry run so far. Facts are read from the real host and
 * carried forward through each change in turn.
 */
export class Forecast {
  readonly #changes: ForeseenChange[] = []

  /** Number of changes; a fact foreseen with as many is still good. */
  get length(): number {
    return this.#changes.length
  }

  /** @param task name of the task, for the reason that an unknown carries */
  add(change: Change, task: string): void {
    this.#changes.push(new ForeseenChange(change, `'${task}' has not run yet`))
  }

  /** A task that nobody can foresee: whatever it would do is unknown. */
  addUnknown(task: string): void {
    this.#changes.push(new ForeseenChange({ predicts: [], touches: 'everything' }, `what '${task}' will do is not known yet`))
  }

  /** What a fact will be, given what it is. */
  foresee<K extends FactKind>(fact: FactKey<K>, observed: FactKinds[K]): Foreseen<K> {
    const one = comparable(fact)
    const id = idOf(one)
    let value: Foreseen<K> = observed
    for (const change of this.#changes) value = change.after(one, id, value)
    return value
  }
}

class ForeseenChange {
  readonly #predicts: ReadonlyMap<string, Prediction>
  readonly #touches: readonly FactKey[] | 'everything'
  readonly #provides: ReadonlyMap<string, Prediction>
  readonly #trees: readonly string[]
  readonly #spares: ReadonlySet<FactKind>
  readonly #why: string

  constructor({ predicts, touches, provides, spares }: Pick<Change, 'predicts' | 'touches' | 'provides' | 'spares'>, why: string) {
    this.#predicts = new Map(predicts.map(prediction => [idOf(comparable(prediction)), prediction]))
    this.#touches = touches === 'everything' ? touches : touches.map(comparable)
    this.#provides = new Map((provides?.facts ?? []).map(prediction => [idOf(comparable(prediction)), prediction]))
    this.#trees = provides?.trees ?? []
    this.#spares = new Set(spares)
    this.#why = why
  }

  /** @param fact comparable, and its `idOf` */
  after<K extends FactKind>(fact: FactKey<K>, id: string, before: Foreseen<K>): Foreseen<K> {
    const after = this.#at(fact, id, before)
    return after === before && fact.kind === 'followed' && !(before instanceof Unknown)
      ? (this.#beyondLink(fact.key, before as FactKinds['followed']) as Foreseen<K>)
      : after
  }

  /** The fact by its own path. */
  #at<K extends FactKind>(fact: FactKey<K>, id: string, before: Foreseen<K>): Foreseen<K> {
    const predicted = this.#predicts.get(id)
    if (predicted) return predicted.value as Foreseen<K>
    if (fact.kind === 'listing') {
      const listing = this.#listingAfter(fact.key, before as Foreseen<'listing'>)
      if (listing !== undefined) return listing as Foreseen<K>
    }
    if (this.#touches === 'everything') return this.#afterOpaque(fact, before)
    if (!this.#touches.some(touched => isTouched(fact, touched))) return before
    const followed = this.#followsFromStates(fact, before)
    if (followed !== undefined) return followed
    // A unit runs on as it did when a file beside it is written; only a new file can make a unit of nothing.
    return fact.kind === 'unit' ? this.#afterOpaque(fact, before) : new Unknown(this.#why)
  }

  /** What was there is taken to stay; what was not may have come. */
  #afterOpaque<K extends FactKind>(fact: FactKey<K>, before: Foreseen<K>): Foreseen<K> {
    if (isLasting(fact) || this.#spares.has(fact.kind)) return before
    if (!(before instanceof Unknown) && !isAbsent[fact.kind](before)) return before
    const provided = this.#provides.get(idOf(fact))
    if (provided) return provided.value as Foreseen<K>
    const nothing = nothingThere[fact.kind]
    if (nothing !== undefined && this.#trees.some(tree => fact.key.startsWith(tree + '/'))) return nothing(fact.key) as FactKinds[K]
    return new Unknown(this.#why)
  }

  /**
   * What the predicted states of files say about other facts. A change that predicts a path's state, and neither its digest
   * nor its bytes, leaves them alone; a directory keeps what is in it, and is empty where it is new; beneath what is no
   * directory is nothing.
   */
  #followsFromStates<K extends FactKind>(fact: FactKey<K>, before: Foreseen<K>): Foreseen<K> | undefined {
    const nothing = nothingThere[fact.kind]
    if (nothing === undefined) return undefined
    const own = this.#predicts.get(`file:${fact.key}`)?.value as Foreseen<'file'> | undefined
    if (own) return own instanceof Unknown ? undefined : this.#followsFromState(fact, own, before)
    if ((this.#touches as readonly FactKey[]).some(({ kind, key }) => key === fact.key && (kind === 'file' || kind === fact.kind))) return undefined
    for (let directory = posix.dirname(fact.key); directory !== '/'; directory = posix.dirname(directory)) {
      const above = this.#predicts.get(`file:${directory}`)?.value as Foreseen<'file'> | undefined
      if (above === undefined) continue
      if (above instanceof Unknown) return undefined
      if (above.type === 'directory' || this.#keepsBytes(directory)) return before
      return above.type === 'link' ? undefined : (nothing(fact.key) as FactKinds[K])
    }
    return undefined
  }

  /** The same for the path itself. */
  #followsFromState<K extends FactKind>(fact: FactKey<K>, state: FactKinds['file'], before: Foreseen<K>): Foreseen<K> | undefined {
    // Who makes a link, or turns it, predicts what is read through it.
    if (state.type === 'link') return this.#keepsBytes(fact.key) ? before : undefined
    if (fact.kind === 'followed') return { ...state, path: fact.key } as FactKinds[K]
    if (fact.kind === 'listing') return (state.type === 'directory' ? (before ?? []) : null) as Foreseen<K>
    if (state.type !== 'file') return nothingThere[fact.kind]?.(fact.key) as FactKinds[K]
    return before !== null && this.#keepsBytes(fact.key) ? before : undefined
  }

  #keepsBytes(path: string): boolean {
    return !this.#predicts.has(`digest:${path}`) && !this.#predicts.has(`content:${path}`)
  }

  /** While a link stays, it leads to what will be there; what is at the first place on its way that changes decides. */
  #beyondLink(link: string, before: FactKinds['followed']): Foreseen<'followed'> {
    for (const place of [...(before.through ?? []), before.path]) {
      if (place === link || this.#touches === 'everything') continue
      const key = comparable({ kind: 'followed', key: place } as const)
      if (!this.#touches.some(touched => isTouched(key, touched))) continue
      const after = this.#at(key, idOf(key), before)
      // What changes above it leaves this place as it is.
      if (after === before) continue
      if (after instanceof Unknown) return after
      // A link to nothing but itself: the way is a circle.
      const circle = after.type === 'absent' && (this.#predicts.get(`file:${after.path}`)?.value as FileState | undefined)?.type === 'link'
      return { ...after, path: circle ? link : after.path, through: [...new Set([link, ...(after.through ?? [])])] }
    }
    return before
  }

  /** A directory's names follow from the files that are predicted in it. */
  #listingAfter(directory: string, before: Foreseen<'listing'>): Foreseen<'listing'> | undefined {
    const inside = [...this.#predicts.values()].filter(
      prediction => prediction.kind === 'file' && posix.dirname(prediction.key) === directory && prediction.key !== directory,
    )
    if (inside.length === 0 || before instanceof Unknown) return undefined
    const names = new Set(before ?? [])
    for (const { key, value } of inside) {
      if (value instanceof Unknown) return undefined
      if ((value as FactKinds['file']).type === 'absent') names.delete(posix.basename(key))
      else names.add(posix.basename(key))
    }
    return [...names].sort()
  }
}

const nothingThere: { readonly [K in FactKind]?: (key: string) => FactKinds[K] } = {
  file: () => absentFile,
  followed: key => ({ ...absentFile, path: key }),
  digest: () => null,
  content: () => null,
  listing: () => null,
}

const idOf = ({ kind, key }: FactKey): string => `${kind}:${key}`
