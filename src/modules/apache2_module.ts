import type { ApacheModule } from '../host/fact.ts'
import { didYouMean } from '../core/nearest.ts'
import { linksChange } from './apache2-links.ts'
import { changed, failure, type Module, type Plan, type PlanContext, unchanged } from './module.ts'

interface Parameters {
  readonly name: string
  readonly state: 'present' | 'absent'
  readonly force: boolean
  readonly identifier?: string
  readonly ignore_configcheck: boolean
  readonly warn_mpm_absent: boolean
}

/** Debian asks twice before these are disabled. */
const essential: ReadonlySet<string> = new Set([
  'access_compat', 'alias', 'auth_basic', 'authn_core', 'authn_file', 'authz_core', 'authz_host', 'authz_user', 'autoindex', 'deflate', 'dir', 'env', 'filter', 'mime', 'negotiation', 'reqtimeout', 'setenvif', 'status',
])

const module: Module<Parameters> = {
  name: 'apache2_module',
  collection: 'community.general',
  summary: 'Enables or disables a module of Apache',
  description: [
    'On hosts with Debian\'s layout: a module is enabled by links from mods-enabled to mods-available. Modules that it depends on are enabled with it.',
    'Apache is neither asked nor restarted, so an Apache that does not run, or whose configuration is broken, is no obstacle. Notify a handler that reloads it.',
  ],
  parameters: {
    name: { type: 'str', required: true, description: 'The module, as a2enmod takes it: `proxy_http`.' },
    state: { type: 'str', choices: ['present', 'absent'], default: 'present', description: 'Whether it is enabled.' },
    force: { type: 'bool', default: false, description: 'Disable also what Debian counts as essential.' },
    identifier: { type: 'str', description: 'The name under which Apache lists it, such as `dumpio_module`. It is read from the module\'s own file, so it needs not be given; one that does not fit is an error.' },
    ignore_configcheck: { type: 'bool', default: false, description: 'Of Ansible\'s module. Apache is not asked, so this changes nothing.' },
    warn_mpm_absent: { type: 'bool', default: true, description: 'Warn when no module for processes (`mpm_event` and its like) is left.' },
  },
  returns: { result: 'What is so now.', warnings: 'That no MPM is left.' },
  examples: `
- name: What a proxy needs
  community.general.apache2_module:
    name: "{{ item }}"
  loop: [proxy, proxy_http, headers, http2]
  notify: Reload Apache
`,
  async plan(parameters, context) {
    const modules = await context.facts.apacheModules('')
    if (!modules) return failure('There is no /etc/apache2/mods-available on this host: Apache is not installed, or does not keep its modules as Debian does.', { hint: 'Install the package apache2 first.' })
    const wanted = modules.find(one => one.name === parameters.name)
    if (!wanted) {
      if (parameters.state === 'absent') return unchanged({ result: `Module ${parameters.name} disabled` })
      return failure(`Failed to set module ${parameters.name} to enabled: /etc/apache2/mods-available/${parameters.name}.load does not exist`, {
        hint: didYouMean(parameters.name, modules.map(one => one.name)) ?? 'Install the package that brings the module.',
      })
    }
    const { identifier } = parameters
    if (identifier !== undefined && !wanted.identifiers.includes(identifier))
      return failure(`Failed to set module ${wanted.name}: its identifier is ${wanted.identifiers.join(', ')}, not ${identifier}`)
    return parameters.state === 'present' ? enable(wanted, modules, context) : disable(wanted, modules, parameters)
  },
}

export default module

/** The module with all that it depends on, dependencies first, as far as they are not enabled. */
function missing(module: ApacheModule, modules: readonly ApacheModule[], seen = new Set<string>()): ApacheModule[] {
  if (seen.has(module.name)) return []
  seen.add(module.name)
  const needed = module.depends.flatMap(name => modules.filter(one => one.name === name)).flatMap(one => missing(one, modules, seen))
  return module.enabled ? needed : [...needed, module]
}

async function enable(module: ApacheModule, modules: readonly ApacheModule[], _context: PlanContext): Promise<Plan> {
  const said = { result: `Module ${module.name} enabled` }
  if (module.enabled) return unchanged(said)
  const added = missing(module, modules)
  const conflict = added.flatMap(one => one.conflicts.filter(name => modules.some(other => other.name === name && other.enabled)).map(name => `${one.name} conflicts with ${name}`))
  if (conflict.length > 0) return failure(`Failed to set module ${module.name} to enabled: ${conflict.join('; ')}`, { hint: 'Disable the other one first.' })
  if (/^cgi$/.test(module.name) && modules.some(one => one.enabled && /^mpm_(event|worker)$/.test(one.name)))
    return failure('Your MPM seems to be threaded, so the module cgi cannot be used.', { hint: 'Enable cgid instead.' })
  return changed([changeOf(module, added, modules, true)], said)
}

function disable(module: ApacheModule, modules: readonly ApacheModule[], { force, warn_mpm_absent: warn }: Parameters): Plan {
  const said = { result: `Module ${module.name} disabled` }
  if (!module.enabled) return unchanged(said)
  const dependents = modules.filter(one => one.enabled && one.depends.includes(module.name)).map(one => one.name)
  if (dependents.length > 0) return failure(`Failed to set module ${module.name} to disabled: ${dependents.join(', ')} depend${dependents.length === 1 ? 's' : ''} on it`, { hint: 'Disable what depends on it first.' })
  if (essential.has(module.name) && !force) return failure(`Failed to set module ${module.name} to disabled: it is essential to Debian's configuration`, { hint: 'Set force: true if you mean it.' })
  const left = modules.some(one => one.enabled && one.name !== module.name && one.name.startsWith('mpm_'))
  const warnings = warn && module.name.startsWith('mpm_') && !left ? ['No MPM is enabled now: Apache does not start without one.'] : []
  return changed([changeOf(module, [module], modules, false)], { ...said, ...(warnings.length > 0 && { warnings }) })
}

function changeOf(module: ApacheModule, moved: readonly ApacheModule[], modules: readonly ApacheModule[], enabled: boolean) {
  const links = moved.flatMap(one => [{ kind: 'mods', name: `${one.name}.load` }, ...(one.configured ? [{ kind: 'mods', name: `${one.name}.conf` }] : [])])
  const after = modules.map(one => (moved.some(other => other.name === one.name) ? { ...one, enabled } : one))
  const others = moved.filter(one => one !== module).map(one => one.name)
  const change = linksChange({ kind: 'module', name: module.name }, links, enabled, [{ kind: 'apacheModules', key: '', value: after }])
  return others.length > 0 ? { ...change, note: `with ${others.join(', ')}` } : change
}
