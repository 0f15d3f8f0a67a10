import { realpathSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Context } from '../context.ts'
import { expandHome } from '../files.ts'
import { globFiles } from '../glob.ts'
import { iterate } from '../python/sequence.ts'
import { str } from '../python/text.ts'
import { basename, common, dirname, join, normalise, relative, splitDrive, splitExtension, windowsSplit } from '../python/posix-path.ts'
import { textOf } from '../python/convert.ts'
import { typeName } from '../python/type.ts'
import { fail } from '../fail.ts'
import { present, tuple } from '../thing.ts'
import { filter, type Filters } from './filter.ts'

const onPath = (body: (path: string, context: Context) => string) => filter('', (value, _, context) => body(textOf(value, 'a path'), context))

/** Filters on paths of the controller. */
export const pathFilters: Filters = {
  basename: onPath(basename),
  commonpath: filter('', value => common(iterate(value).map(str))),
  dirname: onPath(dirname),
  expanduser: onPath((path, { environment }) => expandHome(path, environment)),
  expandvars: onPath((path, { environment }) => path.replaceAll(/\$(?:(\w+)|\{([^}]*)\})/g, (all, bare, braced) => environment.shellVariables?.[bare ?? braced] ?? all)),
  fileglob: filter('', (value, _, { environment }) => globFiles(textOf(value, 'the pattern'), environment.directory)),
  normpath: onPath(normalise),
  path_join: filter('', value => {
    const it = present(value)
    if (typeof it === 'string') return it
    return !Array.isArray(it) ? fail(`path_join expects string or sequence, got ${typeName(it)} instead`) : join(iterate(it).map(part => textOf(part, 'a part of the path')))
  }),
  realpath: onPath((path, { environment }) => realPath(resolve(environment.directory, path))),
  relpath: filter('start?', (value, { start = '.' }, { environment }) => relative(textOf(value, 'the path'), textOf(start, 'the start'), environment.directory)),
  splitext: filter('', value => tuple(splitExtension(textOf(value, 'a path')))),
  win_basename: onPath(path => windowsSplit(path)[1]),
  win_dirname: onPath(path => windowsSplit(path)[0]),
  win_splitdrive: filter('', value => tuple(splitDrive(textOf(value, 'a path')))),
}

/** With symbolic links followed as far as the path exists. */
function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    const parent = dirname(path)
    return parent === path ? path : join([realPath(parent), basename(path)])
  }
}
