import { ProvisionError } from '../../core/error.ts'
import type { Position } from '../../core/position.ts'
import type { Raw, RawDict } from '../../core/value.ts'
import type { Play } from '../playbook.ts'
import type { LoadOptions } from '../playbook/load.ts'
import { positionOf } from '../positions.ts'
import { findFile, placesOf, searchPath } from '../search-path.ts'
import { loadYaml } from '../text-file.ts'
import type { YamlOptions } from '../yaml.ts'

/**
 * The variables of a file that `vars_files` names, or of the first of several names that exists: beneath `vars/` beside
 * the playbook, or beside the playbook.
 *
 * @param names rendered
 * @returns one layer, or several where the file holds a list of dictionaries
 * @throws ProvisionError `file-missing`, with where they were looked for
 */
export function readVarsFile(names: readonly string[], play: Pick<Play, 'directory'>, at: Position, options: YamlOptions & Pick<LoadOptions, 'shellVariables'> = {}): RawDict[] {
  const directories = searchPath(play, undefined)
  const path = names.map(name => findFile(name, 'vars', directories, options.shellVariables)).find(found => found !== undefined)
  if (path === undefined)
    throw new ProvisionError('file-missing', `vars file ${names.join(', ')} was not found`, { at, hint: `It was looked for as ${names.flatMap(name => placesOf(name, 'vars', directories, options.shellVariables)).join(', ')}.` })
  return dictionaries(loadYaml(path, options, at), path)
}

/** Variables of a file: a dictionary, or a list of dictionaries of which later ones win. @throws ProvisionError */
export function dictionaries(content: Raw, path: string): RawDict[] {
  if (content === null) return []
  const parts = (Array.isArray(content) ? content : [content]) as Raw[]
  const wrong = parts.find(part => !(part instanceof Map))
  if (wrong !== undefined) throw new ProvisionError('playbook-syntax', `${path} must hold a dictionary of variables, or a list of dictionaries`, { at: positionOf(wrong) ?? { file: path, line: 1, column: 1 } })
  return parts as RawDict[]
}
