import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { ProvisionError } from '../core/error.ts'
import { exitCodes } from '../core/exit-codes.ts'
import type { Report } from '../federation/report.ts'
import { parsePin } from '../federation/network/pin.ts'
import { parseServerName } from '../federation/server-name.ts'
import type { FederationRequest, ProbeRequest } from '../host/fact.ts'
import { FederationLooks } from '../rollout/federation-looks.ts'
import type { CommandLine, FlagValues } from './commands.ts'
import { list, positive, text } from './flag-values.ts'
import { onStop } from './stop.ts'
import { showReports, verifyExitCode } from './verify-output.ts'
import { sayWhatIsWaitedFor } from './waiting.ts'

/**
 * Looks at servers by their names, over the network from here. Ctrl-C shows those that are done.
 *
 * @returns the exit code
 */
export async function verifyNames(line: CommandLine): Promise<number> {
  const names = [...new Set(line.arguments)]
  const how = howToLook(line.flags)
  if (line.flags.inventory !== undefined || line.flags.limit !== undefined)
    throw new ProvisionError('wrong-use', 'verify looks at server names or at hosts of an inventory, not at both', { hint: 'For hosts of an inventory: matrix-provision verify -i INVENTORY -l HOST' })
  const [only] = names.map(parseServerName)
  // Among others one that is none has its report as well.
  if (names.length === 1 && !only!.ok) throw new ProvisionError('wrong-use', only!.problem, { hint: 'A server name is a DNS name or an IP address (IPv6 in brackets), and possibly a colon and a port.' })
  const started = performance.now()
  const looks = new FederationLooks(positive(line.flags, 'forks'))
  const stop = Promise.withResolvers<'stopped'>()
  const release = onStop(() => stop.resolve('stopped'))
  const done = new Map<string, Report>()
  const waiting = sayWhatIsWaitedFor(() => names.filter(name => !done.has(name)), () => names.length)
  try {
    const all = Promise.all(names.map(async serverName => done.set(serverName, await looks.look({ serverName, ...how }))))
    const stopped = (await Promise.race([all, stop.promise])) === 'stopped'
    const reports = names.flatMap(name => done.get(name) ?? [])
    if (reports.length > 0) await showReports(line, reports, performance.now() - started)
    return stopped ? exitCodes.interrupted : verifyExitCode(line, reports)
  } finally {
    waiting.end()
    release()
    await looks.close()
  }
}

/** What the flags say of how to look. @throws ProvisionError */
function howToLook(flags: FlagValues): Omit<FederationRequest, 'serverName'> {
  const pins = list(flags.resolve) ?? []
  pins.forEach(parsePin)
  const authorities = text(flags.ca)
  const probe = probeOf(flags)
  return {
    resolve: pins, allowPrivate: flags['allow-private'] === true, active: flags.active === true, fleet: [], hosts: [], deadline: (positive(flags, 'timeout') ?? 60) * 1000,
    ...(authorities !== undefined && { authorities: readText(authorities, '--ca') }), ...(probe && { probe }),
  }
}

/** The homeserver that we are for the time of the run. @throws ProvisionError */
export function probeOf(flags: FlagValues): ProbeRequest | undefined {
  const name = text(flags.probe)
  if (name === undefined) {
    const left = (['probe-certificate', 'probe-key', 'probe-listen'] as const).find(flag => flags[flag] !== undefined)
    if (left !== undefined) throw new ProvisionError('wrong-use', `--${left} needs --probe`, { hint: 'Give the server name of the probe with --probe NAME.' })
    return undefined
  }
  const [certificateFile, keyFile] = (['probe-certificate', 'probe-key'] as const).map(flag => {
    const file = text(flags[flag])
    if (file === undefined) throw new ProvisionError('wrong-use', `--probe needs --${flag}`, { hint: 'Servers connect to the probe by TLS: it needs a certificate that they trust, and its key.' })
    readText(file, `--${flag}`)
    return resolve(file)
  }) as [string, string]
  const listen = text(flags['probe-listen'])
  return { name, certificateFile, keyFile, ...(listen !== undefined && { listen }) }
}

function readText(file: string, flag: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new ProvisionError('file-missing', `${flag}: ${file} cannot be read`, { cause: error })
  }
}
