import type { Play, RoleUse } from './playbook.ts'
import { candidates, existing } from './template/files.ts'
import type { ShellVariables } from './template/scope.ts'

/**
 * Directories that a task's relative names of files are looked up in, nearest first: its role, the roles that led to
 * that one, the directory of its own file, the playbook's (`playbook/base.py`, `get_search_path`). Templates see it as
 * `ansible_search_path`.
 *
 * @param directory of the file that holds the task
 */
export function searchPath(play: Pick<Play, 'directory'>, role: RoleUse | undefined, directory: string = play.directory): string[] {
  const roles = role ? [role, ...(role.parents ?? []).toReversed()].map(use => use.role.directory) : []
  return [...new Set([...roles, directory, play.directory])]
}

/** What a file is for: the subdirectory of each directory that is looked into first. */
export type FileKind = 'files' | 'templates' | 'vars' | 'tasks'

/**
 * A file on this machine by its name, in the first directory that has it; in each first beneath `files/`,
 * `templates/` or `vars/` (`parsing/dataloader.py`, `path_dwim_relative_stack`).
 *
 * @returns its path, or undefined
 */
export const findFile = (name: string, kind: FileKind, directories: readonly string[], shellVariables?: ShellVariables): string | undefined => existing(placesOf(name, kind, directories, shellVariables))

/** Where a file would be looked for, in order. */
export const placesOf = (name: string, kind: FileKind, directories: readonly string[], shellVariables?: ShellVariables): string[] =>
  [...new Set(candidates(name, kind, { directory: directories.at(-1) ?? '/', searchPath: directories, shellVariables }))]
