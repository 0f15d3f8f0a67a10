import { Unknown, UnknownReached } from '../core/unknown.ts'
import type { Provision } from '../host/change.ts'
import type { PackagesStep } from '../host/step.ts'
import { readListsAge, updateLists } from './apt-lists.ts'
import { type AptVerb, type OptionParameters, resolving, running } from './apt-options.ts'
import { selectInstalls, selectRemovals, type Selected } from './apt-selection.ts'
import { installation, keeping, readOutput, removal, simulated, unforeseen, type Work } from './apt-work.ts'
import { selectFiles } from './deb-file.ts'
import { failure, type Plan, type PlanContext } from './module.ts'
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

/**
 * What apt-get has to do, in the order in which Ansible does it.
 *
 * @throws NotAvailable when the lists have no such package
 * @throws Impossible when apt-get would refuse
 */
export async function planApt(parameters: AptParameters, context: PlanContext): Promise<Plan> {
  const { facts } = context
  const { state, purge, upgrade, deb } = parameters
  const names = (parameters.package ?? []).map(name => name.trim()).filter(name => name !== '' && name !== '*')
  const everything = parameters.package?.includes('*') ?? false
  const upgrading = upgrade !== 'no' ? upgrade : state === 'latest' && everything ? 'yes' : undefined
  if (upgrading !== undefined && names.length > 0)
    return failure('unable to install additional packages when upgrading all installed packages')
  if (deb !== undefined && state !== 'present') return failure('deb only supports state=present')

  const [platform, age] = await Promise.all([
    facts.platform(''),
    readListsAge(facts),
    ...names.filter(isPlain).map(name => facts.package(name)),
  ])
  if (platform.packageManager !== 'apt')
    return failure(
      `apt is not this host's package manager${platform.packageManager === null ? '' : ` (${platform.packageManager} is)`}`,
    )

  const step = (
    verb: PackagesStep['verb'],
    option: AptVerb,
    words: readonly string[],
    more: readonly string[] = [],
  ): PackagesStep => ({
    step: 'packages',
    manager: 'apt',
    verb,
    names: words,
    options: [...more, ...running(parameters, option)],
    ...(Object.keys(context.environment).length > 0 && { environment: context.environment }),
    ...(parameters.policy_rc_d !== undefined && { policyRcD: parameters.policy_rc_d }),
  })
  const due =
    (parameters.update_cache === true || parameters.cache_valid_time > 0) &&
    !(age.updated + parameters.cache_valid_time >= context.now)
  const work: Work[] = []
  if (parameters.clean) work.push(cleaning(step('clean', 'clean', [])))
  if (due)
    work.push(
      updateLists(
        age,
        context.now,
        running(parameters, 'update'),
        parameters.update_cache_retries,
        parameters.update_cache_retry_max_delay,
        context.environment,
      ),
    )

  const stale = due ? 'what will be done is decided by the updated lists' : undefined
  const simulate = async (
    verb: PackagesStep['verb'],
    option: AptVerb,
    words: readonly string[],
    more: readonly string[] = [],
  ) => {
    const output = await facts.aptSimulation(JSON.stringify([...more, ...resolving(parameters, option), verb, ...words]))
    return { ...readOutput([verb, ...words].join(' '), output), stdout: output.stdout }
  }
  /** What apt-get says where there is nothing to do for it. */
  let idle: string | undefined
  /** All that a simulation names, or the thing itself where the lists are about to change. */
  const extent = async (
    name: string,
    verb: PackagesStep['verb'],
    option: AptVerb,
    words: readonly string[] = [],
    more: readonly string[] = [],
  ): Promise<void> => {
    const doing = step(verb, option, words, more)
    if (stale) return void work.push(unforeseen(name, doing, stale))
    const simulation = await simulate(verb, option, words, more)
    const found = simulated(name, simulation, doing)
    if (found) work.push(found)
    else idle = simulation.stdout
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
    if (words.length > 0)
      work.push(
        removal(selected, await unlessUnknown(simulate('remove', 'remove', words)), step('remove', 'remove', words), purge),
      )
  } else if (state === 'build-dep') await extent(`build-dep ${names.join(' ')}`, 'build-dep', 'build-dep', names)
  else {
    const wanted = {
      latest: state === 'latest',
      onlyUpgrade: parameters.only_upgrade,
      defaultRelease: parameters.default_release,
      listsAreStale: due,
    }
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
      const said =
        spoken.length > 0 ? printed(spoken.map(answer => decode(answer!.stdout)).join(''), spoken.map(answer => decode(answer!.stderr)).join(''))
        : work.length === 0 && idle !== undefined ? printed(idle, '')
        : undefined
      return {
        changed: work.some(({ changed }, index) => changed(answers[index])),
        cache_updated: lists !== undefined && lists.changed(answers[update]),
        cache_update_time: lists && !outcomes ? unknown : Math.floor(answers[update]?.updated ?? age.updated),
        ...(said && { ...(upgrading !== undefined && { msg: said.stdout }), ...said }),
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
    subject: { kind: 'packages', name: 'clean' },
    kind: 'run',
    observed: {},
    desired: {},
    steps: [step],
    undo: null,
    touches: [{ kind: 'file', key: '/var/cache/apt' }],
    predicts: [],
  },
  changed: () => true,
})

/** What a package brings, for the packages whose content is known. */
async function provisionOf(selected: readonly Selected[]): Promise<Provision | undefined> {
  if (!selected.some(({ name, from }) => name === 'apache2' && from === null)) return undefined
  const { apache2Provision } = await import('./apache2-debian.ts')
  return apache2Provision()
}
