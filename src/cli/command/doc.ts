import { ProvisionError } from '../../core/error.ts'
import { didYouMean } from '../../core/nearest.ts'
import type { ModuleDocument } from '../../modules/module.ts'
import { allDocuments, documentOf, isMissingHere, nearestModules } from '../../modules/registry.ts'
import { verbs } from '../../modules/verbs.ts'
import type { RunCommand } from '../commands.ts'
import { exitCodes } from '../../core/exit-codes.ts'
import { moduleText, modulesText } from '../module-text.ts'

/** Shows the modules or the checks of `verify`, or one of them. */
export const run: RunCommand = async line => {
  const [name] = line.arguments
  if (name === 'checks' || (name !== undefined && /^[A-Za-z]+-\d+$/.test(name))) return checks(name, line.flags.output === 'markdown')
  const wanted = name === undefined ? await allDocuments() : [await moduleCalled(name)]
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

async function moduleCalled(name: string): Promise<ModuleDocument> {
  const document = await documentOf(name)
  if (document) return document
  if (isMissingHere(name)) throw new ProvisionError('unsupported', `Ansible has a module ${name}, matrix-provision does not`, { hint: 'matrix-provision doc shows those it has.' })
  throw new ProvisionError('unknown-module', `There is no module ${name}`, { hint: nearestModules(name, Object.keys(verbs)) ?? 'matrix-provision doc shows those there are.' })
}
