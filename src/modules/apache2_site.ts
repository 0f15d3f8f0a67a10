import { isUnknown } from '../core/unknown.ts'
import { namedInHeader } from '../host/apache-header.ts'
import { availablePath, disabling, type Enabled, enabledPath, enabling, isLinkTo } from './apache2-enabling.ts'
import { foreseen } from './foreseen.ts'
import { changed, type Module, type Plan, type PlanContext, unchanged } from './module.ts'
import { asOne } from './one-change.ts'
import { orRefusal, refuse } from './refusal.ts'

interface Parameters {
  readonly name: string
  readonly state: 'present' | 'absent'
  readonly kind: 'site' | 'conf'
}

const module: Module<Parameters> = {
  name: 'apache2_site',
  collection: 'matrix.provision',
  summary: 'Enables or disables a site or a configuration snippet of Apache',
  description: [
    'What `a2ensite`, `a2dissite`, `a2enconf` and `a2disconf` do on hosts with Debian\'s layout, their marks in /var/lib/apache2 included. Notify a handler that reloads Apache.',
    'The file has to be there: one that an earlier task of the same run writes counts, in a dry run too. Modules that it names in a `# Depends:` line at its top have to be enabled.',
  ],
  parameters: {
    name: { type: 'str', required: true, description: 'Name of the file in sites-available (or conf-available), without `.conf`.' },
    state: { type: 'str', choices: ['present', 'absent'], default: 'present', description: 'Whether it is enabled.' },
    kind: { type: 'str', choices: ['site', 'conf'], default: 'site', description: 'A site, or a snippet for all of Apache.' },
  },
  returns: { path: 'The link that enables it.' },
  examples: `
- name: The site is enabled
  apache2_site:
    name: matrix-homeserver
  notify: Reload Apache
`,
  plan: (parameters, context) => orRefusal(planSite(parameters, context)),
}

export default module

async function planSite({ name: given, state, kind }: Parameters, context: PlanContext): Promise<Plan> {
  const name = given.replace(/\.conf$/, '')
  if (!/^[\w@+-][\w.@+-]*$/.test(name)) refuse(`${given} is no name of a site`, { hint: 'Give the name of the file without its directory and .conf.' })
  const thing: Enabled = { kind: kind === 'site' ? 'sites' : 'conf', name, files: [`${name}.conf`] }
  const path = enabledPath(thing.kind, `${name}.conf`)
  const change = state === 'present' ? await enable(thing, path, context) : await disable(thing, path, context)
  if (change.length === 0) return unchanged({ path })
  const enabled = state === 'present'
  const what = { subject: { kind, name }, kind: enabled ? 'create' : 'delete', observed: { enabled: !enabled }, desired: { enabled } } as const
  return changed([asOne(what, change, { touches: [], predicts: [] })], { path })
}

async function enable(thing: Enabled, path: string, context: PlanContext) {
  const { facts } = context
  const available = availablePath(thing.kind, `${thing.name}.conf`)
  const [link, leadsTo, goal] = await Promise.all([facts.file(path), facts.followed(path), facts.followed(available)])
  const what = thing.kind === 'sites' ? 'Site' : 'Conf'
  if (goal.type === 'absent') refuse(`${what} ${thing.name} does not exist: there is no ${available}`, { path, hint: 'Write the file first, with template or copy.' })
  if (isLinkTo({ path, state: link, leadsTo }, goal)) return []
  if (link.type === 'link' && leadsTo.type !== 'absent') refuse(`${path} leads to ${leadsTo.path} and not to ${available}: it is not replaced`, { path })

  const [content, modules] = await Promise.all([foreseen(facts.content(available)), foreseen(facts.apacheModules(''))])
  const depends = isUnknown(content) || content === null ? [] : namedInHeader(Buffer.from(content).toString('latin1').split('\n'), 'Depends')
  const missing = isUnknown(modules) ? [] : depends.filter(name => !modules?.some(module => module.name === name && module.enabled))
  if (missing.length > 0) refuse(`${what} ${thing.name} needs modules that are not enabled: ${missing.join(', ')}`, { path, hint: 'Enable them first, with apache2_module.' })
  return enabling([thing], context)
}

async function disable(thing: Enabled, path: string, context: PlanContext) {
  const link = await context.facts.file(path)
  return link.type === 'absent' ? [] : disabling([thing], context)
}
