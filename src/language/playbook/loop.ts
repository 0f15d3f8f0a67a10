import { ProvisionError } from '../../core/error.ts'
import { didYouMean } from '../../core/nearest.ts'
import type { Position } from '../../core/position.ts'
import type { RawDict } from '../../core/value.ts'
import type { Loop, LoopControl } from '../playbook.ts'
import { positionOf } from '../positions.ts'
import { dictionary, isVariableName, placeOf } from './shape.ts'

/** `loop:` or `with_…:` of a task. @throws ProvisionError `playbook-syntax` where there are two, or none to go through */
export function readLoop(task: RawDict, at: Position): Loop | undefined {
  const keys = [...task.keys()].filter((key): key is string => key === 'loop' || (typeof key === 'string' && /^with_./.test(key)))
  if (keys.length > 1) throw new ProvisionError('playbook-syntax', `duplicate loop in task: ${keys[1]}`, { at: positionOf(task, keys[1]) ?? at, hint: `The task has ${keys[0]} already.` })
  const [key] = keys
  if (key === undefined) return undefined
  const terms = task.get(key) ?? null
  if (terms === null) throw new ProvisionError('playbook-syntax', `you must specify a value when using ${key}`, { at: positionOf(task, key) ?? at })
  return { at: placeOf(task, key) ?? at, plugin: key === 'loop' ? 'loop' : key.slice('with_'.length), terms, control: readControl(task, at) }
}

const controls = ['loop_var', 'index_var', 'label', 'pause', 'extended', 'extended_allitems']

function readControl(task: RawDict, at: Position): LoopControl {
  const raw = task.get('loop_control') ?? null
  const written: RawDict = raw === null ? new Map() : dictionary(raw, 'loop_control', placeOf(task, 'loop_control') ?? at)
  for (const key of written.keys()) {
    if (key === 'break_when') throw new ProvisionError('unsupported', 'break_when is not supported', { at: positionOf(written, key), hint: 'Go through fewer items, or put a condition on the task.' })
    if (!controls.includes(key as string)) throw new ProvisionError('playbook-syntax', `'${String(key)}' is not a valid attribute for a LoopControl`, { at: positionOf(written, key), hint: didYouMean(String(key), controls) })
  }
  for (const key of ['loop_var', 'index_var']) {
    const name = written.get(key)
    if (typeof name === 'string' && !isVariableName(name)) throw new ProvisionError('playbook-syntax', `'${name}' is not a valid variable name`, { at: placeOf(written, key) })
  }
  return {
    loopVar: written.get('loop_var'),
    indexVar: written.get('index_var'),
    label: written.get('label'),
    pause: written.get('pause'),
    extended: written.get('extended'),
    extendedAllItems: written.get('extended_allitems'),
  }
}
