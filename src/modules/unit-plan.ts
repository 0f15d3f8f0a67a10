import { Unknown } from '../core/unknown.ts'
import type { Change } from '../host/change.ts'
import type { FactKey, UnitState } from '../host/fact.ts'
import type { Step, UnitVerb } from '../host/step.ts'
import { apacheReadiness, isApache } from './apache-reload.ts'
import { failure, type ModuleResult, type Plan, type PlanContext } from './module.ts'
import { isEnabled, isRunning, observeUnit, unitName } from './unit-state.ts'

/** What `service` and `systemd` are asked for. */
export interface UnitWish {
  /** As the user wrote it: `apache2`. Absent: only systemd itself is spoken to. */
  readonly name?: string
  readonly state?: 'started' | 'stopped' | 'restarted' | 'reloaded'
  readonly enabled?: boolean
  readonly masked?: boolean
  readonly daemonReload?: boolean
  readonly daemonReexec?: boolean
  readonly noBlock?: boolean
  readonly force?: boolean
}

/**
 * Brings a unit into a state. Results and texts of failures are those of Ansible's `systemd` module; but what a static
 * unit is at boot is left alone instead of being "disabled" on every run.
 */
export async function planUnit(wish: UnitWish, context: PlanContext): Promise<Plan> {
  const { facts } = context
  const { name } = wish
  const unit = name === undefined ? undefined : unitName(name)
  const [platform, observed] = await Promise.all([
    facts.platform(''),
    unit === undefined ? undefined : observeUnit(unit, facts),
    // Asked for now, so that the answer comes along with the others.
    unit !== undefined &&
      isApache(unit) &&
      (wish.state === 'reloaded' || wish.state === 'restarted') &&
      Promise.allSettled([facts.apacheCheck('now'), facts.apacheCheck('start')]),
  ])
  if (platform.serviceManager !== 'systemd')
    return failure(
      `systemd does not run on this host; ${platform.serviceManager === 'openrc' ? 'OpenRC is' : 'other service managers are'} not supported`,
    )

  const itself = [
    ...(wish.daemonReload ? [speakToSystemd('daemon-reload')] : []),
    ...(wish.daemonReexec ? [speakToSystemd('daemon-reexec')] : []),
  ]
  if (unit === undefined || observed === undefined)
    return { changes: itself, result: () => ({ changed: false, name: null, status: {} }) }

  const missing = !observed.exists && (wish.enabled !== undefined || wish.state !== undefined)
  if (missing) return failure(`Could not find the requested service ${name}: host`, { name, status: observed.properties })
  const { LoadState: loaded, LoadError = '' } = observed.properties
  const why = /"(.*)"/.exec(LoadError)?.[1] ?? (LoadError || loaded)
  if ((loaded === 'error' || loaded === 'bad-setting') && !wish.daemonReload)
    return failure(`Error loading unit file '${unit}': ${why}`, { name, status: observed.properties })

  const action = actionFor(wish.state, observed)
  let note: string | undefined
  if (isApache(unit) && action !== undefined && action !== 'stop') {
    const readiness = await apacheReadiness(
      facts,
      action === 'start' ? 'started' : action === 'reload' ? 'reloaded' : 'restarted',
    )
    if (readiness.ready === false) return failure(readiness.msg, { name, status: observed.properties })
    if (readiness.ready === 'unknown') note = readiness.note
  }

  const { change, after, warnings } = settle(unit, wish, observed, action === 'start' || action === 'stop' ? action : undefined)
  const again = action === 'restart' || action === 'reload' ? bounce(unit, wish, after, action) : undefined
  const made = [change, again].filter(change => change !== undefined)
  const last = made.at(-1)
  if (note !== undefined && last) made[made.length - 1] = { ...last, note }

  const result: ModuleResult = {
    changed: made.length > 0,
    name,
    status: observed.properties,
    ...(wish.enabled !== undefined && { enabled: isEnabled(after.enabled) }),
    ...(wish.state !== undefined && { state: wish.state === 'stopped' ? 'stopped' : 'started' }),
    ...(warnings.length > 0 && { warnings }),
  }
  return { changes: [...itself, ...made], result: () => result }
}

type Action = 'start' | 'stop' | 'restart' | 'reload'

/** A unit that does not run is started, also where a restart or a reload was asked for. */
function actionFor(state: UnitWish['state'], observed: UnitState): Action | undefined {
  const running = isRunning(observed)
  if (state === 'started') return running ? undefined : 'start'
  if (state === 'stopped') return running || observed.active === 'deactivating' ? 'stop' : undefined
  if (state === undefined) return undefined
  return !running ? 'start' : state === 'restarted' ? 'restart' : 'reload'
}

interface Settled {
  readonly change: Change | undefined
  /** The unit as it will be. */
  readonly after: UnitState
  readonly warnings: readonly string[]
}

/** All that the unit is to be, as one change: masked, enabled, running. */
function settle(unit: string, wish: UnitWish, before: UnitState, action: 'start' | 'stop' | undefined): Settled {
  const steps: Step[] = []
  const undo: Step[] = []
  const observed: Record<string, string> = {}
  const desired: Record<string, string> = {}
  const warnings: string[] = []
  let { active, enabled } = before
  // An alias comes and goes with what it stands for, so the real name is used.
  const real = before.properties.Id || unit
  const speak = (verb: UnitVerb, back: UnitVerb, target = real): void => {
    steps.push(stepOn(target, verb, wish))
    undo.unshift(stepOn(target, back, {}))
  }

  const masked = enabled === 'masked' || before.properties.LoadState === 'masked'
  if (wish.masked !== undefined && wish.masked !== masked) {
    speak(wish.masked ? 'mask' : 'unmask', wish.masked ? 'unmask' : 'mask', unit)
    observed.masked = masked ? 'yes' : 'no'
    desired.masked = wish.masked ? 'yes' : 'no'
    enabled = wish.masked ? 'masked' : ''
  }
  if (wish.enabled === false && enabled === 'static') {
    warnings.push(`${unit} is static: nothing starts it at boot by itself, and there is nothing to disable`)
  } else if (wish.enabled !== undefined && (isEnabled(enabled) !== wish.enabled || (enabled === '' && masked))) {
    speak(wish.enabled ? 'enable' : 'disable', wish.enabled ? 'disable' : 'enable')
    observed.enabled = before.enabled || 'disabled'
    desired.enabled = enabled = wish.enabled ? 'enabled' : 'disabled'
  }
  if (action !== undefined) {
    speak(action, action === 'start' ? 'stop' : 'start')
    observed.active = before.active
    desired.active = active = action === 'start' ? 'active' : 'inactive'
  }

  const after: UnitState = {
    exists: true,
    active,
    enabled,
    properties: { ...(desired.masked === undefined && lasting(before)), Id: real, ActiveState: active },
  }
  if (steps.length === 0) return { change: undefined, after: before, warnings }
  const vague =
    before.enabled === 'indirect' ||
    before.enabled === 'generated' ||
    enabled === '' ||
    (action === 'start' && isPassing(before)) ||
    (action !== undefined && wish.noBlock)
  const unknown = new Unknown(`what ${unit} will be is systemd's to say`)
  const names = unitNames(unit, before)
  const renamed = desired.enabled !== undefined || desired.masked !== undefined
  return {
    change: {
      subject: { kind: 'unit', name: unit },
      kind: 'update',
      observed,
      desired,
      steps,
      undo,
      touches: names,
      predicts: names.map(({ key }) => ({ kind: 'unit', key, value: vague || (renamed && key !== real) ? unknown : after })),
    },
    after,
    warnings,
  }
}

/** Properties that stay as they are whatever is done to the unit: the others are systemd's to say. */
const lasting = ({ properties }: UnitState): Record<string, string> =>
  Object.fromEntries(
    ['Type', 'RemainAfterExit'].flatMap(name => (properties[name] === undefined ? [] : [[name, properties[name]]])),
  )

/** A oneshot unit is over when it has been started. */
const isPassing = ({ properties }: UnitState): boolean => properties.Type === 'oneshot' && properties.RemainAfterExit !== 'yes'

/** A restart or a reload. When a run is rolled back it is done again, after the files are as they were. */
function bounce(unit: string, wish: UnitWish, after: UnitState, verb: 'restart' | 'reload'): Change {
  const names = unitNames(unit, after)
  const foreseen =
    wish.noBlock || isPassing(after)
      ? new Unknown(`what ${unit} will be is systemd's to say`)
      : { ...after, active: 'active', properties: { ...lasting(after), Id: after.properties.Id || unit, ActiveState: 'active' } }
  return {
    subject: { kind: 'unit', name: unit },
    kind: 'run',
    observed: {},
    desired: { state: `${verb}ed` },
    steps: [stepOn(after.properties.Id || unit, verb, wish)],
    undo: [stepOn(after.properties.Id || unit, verb, {})],
    touches: names,
    predicts: names.map(({ key }) => ({ kind: 'unit', key, value: foreseen })),
  }
}

/** All names by which the unit may have been read. */
const unitNames = (unit: string, { properties }: UnitState): FactKey<'unit'>[] =>
  [...new Set([unit, ...(properties.Names ?? '').split(' ').filter(Boolean)])].map(key => ({ kind: 'unit', key }))

const stepOn = (unit: string, verb: UnitVerb, wish: UnitWish): Step => ({
  step: 'unit',
  unit,
  verb,
  ...(wish.noBlock && ['start', 'stop', 'restart', 'reload'].includes(verb) && { noBlock: true }),
  ...(wish.force && ['enable', 'disable', 'mask', 'unmask'].includes(verb) && { force: true }),
})

const speakToSystemd = (verb: 'daemon-reload' | 'daemon-reexec'): Change => ({
  subject: { kind: 'systemd', name: verb },
  kind: 'run',
  observed: {},
  desired: {},
  steps: [{ step: 'unit', unit: '', verb }],
  undo: null,
  touches: [],
  predicts: [],
  incidental: true,
})
