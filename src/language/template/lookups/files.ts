import { basename, dirname, resolve } from 'node:path'
import type { Context } from '../context.ts'
import { fail, failWith } from '../fail.ts'
import { candidates, findFile, readBytes, readText } from '../files.ts'
import { globFiles } from '../glob.ts'
import { existing } from '../files.ts'
import { decode } from '../python/codec.ts'
import { saysYes } from '../filters/values.ts'
import { textOf } from '../python/convert.ts'
import { strip } from '../python/split.ts'
import { str } from '../python/text.ts'
import { present, type Thing, type Things, Undefined } from '../thing.ts'
import { lookup, type Lookups } from './lookup.ts'

/** A file that must exist. */
export const foundFile = (name: string, kind: string, { environment }: Context): string =>
  findFile(name, kind, environment) ?? failWith('file-missing', `No such file or directory: '${name}'`, `It is looked for at ${candidates(name, kind, environment).join(', ')}.`)

const yes = (thing: Thing): boolean => saysYes(thing) === true

/** Lookups of files on the controller. */
export const fileLookups: Lookups = {
  file: lookup('lstrip? rstrip?', (terms, { lstrip = false, rstrip = true }, context) => terms.map(term => {
    const text = readText(foundFile(textOf(term, 'the name of a file'), 'files', context), context.environment)
    const left = yes(lstrip) ? strip(text, undefined, 'left') : text
    return yes(rstrip) ? strip(left, undefined, 'right') : left
  })),
  fileglob: lookup('', (terms, _, { environment }) => terms.flatMap(term => {
    const wanted = textOf(term, 'the pattern of fileglob')
    const name = basename(wanted)
    const places = name === wanted
      ? (environment.searchPath?.length ? environment.searchPath : [environment.directory]).flatMap(directory => [resolve(directory, 'files'), directory])
      : [findFile(dirname(wanted), 'files', environment) ?? '']
    for (const place of places) {
      const found = place === '' ? [] : globFiles(`${place.replaceAll(/[*?[]/g, '[$&]')}/${name}`, environment.directory)
      if (found.length > 0) return found
    }
    return []
  })),
  first_found: lookup('files? paths? skip? subdir?', (terms, { files = [], paths = [], skip = false, subdir = 'files' }, context) => {
    const wanted = searches(terms.length > 0 ? terms : listOf(files), { files, paths, skip })
    const found = existing(wanted.paths.flatMap(name => candidates(name, str(subdir), context.environment)))
    if (found !== undefined) return [found]
    return wanted.skip ? [] : failWith('file-missing', 'No file was found when using first_found', `They are looked for at ${wanted.paths.flatMap(name => candidates(name, str(subdir), context.environment)).slice(0, 12).join(', ')}.`)
  }),
  unvault: lookup('', (terms, _, context) => terms.map(term => decode(readBytes(foundFile(textOf(term, 'the name of a file'), 'files', context), context.environment), 'utf-8'))),
}

interface Search {
  readonly files: Thing
  readonly paths: Thing
  readonly skip: Thing
}

const listOf = (thing: Thing): readonly Thing[] => {
  const it = present(thing)
  return Array.isArray(it) ? it : it === null || it === '' ? [] : [it]
}

/** Names in lists of lists, and several in one text. */
const split = (thing: Thing, separators: RegExp): string[] =>
  listOf(thing).flatMap(item => (Array.isArray(item) ? split(item, separators) : str(item).split(separators)))

/** Where to look, in order: each term is a file, a list of terms, or a dictionary with files and paths. */
function searches(terms: readonly Thing[], given: Search): { readonly paths: string[]; readonly skip: boolean } {
  const paths: string[] = []
  let skip = yes(given.skip)
  for (const term of terms) {
    if (term instanceof Undefined) continue
    const it = present(term)
    if (Array.isArray(it)) {
      const inner = searches(it, given)
      paths.push(...inner.paths)
      skip = inner.skip
      continue
    }
    const search: Search = it instanceof Map ? searchOf(it) : typeof it === 'string' ? { ...given, files: [it] } : fail('first_found takes names of files, or dictionaries with files and paths')
    const files = split(search.files, /[,;]/)
    const directories = split(search.paths, /[,:;]/)
    paths.push(...(directories.length > 0 ? directories.flatMap(directory => files.map(file => (file.startsWith('/') ? file : `${directory}/${file}`))) : files))
    skip = yes(search.skip)
  }
  return { paths: paths.filter(path => path !== ''), skip }
}

function searchOf(term: Things): Search {
  for (const key of term.keys()) if (!['files', 'paths', 'skip'].includes(str(key))) fail(`first_found has no option '${str(key)}'`, 'Its options are files, paths and skip.')
  return { files: term.get('files') ?? [], paths: term.get('paths') ?? [], skip: term.get('skip') ?? false }
}
