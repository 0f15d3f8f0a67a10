import type { Listener } from '../core/event.ts'
import type { ShellVariables } from '../language/template/scope.ts'
import { createReporter, type ReporterOptions } from '../report/reporter.ts'
import type { RunOptions } from '../rollout/options.ts'
import type { Outside } from '../rollout/run.ts'
import { wantsColor } from './color.ts'
import type { CommandLine } from './commands.ts'
import { exitCodes } from '../core/exit-codes.ts'
import { passphrases } from './passphrase.ts'
import { askPasswords } from './passwords.ts'
import { askOn } from './questions.ts'
import { whenEndingAtOnce } from './restore.ts'
import { runOptions, wantsDiff } from './run-options.ts'
import { onStop } from './stop.ts'
import { programVersion } from '../core/version.ts'

type Run = (options: RunOptions, listener: Listener, outside: Outside) => Promise<number>

/**
 * Runs playbooks for `plan` and `apply`: asks for passwords, shows what happens, stops when asked to.
 *
 * @param load gives the engine, when the flags have been understood
 */
export async function runPlaybooksOf(line: CommandLine, load: () => Promise<Run> = loadEngine): Promise<number> {
  const stop = new AbortController()
  runOptions(line, process.env, {}, stop.signal) // Mistakes first, then questions.
  const passwords = await askPasswords(line.flags, process.stdin, process.stderr)
  if (!passwords) return exitCodes.interrupted
  const options = runOptions(line, process.env, passwords, stop.signal)
  const [run, reporter] = await Promise.all([load(), createReporter(reporterOptions(line, options, process.env))])
  const forget = whenEndingAtOnce(reporter.abandon)
  const release = onStop(() => stop.abort())
  try {
    return await run(options, reporter.listener, {
      shellVariables: process.env,
      ask: askOn(process.stdin, process.stderr),
      askPassphrase: passphrases(process.stdin, process.stderr, { hold: reporter.hold, giveUp: () => stop.abort() }),
    })
  } finally {
    release()
    await reporter.close()
    forget()
  }
}

const loadEngine = async (): Promise<Run> => (await import('../rollout/run.ts')).runPlaybooks

function reporterOptions(line: CommandLine, options: RunOptions, environment: ShellVariables): ReporterOptions {
  const { stdout, stderr } = process
  const capable = environment.TERM !== 'dumb'
  const lists = options.listTasks || options.listHosts || options.listTags || options.syntaxCheck
  return {
    output: (line.flags.output as ReporterOptions['output'] | undefined) ?? 'auto',
    stdout,
    stderr,
    isTTY: stderr.isTTY === true && capable && !environment.CI && !environment.NO_COLOR,
    // Lines that are longer than this are hard to follow from edge to edge.
    columns: Math.min(stdout.columns ?? 120, 120),
    rows: stderr.rows ?? 24,
    color: wantsColor(line, environment, stdout.isTTY === true && capable),
    diff: wantsDiff(line),
    verbosity: line.verbosity,
    command: lists ? 'list' : options.checkMode ? 'plan' : 'apply',
    version: programVersion(),
    directory: process.cwd(),
  }
}
