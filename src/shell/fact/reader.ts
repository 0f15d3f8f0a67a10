import type { FactKind, FactKinds } from '../../host/fact.ts'
import type { Observation } from '../../host/target.ts'
import type { Sections } from '../section.ts'

/** How facts of one kind are read through sh, all keys at once. */
export interface FactReader<K extends FactKind> {
  readonly kind: K
  /** Its keys are paths whose states it finds in the section `states`, which is printed for all readers at once. */
  readonly looksAt?: true
  /**
   * sh text that prints the facts into sections whose labels begin with the kind's name. It must not fail, may print
   * to stderr what `parse` wants to see there, and leaves no variable behind that another reader uses; `$@` holds more paths
   * to look at.
   */
  program(keys: readonly string[]): string
  /** @param stderr all that the program printed there, other readers' text included */
  parse(sections: Sections, keys: readonly string[], stderr: string): readonly Observation<K>[]
  /**
   * sh text that prints the fingerprint that `parse` gave, if nothing has changed since. Absent: changes to facts of
   * this kind are not guarded.
   */
  fingerprint?(key: string): string
}

export const observed = <K extends FactKind>(value: FactKinds[K], fingerprint = ''): Observation<K> => ({ value, fingerprint })
