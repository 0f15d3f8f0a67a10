import { ProvisionError } from '../../core/error.ts'
import { didYouMean } from '../../core/nearest.ts'
import type { Module } from '../../modules/module.ts'
import { fullNameOf, isMissingHere, loadModule, moduleNames, nearestModules } from '../../modules/registry.ts'
import type { RunCommand } from '../commands.ts'
import { exitCodes } from '../../core/exit-codes.ts'
import { moduleText, modulesText } from '../module-text.ts'

/** Shows the modules or the checks of `verify`, or one of them. */
export const run: RunCommand = async line => {
  const [name] = line.arguments
  if (name === 'checks' || (name !== undefined && /^[A-Za-z]+-\d+$/.test(name))) return checks(name, line.flags.output === 'markdown')
  const wanted = name === undefined ? await allModules() : [await moduleCalled(name)]
  const output = line.flags.output ?? 'plain'
  const text = output === 'markdown' ? (await import('../module-markdown.ts')).modulesMarkdown(wanted)
    : output === 'json-schema' ? (await import('../module-schema.ts')).playbookSchema(wanted)
    : name === undefined ? modulesText(wanted) : moduleText(wanted[0]!)
  process.stdout.write(`${text}\n`)
  return exitCodes.ok
}

async function checks(name: string, markdown: boolean): Promise<number> {
  const [{ catalogue }, { checksMarkdown, checksText, checkText }] = await Promise.all([import('../../federation/check/catalogue.ts'), import('../check-text.ts')])
  const one = catalogue.find(({ id }) => id === name.toUpperCase())
  if (name !== 'checks' && !one) throw new ProvisionError('wrong-use', `There is no check ${name}`, { hint: didYouMean(name, catalogue.map(({ id }) => id)) ?? 'matrix-provision doc checks shows those there are.' })
  process.stdout.write(`${one ? checkText(one) : markdown ? checksMarkdown(catalogue) : checksText(catalogue)}\n`)
  return exitCodes.ok
}

/** Each once, by its own name, in the order of the alphabet. */
async function allModules(): Promise<Module<never>[]> {
  const modules = await Promise.all(moduleNames.map(loadModule))
  return [...new Set(modules)].sort((one, other) => (one.name < other.name ? -1 : 1))
}

async function moduleCalled(name: string): Promise<Module<never>> {
  const fullName = fullNameOf(name)
  if (fullName) return loadModule(fullName)
  if (isMissingHere(name)) throw new ProvisionError('unsupported', `Ansible has a module ${name}, matrix-provision does not`, { hint: 'matrix-provision doc shows those it has.' })
  throw new ProvisionError('unknown-module', `There is no module ${name}`, { hint: nearestModules(name) ?? 'matrix-provision doc shows those there are.' })
}
