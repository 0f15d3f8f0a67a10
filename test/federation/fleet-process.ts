import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { makeCertificate } from '../../src/lab/certificate.ts'
import { fleetOf, type Member } from './fleet.ts'
import { onLoopback } from './loopback.ts'

/** Servers of a fleet that run, and how they are trusted. */
export interface RunningFleet {
  /** PEM. */
  readonly authority: string
  readonly members: readonly Member[]
  end(): void
}

/** Starts a fleet in a process of its own, so that whoever looks at it has time and memory to itself. Needs root. */
export async function startFleet(count: number): Promise<RunningFleet> {
  const child = spawn(process.execPath, [import.meta.filename, String(count)], { stdio: ['pipe', 'pipe', 'inherit'] })
  const gone = once(child, 'exit').then(([code]) => {
    throw new Error(`the servers of the fleet ended with ${code}`)
  })
  const [line] = await Promise.race([once(createInterface(child.stdout), 'line'), gone]) as [string]
  gone.catch(() => {})
  return { ...(JSON.parse(line) as Omit<RunningFleet, 'end'>), end: () => child.stdin.end() }
}

/** Says its authority and its members as a line of JSON, and ends with its standard input. */
async function serve(count: number): Promise<void> {
  const day = 86_400_000
  const { internet, members } = fleetOf(count)
  const authority = { commonName: 'Fleet authority', ...makeCertificate({ commonName: 'Fleet authority', authority: { depth: 0 }, notBefore: new Date(Date.now() - day), notAfter: new Date(Date.now() + day) }) }
  await onLoopback(internet, authority)
  process.stdout.write(`${JSON.stringify({ authority: authority.certificate, members })}\n`)
  process.stdin.resume().on('end', () => process.exit())
}

if (import.meta.main) await serve(Number(process.argv[2]))
