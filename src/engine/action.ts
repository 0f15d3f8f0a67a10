import { ConnectionFailure } from '../connection/connection.ts'
import { isUnknown, Unknown, UnknownReached } from '../core/unknown.ts'
import { OMIT, TemplateText, toPlain, toValue, type Dict, type Raw, type Value } from '../core/value.ts'
import { ProvisionError } from '../core/error.ts'
import { pythonText } from '../core/python-text.ts'
import type { Change } from '../host/change.ts'
import type { Action, Task } from '../language/playbook.ts'
import type { Evaluation } from '../language/template/evaluation.ts'
import { factName } from '../language/variables/facts.ts'
import type { Module, ModuleResult } from '../modules/module.ts'
import { convertParameters } from '../modules/parameters.ts'
import { attempt, type Act, isUnreachable } from './attempt.ts'
import { naming } from './condition.ts'
import { levelsOf } from './context.ts'
import { controllerFiles } from './controller-files.ts'
import { asBoolean, booleanKeyword, environmentOf } from './keyword.ts'
import type { Handler } from './handler.ts'
import type { HostState } from './host-state.ts'
import { notesOf } from './journal.ts'
import { TimedOut, type TaskRun } from './outcome.ts'
import { reach, type Reached } from './reach.ts'
import { runVerb } from './verb/verbs.ts'

export interface Tried {
  readonly result: ModuleResult
  readonly changes: readonly Change[]
  readonly unknown?: string
  readonly delegatedTo?: string
  /** In a dry run: the changes have been made (`check_mode: false`). */
  readonly done?: boolean
}

/**
 * Does what a task says, once: renders its parameters, plans, and makes the changes or foresees them.
 *
 * @param again it has been tried before: what it looks at may have become another since, without our doing
 */
export async function attemptAction(run: TaskRun, evaluation: Evaluation, notified: readonly Handler[], again: boolean): Promise<Tried> {
  const { task, context, world, host } = run
  const { action } = task
  const scouted = again ? undefined : scoutedPlan(run)
  if (scouted) return scouted
  const delegate = delegateOf(task, evaluation)
  const owner = factsOwner(run, evaluation, delegate)
  const delegatedTo = delegate === undefined ? {} : { delegatedTo: delegate }
  if (action.kind === 'verb') return { result: await runVerb(action, run, evaluation, owner), changes: [], ...delegatedTo }
  if (action.kind !== 'module') throw new ProvisionError('internal', `${action.kind} is not run on a host`)
  const prepared = prepareModule(run, evaluation)
  if ('failed' in prepared) return { result: prepared, changes: [] }
  const levels = levelsOf(task, context)
  const { facts, become } = reach(run, evaluation, delegate)
  const timeout = Number(toPlain(evaluation.evaluate((levels.findLast(level => level.timeout !== undefined)?.timeout ?? 0) as Raw)))
  const deadline = timeout > 0 ? timeout * 1000 : world.options.taskDeadline
  const started = performance.now()
  const trying = attempt({
    ...prepared,
    host: facts,
    become,
    dryRun: world.options.checkMode,
    again,
    harmless: world.options.checkMode && changesNothing(run, evaluation),
    taskName: run.name,
    noLog: booleanKeyword(evaluation, levels, 'noLog', false),
    deadline,
    ...notes(run, { facts, become }, notified),
    news: () => world.scouted.news(),
  })
  const tried = await trying.catch((error: unknown) => {
    if (isUnreachable(error)) world.tellUnreachable(delegate ?? host.name)
    if (error instanceof ConnectionFailure && error.kind === 'deadline' && performance.now() - started >= deadline) throw new TimedOut(deadline / 1000, error)
    throw error
  })
  for (const message of prepared.warnings) world.emit({ type: 'warning', message, at: task.at, host: host.name })
  takeFacts(owner, tried.result)
  const { _ansible_verbose_always: _, ...result } = tried.result
  return { ...tried, result, ...delegatedTo, done: world.options.checkMode && !prepared.dry }
}

/** Whether `changed_when` is false whatever the result. */
function changesNothing({ task }: TaskRun, evaluation: Evaluation): boolean {
  if (task.changedWhen === undefined) return false
  try {
    const result = task.register === undefined ? [] : [[task.register, new Unknown(`'${task.register}' is not known yet`)] as const]
    return evaluation.behind(new Map(result)).condition(task.changedWhen) === false
  } catch {
    // Told when the result is judged.
    return false
  }
}

/** What the task would do, if that is known already and still so. Rounds that see what rounds before them have registered are not scouted. */
const scoutedPlan = (run: TaskRun): Tried | undefined => (run.front && run.round === undefined ? undefined : run.world.scouted.find(run))

/** How handlers come into the journal: by the program that makes the change, or ahead of it where that has other rights or another host. */
function notes({ task, journal }: TaskRun, reached: Reached, notified: readonly Handler[]): Pick<Act, 'journal' | 'noteAhead'> {
  // Where changed_when decides, they are written down when it has.
  if (notified.length === 0 || task.changedWhen !== undefined) return { journal: undefined, noteAhead: undefined }
  return journal.isAt(reached) ? { journal: { name: journal.name, notify: notesOf(notified) }, noteAhead: undefined } : { journal: undefined, noteAhead: () => journal.write(notified) }
}

export interface Prepared {
  readonly module: Module<never>
  readonly parameters: never
  readonly dry: boolean
  /** What is odd about the parameters. */
  readonly warnings: readonly string[]
  readonly context: Parameters<typeof attempt>[0]['context']
}

/** Everything that planning a module needs, rendered. @throws UnknownReached, ProvisionError */
export function prepareModule(run: Pick<TaskRun, 'world' | 'host' | 'task' | 'context'>, evaluation: Evaluation): Prepared | ModuleResult & { failed: true } {
  const { task, context, world, host } = run
  const { action } = task
  if (action.kind !== 'module') throw new ProvisionError('internal', 'only modules are prepared')
  const levels = levelsOf(task, context)
  const given = sayingOption(() => parametersOf(run, evaluation, action.module, action))
  const converted = convertParameters(action.module, given)
  if ('problems' in converted) return { failed: true, changed: false, msg: converted.problems.map(problem => problem.message).join('; ') }
  for (const secret of converted.secrets) world.secrets.add(secret)
  const taskCheck = levels.findLast(level => level.checkMode !== undefined) && booleanKeyword(evaluation, levels, 'checkMode', world.options.checkMode)
  return {
    module: action.module,
    parameters: converted.parameters as never,
    dry: taskCheck ?? world.options.checkMode,
    warnings: converted.warnings,
    context: {
      controller: controllerFiles(evaluation),
      checkMode: taskCheck === true,
      environment: environmentOf(evaluation, levels, action.module.name === 'setup'),
      inventoryName: host.name,
      now: Date.now() / 1000,
      verbosity: world.options.verbosity,
      condition: expression => naming(String(expression), () => evaluation.condition(expression as Raw, action.parametersAt)),
      variable: expression => {
        try {
          const value = expression.includes('{{') ? evaluation.evaluate(new TemplateText(expression, action.parametersAt)) : evaluation.expression(expression)
          return toPlain(value)
        } catch (error) {
          if (error instanceof ProvisionError && error.code === 'undefined-variable') return undefined
          throw error
        }
      },
    },
  }
}

/** Ansible's words for parameters that use what is not defined. */
function sayingOption<T>(body: () => T): T {
  try {
    return body()
  } catch (error) {
    if (!(error instanceof ProvisionError) || error.code !== 'undefined-variable') throw error
    throw error.saying(`The task includes an option with an undefined variable. The error was: ${error.message}`)
  }
}

function parametersOf(run: Pick<TaskRun, 'task' | 'context'>, evaluation: Evaluation, module: Module<never>, { parameters: written, freeForm, spread }: Extract<Action, { kind: 'module' }>): Dict {
  const defaults = run.context.levels.concat(run.task.keywords).flatMap(level => (level.moduleDefaults ? [level.moduleDefaults] : []))
  const given: Dict = new Map()
  for (const level of defaults)
    for (const [name, members] of level) {
      if (name !== module.name && name !== `${module.collection}.${module.name}`) continue
      const value = evaluation.evaluate(members)
      if (value instanceof Map) for (const [key, member] of value) given.set(key, member)
    }
  spreadInto(given, spread, evaluation)
  const expressions = new Set(Object.entries(module.parameters).filter(([, spec]) => spec.expression).flatMap(([name, spec]) => [name, ...(spec.aliases ?? [])]))
  const rest: Raw = written instanceof Map ? new Map([...written].filter(([name]) => !expressions.has(String(name)))) : written
  const value = evaluation.evaluate(rest)
  if (isUnknown(value)) throw new UnknownReached(value)
  if (value instanceof Map) for (const [key, member] of value) given.set(key, member)
  else if (value !== null) throw new ProvisionError('module-parameters', `the parameters of ${module.name} must be a dictionary`)
  if (written instanceof Map) for (const [name, member] of written) if (expressions.has(String(name))) given.set(name, unrendered(member))
  if (freeForm !== undefined && module.freeForm) given.set(module.freeForm, expressions.has(module.freeForm) ? unrendered(freeForm) : evaluation.evaluate(freeForm))
  for (const [key, member] of given) {
    if (member === OMIT) given.delete(key)
    const unknown = findUnknown(member)
    if (unknown && module.name !== 'debug') throw new UnknownReached(unknown)
  }
  return evaluation.dropOmitted(given) as Dict
}

/** `args: "{{ … }}"`: a dictionary that only the run can tell; what stands beside it wins. */
export function spreadInto(given: Dict, spread: TemplateText | undefined, evaluation: Evaluation): void {
  if (!spread) return
  const value = evaluation.evaluate(spread)
  if (isUnknown(value)) throw new UnknownReached(value)
  if (!(value instanceof Map)) throw new ProvisionError('module-parameters', 'args must be a dictionary', { at: spread.at })
  for (const [key, member] of value) given.set(key, member)
}

/** An expression as it was written. */
const unrendered = (raw: Raw): Value => (raw instanceof TemplateText ? raw.text : Array.isArray(raw) ? raw.map(unrendered) : (raw as Value))

function findUnknown(value: Value): Unknown | undefined {
  if (value instanceof Unknown) return value
  const members = Array.isArray(value) ? value : value instanceof Map ? [...value.values()] : []
  for (const member of members) {
    const unknown = findUnknown(member)
    if (unknown) return unknown
  }
  return undefined
}

export function delegateOf(task: Task, evaluation: Evaluation): string | undefined {
  if (task.delegateTo === undefined) return undefined
  const value = evaluation.evaluate(task.delegateTo)
  if (isUnknown(value)) throw new UnknownReached(value)
  return value === OMIT || value === null || value === '' ? undefined : pythonText(value)
}

/** Whose facts a task makes known: its host's, or with `delegate_facts` those of the host that it is delegated to. */
function factsOwner({ task, host, world }: TaskRun, evaluation: Evaluation, delegate: string | undefined): HostState {
  const delegated = delegate !== undefined && task.delegateFacts !== undefined && asBoolean(evaluation.evaluate(task.delegateFacts)) === true
  return delegated ? world.host(delegate) : host
}

function takeFacts(owner: HostState, { ansible_facts: facts, failed }: ModuleResult): void {
  if (!facts || isUnknown(facts) || failed) return
  for (const [name, value] of Object.entries(facts)) owner.facts.set(factName(name), toValue(value))
}
