import { ProvisionError } from '../core/error.ts'
import type { Position } from '../core/position.ts'
import { pythonText } from '../core/python-text.ts'
import { Unknown, UnknownReached } from '../core/unknown.ts'
import { OMIT, type Raw, type RawDict, type Value } from '../core/value.ts'
import type { Keywords } from '../language/playbook.ts'
import { textPositionOf } from '../language/positions.ts'
import type { Evaluation } from '../language/template/evaluation.ts'
import { nearestLevel } from './context.ts'

type Levels = readonly Keywords[]

/** The rendered value of the nearest level's keyword; undefined where none gives it. @throws UnknownReached */
export function keywordValue(evaluation: Evaluation, levels: Levels, key: keyof Keywords): Value | undefined {
  const raw = nearestLevel(levels, key) as Raw | undefined
  if (raw === undefined) return undefined
  const value = evaluation.evaluate(raw)
  if (value instanceof Unknown) throw new UnknownReached(value)
  return value === OMIT ? undefined : value
}

/** @throws ProvisionError where it is neither true nor false */
export function booleanKeyword(evaluation: Evaluation, levels: Levels, key: keyof Keywords, otherwise: boolean): boolean {
  const value = keywordValue(evaluation, levels, key)
  if (value === undefined || value === null) return otherwise
  const truth = asBoolean(value)
  if (truth === undefined) throw new ProvisionError('playbook-syntax', `${snake(key)} must be true or false, and is ${pythonText(value)}`)
  return truth
}

/** Whether a task that has failed goes on all the same; no where that cannot be told either. */
export function ignoresErrors(evaluation: Evaluation, levels: Levels): boolean {
  try {
    return booleanKeyword(evaluation, levels, 'ignoreErrors', false)
  } catch {
    return false
  }
}

export function textKeyword(evaluation: Evaluation, levels: Levels, key: keyof Keywords): string | undefined {
  const value = keywordValue(evaluation, levels, key)
  return value === undefined || value === null ? undefined : pythonText(value)
}

/** Ansible's words for true and false. */
export function asBoolean(value: Value): boolean | undefined {
  if (typeof value === 'boolean') return value
  if (value === 1 || value === 0) return value === 1
  if (typeof value !== 'string') return undefined
  if (/^(y|yes|on|1|true|t)$/i.test(value)) return true
  return /^(n|no|off|0|false|f)$/i.test(value) ? false : undefined
}

/**
 * `environment:` of all levels, merged from the outside in, as Python's `str` writes the values
 * (`plugins/shell/__init__.py`, `env_prefix`).
 *
 * @param gathering facts are being gathered: what hangs on them is left out
 */
export function environmentOf(evaluation: Evaluation, levels: Levels, gathering: boolean): Record<string, string> {
  const environment: Record<string, string> = {}
  for (const raw of levels.flatMap(level => level.environment ?? []).flatMap(level => (gathering ? withoutFacts(level, evaluation) : [level]))) {
    const value = evaluation.evaluate(raw)
    if (value instanceof Unknown) throw new UnknownReached(value)
    if (value === OMIT || value === null) continue
    if (!(value instanceof Map)) throw new ProvisionError('playbook-syntax', 'environment must be a dictionary of names and values')
    for (const [name, member] of value) if (member !== OMIT) environment[pythonText(name)] = pythonText(member)
  }
  return environment
}

/** The members of an environment that need no facts (`playbook/task.py`, `_post_validate_environment`). */
function withoutFacts(raw: Raw, evaluation: Evaluation): Raw[] {
  const members: Raw[] = raw instanceof Map ? [...(raw as RawDict)].map(([name, value]) => new Map([[name, value]])) : [raw]
  return members.filter(member => {
    try {
      evaluation.evaluate(member)
      return true
    } catch (error) {
      if (error instanceof ProvisionError && /'ansible_(env|facts)'|ansible_facts/.test(error.message)) return false
      throw error
    }
  })
}

/** Every condition that bears on a task, the outermost first, with its place. */
export const conditionsOf = (levels: Levels): { readonly raw: Raw; readonly at: Position | undefined }[] =>
  levels.flatMap(level => (level.when ?? []).map((raw, index) => ({ raw, at: textPositionOf(level.when, index) ?? level.whenAt })))

/** Tags of all levels together. */
export function tagsOf(evaluation: Evaluation | undefined, levels: Levels): Set<string> {
  const tags = new Set<string>()
  for (const raw of levels.flatMap(level => level.tags ?? [])) {
    const value = evaluation ? evaluation.evaluate(raw) : raw
    for (const tag of Array.isArray(value) ? value : [value]) if (typeof tag === 'string' || typeof tag === 'number') for (const one of String(tag).split(',')) tags.add(one.trim())
  }
  return tags
}

/** Whether tags are among those that were asked for (ansible/playbook/taggable.py). */
export function isSelected(tags: ReadonlySet<string>, only: readonly string[], skip: readonly string[]): boolean {
  const wanted = only.length === 0 ? ['all'] : only
  const named = wanted.some(tag => tags.has(tag))
  const selected =
    tags.has('always') || named || (wanted.includes('all') && !tags.has('never')) || (wanted.includes('tagged') && tags.size > 0 && !tags.has('never')) ||
    (wanted.includes('untagged') && tags.size === 0)
  if (!selected) return false
  if (skip.includes('all')) return tags.has('always') && !skip.includes('always')
  if (skip.some(tag => tags.has(tag))) return false
  return !(skip.includes('tagged') && tags.size > 0) && !(skip.includes('untagged') && tags.size === 0)
}

const snake = (key: string) => key.replaceAll(/[A-Z]/g, letter => `_${letter.toLowerCase()}`)
