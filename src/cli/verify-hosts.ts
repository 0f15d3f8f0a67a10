import { resolve } from 'node:path'
import { ProvisionError } from '../core/error.ts'
import type { Event, HostResult } from '../core/event.ts'
import { exitCodes } from '../core/exit-codes.ts'
import type { Report } from '../federation/report.ts'
import type { Unseen } from '../report/verify/people.ts'
import type { RunOptions } from '../rollout/options.ts'
import { runPlaybooks } from '../rollout/run.ts'
import type { CommandLine } from './commands.ts'
import { list, positive, text } from './flag-values.ts'
import { passphrases } from './passphrase.ts'
import { askPasswords } from './passwords.ts'
import { runOptions } from './run-options.ts'
import { shipped } from './shipped.ts'
import { onStop } from './stop.ts'
import { probeOf } from './verify-names.ts'
import { showReports, verifyExitCode } from './verify-output.ts'
import { sayWhatIsWaitedFor } from './waiting.ts'

/**
 * Looks at the servers of an inventory, each host at its own address: runs playbooks/verify.yml and shows the reports of its hosts.
 *
 * @returns the exit code
 */
export async function verifyHosts(line: CommandLine): Promise<number> {
  const stop = new AbortController()
  const stopped = Promise.withResolvers<number>()
  const giveUp = () => {
    stop.abort()
    stopped.resolve(exitCodes.interrupted)
  }
  const release = onStop(giveUp)
  const started = performance.now()
  const gathered = new Gathered()
  const waiting = sayWhatIsWaitedFor(() => gathered.open, () => gathered.all)
  try {
    const options = await optionsOf(line, stop.signal)
    if (!options) return exitCodes.interrupted
    const askPassphrase = passphrases(process.stdin, process.stderr, { hold: waiting.hold, giveUp })
    const exit = await Promise.race([runPlaybooks(options, gathered.take, { shellVariables: process.env, askPassphrase }), stopped.promise])
    for (const problem of gathered.problems) process.stderr.write(`${problem}\n`)
    await showReports(line, gathered.reports, performance.now() - started, gathered.unseen)
    // A host that is broken has failed; one that could not be reached, or a mistake in the files, says more.
    return exit === exitCodes.ok || exit === exitCodes.failed ? Math.max(verifyExitCode(line, gathered.reports), gathered.problems.length + gathered.unseen.length > 0 ? exit : exitCodes.ok) : exit
  } finally {
    waiting.end()
    release()
  }
}

/** The run that looks; undefined when the user gave up at a question. @throws ProvisionError */
async function optionsOf(line: CommandLine, signal: AbortSignal): Promise<RunOptions | undefined> {
  const { output: _, timeout: __, ...flags } = line.flags
  const [seconds, authorities, probe] = [positive(line.flags, 'timeout'), text(line.flags.ca), probeOf(line.flags)]
  const variables = {
    ...(line.flags.resolve && { matrix_verify_resolve: list(line.flags.resolve) }),
    ...(authorities !== undefined && { matrix_verify_ca: resolve(authorities) }),
    ...(probe && { matrix_verify_probe: { name: probe.name, certificate: probe.certificateFile, key: probe.keyFile, ...(probe.listen !== undefined && { listen: probe.listen }) } }),
    ...(seconds !== undefined && { matrix_verify_timeout: seconds }),
  }
  const run: CommandLine = { ...line, command: 'apply', arguments: [shipped('playbooks/verify.yml')], flags, verbosity: 0 }
  const wish = runOptions(run, process.env, {}, signal)
  if (wish.inventory.length === 0) throw new ProvisionError('wrong-use', 'verify needs a server name, or an inventory', { hint: 'For example: matrix-provision verify example.org' })
  const passwords = await askPasswords(flags, process.stdin, process.stderr)
  return passwords && { ...runOptions(run, process.env, passwords, signal), extraVars: [...wish.extraVars, JSON.stringify(variables)] }
}

/** What the run tells, host by host. */
class Gathered {
  readonly #reports = new Map<string, Report>()
  /** Hosts of which there is none, with the reason. */
  readonly unseen: Unseen[] = []
  /** What else went wrong. */
  readonly problems: string[] = []
  /** Hosts that are being looked at. */
  open: readonly string[] = []
  #hosts: readonly string[] = []

  get all(): number {
    return this.#hosts.length
  }

  /** In the inventory's order, whoever was done first. */
  get reports(): readonly Report[] {
    return this.#hosts.flatMap(host => this.#reports.get(host) ?? [])
  }

  readonly take = (event: Event): void => {
    if (event.type === 'task-start') {
      this.open = this.#hosts = event.hosts
    } else if (event.type === 'host-result') this.#result(event)
    else if (event.type === 'warning') this.problems.push(`warning: ${event.message}`)
    else if (event.type === 'no-hosts') this.problems.push('There is no host in the groups matrix_delegation and matrix_homeserver that was asked for.')
    else if (event.type === 'run-end' && event.error) this.problems.push(event.error.rendered)
  }

  #result({ host, result, status }: HostResult): void {
    this.open = this.open.filter(name => name !== host)
    if (result.report) this.#reports.set(host, { ...(result.report as Report), host })
    else if (status === 'failed' || status === 'unreachable') this.unseen.push({ host, why: String(result.msg ?? status) })
  }
}
