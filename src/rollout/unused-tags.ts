import { didYouMean } from '../core/nearest.ts'
import { levelsOf } from '../engine/context.ts'
import { tagsOf } from '../engine/keyword.ts'
import type { Playbook } from '../language/playbook.ts'
import { tasksOf } from './listing.ts'
import type { RunOptions } from './options.ts'

/** Tags that every task has or lacks by itself. */
const special = ['all', 'tagged', 'untagged', 'always', 'never']

/**
 * Warnings for tags of `--tags` and `--skip-tags` that no task has: most likely a slip, which would run nothing, or all. Files
 * that are included while the run goes on may have any; then nobody can say.
 */
export function unusedTags(playbooks: readonly Playbook[], { tags, skipTags }: Pick<RunOptions, 'tags' | 'skipTags'>): string[] {
  if (tags.length + skipTags.length === 0) return []
  const tasks = playbooks.flatMap(playbook => playbook.plays).flatMap(tasksOf)
  if (tasks.some(({ task: { action } }) => action.kind === 'include-tasks' || action.kind === 'include-role')) return []
  const known = new Set([...special, ...tasks.flatMap(({ task, context }) => [...tagsOf(undefined, levelsOf(task, context))])])
  return [...new Set([...tags, ...skipTags])].filter(tag => !known.has(tag)).map(tag => `no task has the tag ${tag}${hint(tag, known)}`)
}

const hint = (tag: string, known: Iterable<string>): string => {
  const near = didYouMean(tag, known)
  return near ? `. ${near}` : ''
}
