import { ProvisionError } from '../../../core/error.ts'
import { didYouMean } from '../../../core/nearest.ts'
import type { Raw } from '../../../core/value.ts'
import type { Context } from '../context.ts'
import { fail, failWith } from '../fail.ts'
import { shortName } from '../filters/index.ts'
import { saysYes } from '../filters/values.ts'
import { str } from '../python/text.ts'
import { settle } from '../settle.ts'
import { type Arguments, present, type Thing, Undefined } from '../thing.ts'
import { commandLookups } from './commands.ts'
import { csvLookups } from './csv.ts'
import { fileLookups } from './files.ts'
import { iniLookups } from './ini.ts'
import { listLookups } from './lists.ts'
import type { Lookup } from './lookup.ts'
import { passwordLookups } from './password.ts'
import { refused } from './refused.ts'
import { sequenceLookups } from './sequence.ts'
import { templateLookups } from './template.ts'
import { variableLookups } from './variables.ts'

const all = new Map<string, Lookup>([listLookups, sequenceLookups, variableLookups, fileLookups, csvLookups, iniLookups, commandLookups, passwordLookups, templateLookups].flatMap(family => Object.entries(family)))

export const lookupNames = (): readonly string[] => [...all.keys()]
export const isLookup = (name: string): boolean => all.has(localName(name))

/** Without the collection; the list lookups that Ansible moved out of its core are known by their old names too. */
const localName = (name: string): string => shortName(name).replace(/^community\.general\.(?=flattened$|cartesian$)/, '')

function plugin(name: string): Lookup {
  const found = all.get(localName(name))
  if (found) return found
  const advice = refused[shortName(name)]
  return advice === undefined ? fail(`there is no lookup '${name}'`, didYouMean(name, lookupNames())) : failWith('unsupported', `the lookup '${name}' is not supported`, advice)
}

/** Calls lookups for one evaluation. */
export class Lookups {
  readonly #context: Context

  constructor(context: Context) {
    this.#context = context
  }

  /** `lookup(name, …)`, and `query(name, …)` with `asList`. */
  call(name: string, { positional, named }: Arguments, asList: boolean): Thing {
    const options = new Map(named)
    const wantList = saysYes(options.get('wantlist') ?? asList) === true
    const errors = str(options.get('errors') ?? 'strict')
    for (const general of ['wantlist', 'errors', 'allow_unsafe']) options.delete(general)
    const found = plugin(name)
    try {
      const results = found.run(name, positional.map(present), options, this.#context).map(result => settle(result))
      return wantList ? results : joined(results)
    } catch (error) {
      if (errors === 'strict' || !(error instanceof ProvisionError) || ['undefined-variable', 'unsupported', 'template-fuel'].includes(error.code)) throw error
      if (errors === 'warn') this.#context.warn(`the lookup '${name}' failed, and the error is ignored: ${error.message}`)
      return wantList ? [] : ''
    }
  }

  /** What `with_NAME: terms` goes through. Only `first_found` passes over terms that are undefined. */
  loop(name: string, terms: Raw, render: (raw: Raw) => Thing, kind: string): Thing[] {
    const tolerant = shortName(name) === 'first_found'
    const rendered = tolerant && Array.isArray(terms) ? terms.flatMap(term => defined(() => render(term))) : render(terms)
    const it = present(rendered)
    if (it instanceof Map && ['list', 'indexed_items'].includes(shortName(name))) fail(`with_${shortName(name)} expects a list`)
    const list = Array.isArray(it) ? it : [it]
    return plugin(name).run(name, tolerant ? list : list.map(present), tolerant ? new Map([['subdir', kind]]) : new Map(), this.#context).map(result => settle(result))
  }
}

/** Texts with commas between; a single value of another kind as it is. */
function joined(results: readonly Thing[]): Thing {
  if (results.length === 0) return []
  if (results.every(result => typeof result === 'string')) return results.join(',')
  return results.length === 1 ? results[0]! : [...results]
}

function defined(body: () => Thing): Thing[] {
  try {
    const thing = body()
    return thing instanceof Undefined ? [] : [thing]
  } catch (error) {
    if (error instanceof ProvisionError && error.code === 'undefined-variable') return []
    throw error
  }
}
