import { ProvisionError } from '../../../core/error.ts'
import { didYouMean } from '../../../core/nearest.ts'
import { pattern } from '../../../core/python-regex.ts'
import type { Context } from '../context.ts'
import { failWith, fail } from '../fail.ts'
import { str } from '../python/text.ts'
import { type Thing, type Things, Undefined } from '../thing.ts'
import { settle } from '../settle.ts'
import { lookup, type Lookups } from './lookup.ts'

/** Lookups of variables: those of the play, of the inventory, and of the controller's shell. */
export const variableLookups: Lookups = {
  env: lookup('default?', (terms, { default: otherwise = '' }, { environment }) => terms.map(term => {
    const name = str(term).split(/\s/)[0]!
    const value = environment.shellVariables?.[name] ?? otherwise
    return value instanceof Undefined ? failWith('undefined-variable', `the environment has no variable '${name}'`) : value
  })),
  inventory_hostnames: lookup('', (terms, _, { environment }) => {
    const matching = environment.hostsMatching ?? (() => fail("the lookup 'inventory_hostnames' is not available here"))
    return [...matching(settle([...terms]))]
  }),
  varnames: lookup('', (terms, _, context) => {
    const names = [...context.variableNames()]
    return terms.flatMap(term => {
      const wanted = pattern(typeof term === 'string' ? term : fail(`Invalid setting identifier, "${str(term)}" is not a string, it names no variable`))
      return names.filter(name => wanted.search(name) !== undefined)
    })
  }),
  vars: lookup('default?', (terms, { default: otherwise = null }, context) => terms.map(term => {
    const name = typeof term === 'string' ? term : fail(`Invalid setting identifier, "${str(term)}" is not a string, it names no variable`)
    try {
      return settle(variable(name, context))
    } catch (error) {
      if (otherwise !== null && error instanceof ProvisionError && error.code === 'undefined-variable') return otherwise
      throw error
    }
  })),
}

/** A variable, or what another play has set for this host. */
function variable(name: string, context: Context): Thing {
  const found = context.variable(name)
  if (found !== undefined) return found
  const host = context.variable('inventory_hostname')
  const hosts = context.variable('hostvars')
  const own: Thing | undefined = typeof host === 'string' && hosts instanceof Map ? (hosts as Things).get(host) : undefined
  return (own instanceof Map ? own.get(name) : undefined) ?? failWith('undefined-variable', `No variable found with this name: ${name}`, didYouMean(name, context.variableNames()))
}
