import { toPlain, toValue, type Raw, type Value } from '../core/value.ts'
import type { LoopControl } from '../language/playbook.ts'
import type { Evaluation } from '../language/template/evaluation.ts'
import { asBoolean } from './keyword.ts'

/** The variables that a loop gives its rounds. */
export interface LoopVariables {
  /** The name by which tasks know the item. */
  readonly loopVar: string
  /** Seconds between two rounds. */
  readonly pause: number
  /** Those of one round. @param index from 0 */
  of(items: readonly Value[], index: number): ReadonlyMap<string, Raw>
}

/** What `loop_control` says, rendered. @throws ProvisionError */
export function loopVariables(written: LoopControl, evaluation: Evaluation): LoopVariables {
  const value = (raw: Raw | undefined): Value | undefined => (raw === undefined ? undefined : evaluation.evaluate(raw))
  const isTrue = (raw: Raw | undefined, otherwise: boolean) => asBoolean(value(raw) ?? otherwise) === true
  const loopVar = String(value(written.loopVar) ?? 'item')
  const indexVar = value(written.indexVar)
  const extended = isTrue(written.extended, false)
  const allItems = isTrue(written.extendedAllItems, true)
  return {
    loopVar,
    pause: Number(toPlain(value(written.pause) ?? 0)),
    of: (items, index) => {
      const variables = new Map<string, Raw>([[loopVar, items[index]!], ['ansible_loop_var', loopVar]])
      if (indexVar !== undefined) variables.set(String(indexVar), index).set('ansible_index_var', String(indexVar))
      return extended ? variables.set('ansible_loop', extendedFacts(items, index, allItems)) : variables
    },
  }
}

const extendedFacts = (items: readonly Value[], index: number, allItems: boolean): Value =>
  toValue({
    index: index + 1, index0: index, first: index === 0, last: index === items.length - 1, length: items.length, revindex: items.length - index, revindex0: items.length - index - 1,
    ...(allItems && { allitems: items }), ...(index < items.length - 1 && { nextitem: items[index + 1] }), ...(index > 0 && { previtem: items[index - 1] }),
  })
