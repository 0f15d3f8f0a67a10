import { Unknown } from '../core/unknown.ts'
import type { ExecAnswer } from '../host/change.ts'
import type { ExecStep } from '../host/step.ts'
import { globExists } from './glob.ts'
import { hostPath } from './host-path.ts'
import { failure, type ModuleResult, type ParameterSpecs, type Plan, type PlanContext, unchanged } from './module.ts'
import { decode, printed } from './printed.ts'
import { formatDuration, formatMoment } from './python-time.ts'

/** The parameters that `command` and `shell` share. */
export interface RunParameters {
  readonly chdir?: string
  readonly creates?: string
  readonly removes?: string
  readonly stdin?: string
  readonly stdin_add_newline: boolean
  readonly strip_empty_ends: boolean
}

export const runParameters = {
  chdir: { type: 'path', description: 'Directory to change to first.' },
  creates: { type: 'path', description: 'A path, or a shell pattern. Where something matches it, the command is not run.' },
  removes: { type: 'path', description: 'A path, or a shell pattern. Where nothing matches it, the command is not run.' },
  stdin: { type: 'str', description: 'What the command reads on its standard input.' },
  stdin_add_newline: { type: 'bool', default: true, description: 'Whether a newline is put behind `stdin`.' },
  strip_empty_ends: { type: 'bool', default: true, description: 'Whether newlines at the end of the output are taken away.' },
} satisfies ParameterSpecs

export const runReturns = {
  cmd: 'What was run: a list of words, or the text given to the shell.',
  rc: 'Exit status of the command.',
  stdout: 'What it printed.',
  stdout_lines: 'The same, line by line.',
  stderr: 'What it printed to its standard error.',
  stderr_lines: 'The same, line by line.',
  start: 'When it began, in UTC.',
  end: 'When it ended, in UTC.',
  delta: 'How long it took.',
}

export interface Command {
  /** What the result calls it. */
  readonly cmd: string | readonly string[]
  readonly argv: readonly string[]
  readonly expand?: boolean
}

/** Runs a command unless `creates` or `removes` say that there is no need. */
export async function planCommand(command: Command, parameters: RunParameters, context: PlanContext): Promise<Plan> {
  const { facts } = context
  const blank: ModuleResult = { changed: false, cmd: command.cmd, rc: 0, ...printed('', ''), start: null, end: null, delta: null }
  const directory = parameters.chdir === undefined ? undefined : await hostPath(parameters.chdir, facts)
  const matches = async (pattern: string) => globExists(await hostPath(pattern, facts, directory), facts)
  const [place, created, removable] = await Promise.all([
    directory === undefined ? undefined : facts.followed(directory),
    parameters.creates === undefined ? false : matches(parameters.creates),
    parameters.removes === undefined ? true : matches(parameters.removes),
  ])

  if (place && place.type !== 'directory')
    return failure(
      `Unable to change directory before execution: [Errno ${place.type === 'absent' ? '2] No such file or directory' : '20] Not a directory'}: '${directory}'`,
      {
        ...blank,
        rc: null,
      },
    )
  const verb = context.checkMode ? 'Would' : 'Did'
  const skip = (path: string | undefined, is: string) =>
    unchanged({ ...blank, ...printed(`skipped, since ${path} ${is}`, ''), msg: `${verb} not run command since '${path}' ${is}` })
  if (created) return skip(parameters.creates, 'exists')
  if (!removable) return skip(parameters.removes, 'does not exist')

  const conditional = parameters.creates !== undefined || parameters.removes !== undefined
  if (context.checkMode && !conditional)
    return unchanged({ ...blank, skipped: true, msg: 'Command would have run if not in check mode' })

  const stdin = parameters.stdin === undefined ? undefined : parameters.stdin + (parameters.stdin_add_newline ? '\n' : '')
  const step: ExecStep = {
    step: 'exec',
    argv: command.argv,
    anyStatus: true,
    ...(directory !== undefined && { chdir: directory }),
    ...(stdin !== undefined && { stdin }),
    ...(command.expand && { expand: true }),
    ...(Object.keys(context.environment).length > 0 && { environment: context.environment }),
  }
  const name = typeof command.cmd === 'string' ? command.cmd : command.cmd.join(' ')
  return {
    changes: [
      {
        subject: { kind: 'command', name },
        kind: 'run',
        observed: {},
        desired: {},
        steps: [step],
        undo: null,
        touches: 'everything',
        predicts: [],
      },
    ],
    result: outcomes => {
      const answer = outcomes?.[0]?.answers[0]
      if (answer?.step === 'exec') return outcome(command, answer, parameters.strip_empty_ends)
      if (context.checkMode) return { ...blank, changed: true, msg: 'Command would have run if not in check mode' }
      return { ...unknownResult(name), changed: true, cmd: command.cmd }
    },
  }
}

function outcome(command: Command, answer: ExecAnswer, strip: boolean): ModuleResult {
  if (answer.notStarted) return notStarted(command, answer.notStarted)
  const text = (bytes: Uint8Array) => (strip ? decode(bytes).replace(/[\r\n]+$/, '') : decode(bytes))
  return {
    changed: true,
    cmd: command.cmd,
    rc: answer.status,
    ...printed(text(answer.stdout), text(answer.stderr)),
    start: formatMoment(answer.start),
    end: formatMoment(answer.end),
    delta: formatDuration(answer.end - answer.start),
    msg: '',
    ...(answer.status !== 0 && { failed: true, msg: 'non-zero return code' }),
  }
}

/** As Python words what the operating system said, with its number as the status. */
function notStarted(command: Command, why: NonNullable<ExecAnswer['notStarted']>): ModuleResult {
  const [rc, reason] = why.endsWith('-missing') ? [2, 'No such file or directory'] : [13, 'Permission denied']
  const cmd = typeof command.cmd === 'string' ? command.cmd : command.cmd.join(' ')
  if (why.startsWith('directory'))
    return {
      failed: true,
      changed: false,
      cmd,
      rc: null,
      ...printed('', ''),
      msg: `Unable to change directory before execution: ${reason}`,
    }
  return { failed: true, changed: false, cmd, rc, ...printed('', ''), msg: `[Errno ${rc}] ${reason}: '${command.argv[0]}'` }
}

function unknownResult(name: string): ModuleResult {
  const unknown = new Unknown(`'${name}' has not run yet`)
  const members = ['rc', 'stdout', 'stdout_lines', 'stderr', 'stderr_lines', 'start', 'end', 'delta', 'msg']
  return Object.fromEntries(members.map(member => [member, unknown]))
}
