import { didYouMean } from '../core/nearest.ts'
import type { Module, ModuleDocument } from './module.ts'
import { verbs } from './verbs.ts'

type Load = () => Promise<{ readonly default: Module<never> }>

/** Every module by its full name and those of its aliases. A module is loaded when a playbook uses it. */
const modules: { readonly [fullName: string]: Load } = {
  'ansible.builtin.apt': () => import('./apt.ts'),
  'ansible.builtin.assert': () => import('./assert.ts'),
  'ansible.builtin.command': () => import('./command.ts'),
  'ansible.builtin.copy': () => import('./copy.ts'),
  'ansible.builtin.debug': () => import('./debug.ts'),
  'ansible.builtin.fail': () => import('./fail.ts'),
  'ansible.builtin.file': () => import('./file.ts'),
  'ansible.builtin.group': () => import('./group.ts'),
  'ansible.builtin.lineinfile': () => import('./lineinfile.ts'),
  'ansible.builtin.package': () => import('./package.ts'),
  'ansible.builtin.ping': () => import('./ping.ts'),
  'ansible.builtin.service': () => import('./service.ts'),
  'ansible.builtin.setup': () => import('./setup.ts'),
  'ansible.builtin.shell': () => import('./shell.ts'),
  'ansible.builtin.slurp': () => import('./slurp.ts'),
  'ansible.builtin.stat': () => import('./stat.ts'),
  'ansible.builtin.systemd': () => import('./systemd.ts'),
  'ansible.builtin.systemd_service': () => import('./systemd.ts'),
  'ansible.builtin.template': () => import('./template.ts'),
  'ansible.builtin.uri': () => import('./uri.ts'),
  'ansible.builtin.user': () => import('./user.ts'),
  'ansible.builtin.wait_for': () => import('./wait_for.ts'),
  'community.general.apache2_module': () => import('./apache2_module.ts'),
  'matrix.provision.matrix_well_known': () => import('./matrix_well_known.ts'),
  'matrix.provision.matrix_federation': () => import('./matrix_federation.ts'),
  'matrix.provision.apache2_site': () => import('./apache2_site.ts'),
}

/** Modules of ansible-core that this program does not have, so that a user is told so and not offered another name. */
const notHere = new Set(
  `apt apt_key apt_repository assemble async_status blockinfile copy cron deb822_repository debconf dnf dnf5 dpkg_selections expect fetch file
  find gather_facts get_url getent git group hostname iptables known_hosts lineinfile mount_facts package package_facts pause pip raw reboot
  replace rpm_key script service_facts set_stats setup slurp stat subversion sysvinit tempfile template unarchive uri user
  validate_argument_spec wait_for wait_for_connection yum yum_repository`.split(/\s+/),
)

const fullNames = new Map<string, string>()
for (const fullName of Object.keys(modules)) fullNames.set(fullName, fullName).set(shortOf(fullName), fullName)

/**
 * The full name of a module, given short (`copy`), full (`ansible.builtin.copy`) or as `ansible.legacy.copy`.
 *
 * @returns undefined where there is no such module
 */
export const fullNameOf = (name: string): string | undefined => fullNames.get(name.replace(/^ansible\.legacy\./, 'ansible.builtin.'))

/** @param fullName as `fullNameOf` gives it */
export async function loadModule(fullName: string): Promise<Module<never>> {
  return (await modules[fullName]!()).default
}

/** What is known of a module or a verb of the engine, by any of its names. */
export async function documentOf(name: string): Promise<ModuleDocument | undefined> {
  const fullName = fullNameOf(name)
  if (fullName !== undefined) return loadModule(fullName)
  const verb = name.replace(/^ansible\.(legacy|builtin)\./, '')
  return Object.hasOwn(verbs, verb) ? verbs[verb as keyof typeof verbs] : undefined
}

/** The same of all of them: each once, in the order of the alphabet. */
export async function allDocuments(): Promise<readonly ModuleDocument[]> {
  const modules = new Set<ModuleDocument>(await Promise.all(moduleNames.map(loadModule)))
  return [...modules, ...Object.values(verbs)].sort((one, other) => (one.name < other.name ? -1 : 1))
}

/** Full names of all modules, aliases included, in the order of the alphabet. */
export const moduleNames: readonly string[] = Object.keys(modules).sort()

/** Whether Ansible itself has a module of this name and this program does not. */
export const isMissingHere = (name: string): boolean =>
  fullNameOf(name) === undefined && notHere.has(name.replace(/^ansible\.(legacy|builtin)\./, ''))

/** The modules that a mistyped name may have meant, as a question: full names for a full name. */
export function nearestModules(name: string, others: Iterable<string> = []): string | undefined {
  const full = name.includes('.')
  return didYouMean(shortOf(name), [...moduleNames.map(shortOf), ...others], near => (full ? (fullNameOf(near) ?? `ansible.builtin.${near}`) : near))
}

function shortOf(fullName: string): string {
  return fullName.slice(fullName.lastIndexOf('.') + 1)
}
