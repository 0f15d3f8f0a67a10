import { ProvisionError } from '../../core/error.ts'
import type { Position } from '../../core/position.ts'
import type { Raw, RawDict } from '../../core/value.ts'
import type { Block, Node } from '../playbook.ts'
import { positionOf } from '../positions.ts'
import { checkKeywords } from './keyword.ts'
import { within, type Place } from './place.ts'
import { describe, placeOf } from './shape.ts'
import { readKeywords } from './shared-keywords.ts'
import { readTask } from './task.ts'

/**
 * Tasks and blocks of a list, as it stands in a play, a role or a file of tasks.
 *
 * @param at where the list is named, for a list that is none
 * @throws ProvisionError
 */
export async function readNodes(written: Raw | undefined, what: string, place: Place, at: Position | undefined): Promise<Node[]> {
  if (written === undefined || written === null) return []
  if (!Array.isArray(written)) throw new ProvisionError('playbook-syntax', `${what} must be a list of tasks, not ${describe(written)}`, { at: positionOf(written) ?? at, hint: 'Begin each task with a dash.' })
  const nodes: Node[] = []
  for (const [index, item] of (written as Raw[]).entries()) {
    const itemAt = positionOf(written, index) ?? at
    if (item === null) continue
    if (!(item instanceof Map)) throw new ProvisionError('playbook-syntax', `a task must be a dictionary, not ${describe(item)}`, { at: itemAt })
    nodes.push(...(await readNode(item as RawDict, place, positionOf(item) ?? itemAt!)))
  }
  return nodes
}

async function readNode(written: RawDict, place: Place, at: Position): Promise<Node[]> {
  if (!['block', 'rescue', 'always'].some(key => written.has(key))) return readTask(written, place, at)
  if (place.handlers) throw new ProvisionError('unsupported', 'a block cannot be a handler', { at, hint: 'Make a handler of each of its tasks, with the same topic to listen to.' })
  return [await readBlock(written, place, at)]
}

async function readBlock(written: RawDict, place: Place, at: Position): Promise<Block> {
  checkKeywords(written, 'block')
  for (const section of ['rescue', 'always'])
    if (written.has(section) && !written.has('block')) throw new ProvisionError('playbook-syntax', `'${section}' keyword cannot be used without 'block'`, { at: positionOf(written, section) ?? at })
  const keywords = await readKeywords(written)
  const inner = within(place, keywords)
  const section = (name: string, certain: boolean) => readNodes(written.get(name), name, { ...inner, certain: inner.certain && certain }, placeOf(written, name))
  return {
    type: 'block',
    at,
    name: written.get('name') ?? undefined,
    keywords,
    block: await section('block', !written.has('rescue')),
    rescue: await section('rescue', false),
    always: await section('always', true),
    role: place.role,
  }
}
