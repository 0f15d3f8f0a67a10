import { Unknown, UnknownReached } from '../core/unknown.ts'
import type { Provision } from '../host/change.ts'
import type { PackagesStep } from '../host/step.ts'
import { readListsAge, updateLists } from './apt-lists.ts'
import { type AptVerb, type OptionParameters, resolving, running } from './apt-options.ts'
import { NotAvailable, selectInstalls, selectRemovals, type Selected } from './apt-selection.ts'
import { Impossible, installation, keeping, readOutput, removal, simulated, unforeseen, type Work } from './apt-work.ts'
import { selectFiles } from './deb-file.ts'
import { failure, type Module, type Plan, type PlanContext } from './module.ts'
import { decode, printed } from './printed.ts'

export interface AptParameters extends OptionParameters {
  readonly package?: readonly string[]
  readonly state: 'present' | 'absent' | 'latest' | 'build-dep' | 'fixed'
  readonly update_cache?: boolean
  readonly update_cache_retries: number
  readonly update_cache_retry_max_delay: number
  readonly cache_valid_time: number
  readonly upgrade: 'no' | 'yes' | 'safe' | 'full' | 'dist'
  readonly deb?: string
  readonly autoclean: boolean
  readonly clean: boolean
  readonly policy_rc_d?: number
  readonly force_apt_get: boolean
}

const module: Module<AptParameters> = {
  name: 'apt',
  collection: 'ansible.builtin',
  summary: 'Install and remove packages of Debian and Ubuntu',
  description: [
    'Before something is installed, upgraded or removed, apt-get is asked what it would do: the plan names the packages that come or go with it, and a task that cannot succeed fails before anything is touched.',
    'What packages change on a host cannot be undone.',
    'A package that is named here and was installed only for the sake of another is marked as wanted, so that `autoremove` leaves it.',
  ],
  parameters: {
    package: { type: 'list', elements: 'str', aliases: ['name', 'pkg'], description: 'Packages, each as `name`, `name=version`, `name=1.2*` or `name>=version`. A shell pattern stands for all names that match it. `*` with `state: latest` upgrades everything.' },
    state: { type: 'str', choices: ['present', 'absent', 'latest', 'build-dep', 'fixed'], default: 'present', description: '`latest` upgrades what is installed. `build-dep` installs what is needed to build the packages. `fixed` repairs broken dependencies first.' },
    update_cache: { type: 'bool', aliases: ['update-cache'], description: 'Read the package lists anew first.' },
    update_cache_retries: { type: 'int', default: 5, description: 'How often that is tried.' },
    update_cache_retry_max_delay: { type: 'int', default: 12, description: 'The longest pause between two tries, in seconds.' },
    cache_valid_time: { type: 'int', default: 0, description: 'Seconds for which lists count as new. Above 0 it asks for `update_cache` too.' },
    purge: { type: 'bool', default: false, description: 'Remove configuration files as well.' },
    deb: { type: 'path', description: 'A .deb file on the host; several are parted by commas.' },
    default_release: { type: 'str', aliases: ['default-release'], description: 'The release to prefer, as with `apt-get -t`.' },
    install_recommends: { type: 'bool', aliases: ['install-recommends'], description: 'Whether recommended packages are installed too. Without it the host\'s configuration decides.' },
    force: { type: 'bool', default: false, description: 'Allow downgrades, the removal of essential packages, and packages that nobody has signed.' },
    upgrade: { type: 'str', choices: ['no', 'yes', 'safe', 'full', 'dist'], default: 'no', description: '`yes` and `safe` upgrade what can be upgraded without removing anything; `full` and `dist` remove packages where they must.' },
    dpkg_options: { type: 'str', default: 'force-confdef,force-confold', description: 'Options for dpkg, without their dashes, parted by commas.' },
    autoremove: { type: 'bool', default: false, description: 'Remove packages that were installed only for others that are gone.' },
    autoclean: { type: 'bool', default: false, description: 'Delete downloaded archives that can no longer be downloaded.' },
    clean: { type: 'bool', default: false, description: 'Delete all downloaded archives first.' },
    fail_on_autoremove: { type: 'bool', default: false, description: 'Fail where something would have to be removed.' },
    policy_rc_d: { type: 'int', description: 'Exit status of /usr/sbin/policy-rc.d while packages are installed: 101 keeps their services from being started.' },
    only_upgrade: { type: 'bool', default: false, description: 'Leave out packages that are not installed.' },
    force_apt_get: { type: 'bool', default: false, description: 'apt-get is always used; this changes nothing.' },
    allow_unauthenticated: { type: 'bool', default: false, aliases: ['allow-unauthenticated'], description: 'Take packages that nobody has signed.' },
    allow_downgrade: { type: 'bool', default: false, aliases: ['allow-downgrade', 'allow_downgrades', 'allow-downgrades'], description: 'Allow an older version than the installed one.' },
    allow_change_held_packages: { type: 'bool', default: false, description: 'Change packages that are on hold.' },
    lock_timeout: { type: 'int', default: 60, description: 'Seconds to wait for another apt to finish.' },
  },
  rules: { mutuallyExclusive: [['deb', 'package', 'upgrade']] },
  returns: {
    cache_updated: 'Whether the package lists were updated.',
    cache_update_time: 'When they were last updated, in seconds since 1970.',
    stdout: 'What apt-get printed.',
    stderr: 'What it printed to its standard error.',
  },
  examples: `
- name: Apache is installed
  ansible.builtin.apt:
    name: apache2
    update_cache: true
    cache_valid_time: 3600

- name: Nothing is left that nobody needs
  ansible.builtin.apt:
    autoremove: true
    purge: true
`,
  async plan(parameters, context) {
    try {
      return await planApt(parameters, context)
    } catch (error) {
      if (error instanceof NotAvailable) return failure(error.message)
      if (error instanceof Impossible) return failure(error.message, { rc: error.output.status, ...printed(error.output.stdout, error.output.stderr) })
      throw error
    }
  },
}

async function planApt(parameters: AptParameters, context: PlanContext): Promise<Plan> {
  const { facts } = context
  const { state, purge, upgrade, deb } = parameters
  const names = (parameters.package ?? []).map(name => name.trim()).filter(name => name !== '' && name !== '*')
  const everything = parameters.package?.includes('*') ?? false
  const upgrading = upgrade !== 'no' ? upgrade : state === 'latest' && everything ? 'yes' : undefined
  if (upgrading !== undefined && names.length > 0) return failure('unable to install additional packages when upgrading all installed packages')
  if (deb !== undefined && state !== 'present') return failure('deb only supports state=present')

  const [platform, age] = await Promise.all([facts.platform(''), readListsAge(facts), ...names.filter(isPlain).map(name => facts.package(name))])
  if (platform.packageManager !== 'apt') return failure(`apt is not this host's package manager${platform.packageManager === null ? '' : ` (${platform.packageManager} is)`}`)

  const step = (verb: PackagesStep['verb'], option: AptVerb, words: readonly string[], more: readonly string[] = []): PackagesStep => ({
    step: 'packages', manager: 'apt', verb, names: words, options: [...more, ...running(parameters, option)],
    ...(Object.keys(context.environment).length > 0 && { environment: context.environment }),
    ...(parameters.policy_rc_d !== undefined && { policyRcD: parameters.policy_rc_d }),
  })
  const due = (parameters.update_cache === true || parameters.cache_valid_time > 0) && !(age.updated + parameters.cache_valid_time >= context.now)
  const work: Work[] = []
  if (parameters.clean) work.push(cleaning(step('clean', 'clean', [])))
  if (due) work.push(updateLists(age, context.now, running(parameters, 'update'), parameters.update_cache_retries, parameters.update_cache_retry_max_delay, context.environment))

  const stale = due ? 'what will be done is decided by the updated lists' : undefined
  const simulate = async (verb: PackagesStep['verb'], option: AptVerb, words: readonly string[], more: readonly string[] = []) => {
    const output = await facts.aptSimulation(JSON.stringify([...more, ...resolving(parameters, option), verb, ...words]))
    return readOutput([verb, ...words].join(' '), output)
  }
  /** All that a simulation names, or the thing itself where the lists are about to change. */
  const extent = async (name: string, verb: PackagesStep['verb'], option: AptVerb, words: readonly string[] = [], more: readonly string[] = []): Promise<void> => {
    const doing = step(verb, option, words, more)
    const found = stale ? unforeseen(name, doing, stale) : simulated(name, await simulate(verb, option, words, more), doing)
    if (found) work.push(found)
  }
  const install = async (selected: readonly Selected[], more: readonly string[] = []): Promise<void> => {
    if (selected.length === 0) return
    const words = selected.map(({ word }) => word)
    const simulation = stale ? undefined : await unlessUnknown(simulate('install', 'install', words, more))
    work.push(installation(selected, simulation, step('install', 'install', words, more), await provisionOf(selected)))
  }

  if (upgrading === 'full' || upgrading === 'dist') await extent('dist-upgrade', 'dist-upgrade', 'upgrade')
  else if (upgrading !== undefined) await extent('upgrade', 'upgrade', 'upgrade', [], ['--with-new-pkgs'])
  else if (deb !== undefined) await install(await selectFiles(deb, parameters.allow_downgrade || parameters.force, facts))
  else if (names.length === 0) {
    if (state === 'fixed') await extent('fix-broken', 'install', 'install', [], ['--fix-broken'])
    if (parameters.autoclean) await extent('autoclean', 'autoclean', 'autoclean')
    if (parameters.autoremove) await extent('autoremove', 'autoremove', 'autoremove')
  } else if (state === 'absent') {
    const selected = await selectRemovals(names, purge, facts)
    const words = selected.map(({ word }) => word)
    if (words.length > 0) work.push(removal(selected, await unlessUnknown(simulate('remove', 'remove', words)), step('remove', 'remove', words), purge))
  } else if (state === 'build-dep') await extent(`build-dep ${names.join(' ')}`, 'build-dep', 'build-dep', names)
  else {
    const wanted = { latest: state === 'latest', onlyUpgrade: parameters.only_upgrade, defaultRelease: parameters.default_release, listsAreStale: due }
    const { selected, automatic } = await selectInstalls(names, wanted, facts)
    await install(selected, state === 'fixed' ? ['--fix-broken'] : [])
    if (automatic.length > 0) work.push(keeping(automatic, await Promise.all(automatic.map(name => facts.package(name)))))
  }

  return {
    changes: work.map(({ change }) => change),
    result: outcomes => {
      const answers = work.map((_, index) => outcomes?.[index]?.answers.find(answer => answer.step === 'packages'))
      const update = work.findIndex(({ change }) => change.subject.kind === 'package lists')
      const spoken = answers.filter((answer, index) => answer !== undefined && index !== update)
      const lists = update < 0 ? undefined : work[update]
      const unknown = new Unknown('apt-get has not run yet')
      return {
        changed: work.some(({ changed }, index) => changed(answers[index])),
        cache_updated: lists !== undefined && lists.changed(answers[update]),
        cache_update_time: lists && !outcomes ? unknown : Math.floor(answers[update]?.updated ?? age.updated),
        ...(spoken.length > 0 && printed(spoken.map(answer => decode(answer!.stdout)).join(''), spoken.map(answer => decode(answer!.stderr)).join(''))),
        ...(work.length > 0 && !outcomes && { stdout: unknown, stdout_lines: unknown, stderr: unknown, stderr_lines: unknown }),
      }
    },
  }
}

/** What is named is done whether or not a simulation can say what comes with it. */
async function unlessUnknown<T>(promise: Promise<T>): Promise<T | undefined> {
  try {
    return await promise
  } catch (error) {
    if (error instanceof UnknownReached) return undefined
    throw error
  }
}

const isPlain = (name: string): boolean => /^[a-z0-9][a-z0-9.+:-]*$/.test(name)

const cleaning = (step: PackagesStep): Work => ({
  change: {
    subject: { kind: 'packages', name: 'clean' }, kind: 'run', observed: {}, desired: {}, steps: [step], undo: null,
    touches: [{ kind: 'file', key: '/var/cache/apt' }], predicts: [],
  },
  changed: () => true,
})

/** What a package brings, for the packages whose content is known. */
async function provisionOf(selected: readonly Selected[]): Promise<Provision | undefined> {
  if (!selected.some(({ name, from }) => name === 'apache2' && from === null)) return undefined
  const { apache2Provision } = await import('./apache2-debian.ts')
  return apache2Provision()
}

export default module
