import { didYouMean } from '../core/nearest.ts'
import type { Change, Outcome } from '../host/change.ts'
import type { ApacheModule, ApacheModuleFile } from '../host/fact.ts'
import { disabling, type Enabled, enabling } from './apache2-enabling.ts'
import { failure, type Module, type ModuleResult, type Plan, type PlanContext, unchanged } from './module.ts'
import { asOne } from './one-change.ts'
import { orRefusal, refuse } from './refusal.ts'

interface Parameters {
  readonly name: string
  readonly state: 'present' | 'absent'
  readonly force: boolean
  readonly identifier?: string
  readonly ignore_configcheck: boolean
  readonly warn_mpm_absent: boolean
}

const module: Module<Parameters> = {
  name: 'apache2_module',
  collection: 'community.general',
  summary: 'Enables or disables a module of Apache',
  description: [
    'What `a2enmod` and `a2dismod` do on hosts with Debian\'s layout: links from mods-enabled to mods-available, for all modules that it depends on too, and marks in /var/lib/apache2.',
    'Apache itself is neither asked nor restarted, so one that does not run, or whose configuration is broken, is no obstacle. Notify a handler that reloads it.',
  ],
  parameters: {
    name: { type: 'str', required: true, description: 'The module, as a2enmod takes it: `proxy_http`.' },
    state: { type: 'str', choices: ['present', 'absent'], default: 'present', description: 'Whether it is enabled.' },
    force: { type: 'bool', default: false, description: 'Disable also what Debian counts as essential, and what depends on the module.' },
    identifier: { type: 'str', description: 'The name under which Apache lists it, such as `dumpio_module`. Needed only where it cannot be guessed from the name.' },
    ignore_configcheck: { type: 'bool', default: false, description: 'Go on although no module for processes (`mpm_event` and its like) is enabled, with which Apache does not start.' },
    warn_mpm_absent: { type: 'bool', default: true, description: 'With `ignore_configcheck`: warn when no such module is enabled.' },
  },
  returns: { result: 'What is so now: `Module proxy enabled`.', warnings: 'That no module for processes is enabled.' },
  examples: `
- name: What a proxy needs
  community.general.apache2_module:
    name: "{{ item }}"
  loop: [proxy, proxy_http, headers, http2]
  notify: Reload Apache
`,
  plan: (parameters, context) => orRefusal(planModule(parameters, context)),
}

export default module

/** Those that a2dismod asks about twice. */
const essential: ReadonlySet<string> = new Set(
  'alias auth_basic authn_file authz_host authz_user autoindex deflate dir env filter logio mime negotiation setenvif unixd version watchdog'.split(' '),
)

/** Those that are no files in Debian's Apache. */
const builtIn: ReadonlySet<string> = new Set('core http log_config logio so unixd version watchdog'.split(' '))

async function planModule(parameters: Parameters, context: PlanContext): Promise<Plan> {
  const { name, state, ignore_configcheck } = parameters
  const modules = await context.facts.apacheModules('')
  if (!modules)
    refuse('There is no /etc/apache2/mods-available on this host: Apache is not installed, or does not keep its modules as Debian does.', { hint: 'Install the package apache2 first.' })
  const verb = state === 'present' ? 'enabled' : 'disabled'
  const wanted = modules.find(each => each.name === name)
  const repairs = state === 'present' && isMpm(name)
  if (!ignore_configcheck && !repairs && lacksMpm(modules)) return failure(noMpm, { hint: mpmHint })
  if (builtIn.has(name) && !wanted) {
    if (state === 'present') return unchanged({ result: `Module ${name} enabled` })
    refuse(`Failed to set module ${name} to disabled: it is built into Apache`)
  }
  if (!wanted && state === 'present')
    refuse(`Failed to set module ${name} to enabled: /etc/apache2/mods-available/${name}.load does not exist`, {
      hint: didYouMean(name, modules.map(each => each.name)) ?? 'Install the package that brings the module.',
    })
  const change = wanted && wanted.enabled !== (state === 'present') ? await changeOf(wanted, modules, parameters, context) : undefined
  const after = change ? foretold(change) : modules
  const warnings = [modules, ...(change ? [after] : [])].filter(each => lacksMpm(each) && ignore_configcheck && isMpm(name) && parameters.warn_mpm_absent).map(() => mpmWarning)
  const said = { result: `Module ${name} ${verb}`, ...(warnings.length > 0 && { warnings }) }
  const result = (outcomes: readonly Outcome[] | undefined): ModuleResult =>
    change && outcomes && lacksMpm(after) && !ignore_configcheck ? { failed: true, changed: true, msg: noMpm, hint: mpmHint } : { changed: change !== undefined, ...said }
  return { changes: change ? [change] : [], result }
}

const isMpm = (name: string) => name.includes('mpm_')

/** On a host that has such modules, none is enabled. Elsewhere one is built in. */
const lacksMpm = (modules: readonly ApacheModule[]) => modules.some(({ name }) => isMpm(name)) && !modules.some(({ name, enabled }) => isMpm(name) && enabled)

const noMpm = 'Error executing apache2ctl: AH00534: No MPM is loaded'
const mpmHint = 'Apache does not start without one of mpm_event, mpm_worker and mpm_prefork. Enable one, or set ignore_configcheck: true where a later task does.'
const mpmWarning = 'No MPM module loaded! apache2 reload AND other module actions will fail if no MPM module is loaded immediately.'

/** A module with what its file says. */
type Known = ApacheModule & ApacheModuleFile

async function changeOf(wanted: ApacheModule, modules: readonly ApacheModule[], parameters: Parameters, context: PlanContext): Promise<Change> {
  const { name } = wanted
  const enabled = parameters.state === 'present'
  const known = withFiles(modules, (await context.facts.apacheModuleFiles('')) ?? [])
  const itself = known.find(each => each.name === name)!
  checkIdentifier(itself, parameters)
  const moved = enabled ? toEnable(itself, known) : toDisable(itself, known, parameters.force)
  const things = moved.map((each): Enabled => ({ kind: 'mods', name: each.name, files: [`${each.name}.load`, ...(each.configured ? [`${each.name}.conf`] : [])] }))
  const changes = await (enabled ? enabling : disabling)(things, context)
  const names = new Set(moved.map(each => each.name))
  const after = modules.map(each => (names.has(each.name) ? { ...each, enabled } : each))
  const others = moved.filter(each => each !== itself).map(each => each.name)
  const what = { subject: { kind: 'module', name }, kind: enabled ? 'create' : 'delete', observed: { enabled: !enabled }, desired: { enabled } } as const
  return asOne({ ...what, ...(others.length > 0 && { note: `with ${others.join(', ')}` }) }, changes, {
    touches: [{ kind: 'apacheModules', key: '' }],
    predicts: [{ kind: 'apacheModules', key: '', value: after }],
  })
}

function withFiles(modules: readonly ApacheModule[], files: readonly ApacheModuleFile[]): readonly Known[] {
  const said = new Map(files.map(file => [file.name, file]))
  return modules.map(module => ({ depends: [], conflicts: [], identifiers: [], ...said.get(module.name), ...module }))
}

const foretold = (change: Change): readonly ApacheModule[] => change.predicts.find(({ kind }) => kind === 'apacheModules')?.value as readonly ApacheModule[]

/** Ansible judges by the identifier whether it has worked (plugins/modules/apache2_module.py, `create_apache_identifier`). */
function checkIdentifier({ name, identifiers }: Known, { state, identifier = guessed(name) }: Parameters): void {
  if (identifiers.length === 0 || identifiers.some(each => each.startsWith(identifier))) return
  refuse(`Failed to set module ${name} to ${state === 'present' ? 'enabled' : 'disabled'}: its identifier is ${identifiers.join(', ')} and not ${identifier}`, {
    hint: `Set identifier: ${identifiers[0]}`,
  })
}

function guessed(name: string): string {
  if (name.includes('shib')) return 'mod_shib'
  if (name.includes('evasive')) return 'evasive20_module'
  if (/^php8/.test(name)) return 'php_module'
  return `${/^php\d/.exec(name)?.[0] ?? name}_module`
}

/** The module with all that it depends on and that is not enabled, dependencies first. */
function toEnable(wanted: Known, modules: readonly Known[]): readonly Known[] {
  const { name } = wanted
  if (name === 'cgi' && modules.some(each => each.enabled && /^mpm_(event|worker)$/.test(each.name)))
    refuse('Your MPM seems to be threaded, so the module cgi cannot be used.', { hint: 'Enable cgid instead.' })
  const found = new Set<Known>()
  const visit = (each: Known, path: readonly string[]): void => {
    if (path.includes(each.name)) return
    for (const needed of each.depends) {
      const module = modules.find(other => other.name === needed)
      if (!module) refuse(`Failed to set module ${name} to enabled: it needs ${needed}, which is not there`, { hint: 'Install the package that brings it.' })
      visit(module, [...path, each.name])
    }
    if (!each.enabled) found.add(each)
  }
  visit(wanted, [])
  const moved = [...found]
  const conflicts = moved.flatMap(each => each.conflicts.filter(other => modules.some(one => one.name === other && (one.enabled || found.has(one)))).map(other => `${each.name} conflicts with ${other}`))
  if (conflicts.length > 0) refuse(`Failed to set module ${name} to enabled: ${conflicts.join('; ')}`, { hint: 'Disable the other one first.' })
  return moved
}

/** The module, and with `force` all that depends on it, those first. */
function toDisable(wanted: Known, modules: readonly Known[], force: boolean): readonly Known[] {
  const { name } = wanted
  const found = new Set<Known>()
  const visit = (each: Known, path: readonly string[]): void => {
    if (path.includes(each.name)) return
    for (const other of modules) if (other.enabled && other.depends.includes(each.name)) visit(other, [...path, each.name])
    found.add(each)
  }
  visit(wanted, [])
  const dependents = [...found].filter(each => each !== wanted).map(each => each.name)
  if (dependents.length > 0 && !force)
    refuse(`Failed to set module ${name} to disabled: ${dependents.join(', ')} depend${dependents.length === 1 ? 's' : ''} on it`, { hint: 'Disable what depends on it first, or set force: true.' })
  if (essential.has(name) && !force) refuse(`Failed to set module ${name} to disabled: Debian counts it as essential`, { hint: 'Set force: true if you mean it.' })
  return [...found]
}
