/**
 * Measures `matrix-provision verify` of a fleet in one command, as it is installed, and writes its part of docs/performance.md.
 * See README.md.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, release, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { startFleet, type RunningFleet } from '../test/federation/fleet-process.ts'
import type { Report } from '../src/federation/report.ts'
import { spread, type Spread } from './measure.ts'
import { run } from './python.ts'
import { withReport } from './report.ts'

const project = join(import.meta.dirname, '..')
const servers = 200
const rounds = process.argv[2] === 'quick' ? 1 : 3

interface Sample {
  /** Seconds, from the start of the process to its end. */
  readonly wall: number
  /** Seconds of CPU of the process alone. */
  readonly cpu: number
  /** The most memory that it held, MB (10⁶ bytes). */
  readonly memory: number
  readonly reports: readonly Report[]
}

run(process.execPath, join(project, 'scripts', 'build.ts'))
const scratch = mkdtempSync(join(tmpdir(), 'matrix-provision-bench-'))
const fleet = await startFleet(servers)
try {
  const authority = join(scratch, 'authority.pem')
  writeFileSync(authority, fleet.authority)
  const samples: Sample[] = []
  for (let round = 0; round < rounds; round++) {
    const sample = await verified(fleet, authority)
    samples.push(sample)
    console.log(`${sample.wall.toFixed(1)} s, ${sample.cpu.toFixed(1)} s of CPU, ${sample.memory.toFixed(0)} MB`)
  }
  const figures = reported(samples)
  console.log(figures)
  const page = join(project, 'docs', 'performance.md')
  if (rounds > 1) writeFileSync(page, withReport(readFileSync(page, 'utf8'), figures, 'npm run bench:verify'))
} finally {
  fleet.end()
  rmSync(scratch, { recursive: true, force: true })
}

/** One run, which must find every server as it is. */
async function verified({ members }: RunningFleet, authority: string): Promise<Sample> {
  const places = members.flatMap(({ name, address }) => [80, 443, 8448].flatMap(port => ['--resolve', `${name}:${port}:${address}`]))
  const words = [join(project, 'bin', 'matrix-provision.js'), 'verify', ...members.map(({ name }) => name), '--ca', authority, ...places, '--output', 'json']
  const started = performance.now()
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  let [memory, cpu] = [0, 0]
  const sampler = setInterval(() => {
    memory = field(`/proc/${child.pid}/status`, /^VmHWM:\s+(\d+)/m) * 1024 / 1e6 || memory
    cpu = ticks(child.pid!) / 100 || cpu
  }, 20)
  const reports = (await text(child.stdout)).trim().split('\n').map(line => JSON.parse(line) as Report)
  await ended
  clearInterval(sampler)
  const found = new Map(reports.map(({ serverName, verdict }) => [serverName, verdict]))
  const wrong = members.filter(({ name, verdict }) => found.get(name) !== verdict)
  if (wrong.length > 0) throw new Error(`not as they are: ${wrong.map(({ name, verdict }) => `${name} is ${verdict}, and was found ${found.get(name)}`).join('; ')}`)
  return { wall: (performance.now() - started) / 1000, cpu, memory, reports }
}

function field(file: string, pattern: RegExp): number {
  try {
    return Number(pattern.exec(readFileSync(file, 'utf8'))?.[1] ?? 0)
  } catch {
    return 0 // it has ended
  }
}

/** Hundredths of seconds of CPU, in user and system mode: fields 14 and 15 of proc(5), counted from behind the name. */
function ticks(pid: number): number {
  const [user, system] = [field(`/proc/${pid}/stat`, /\) (?:\S+ ){11}(\d+)/), field(`/proc/${pid}/stat`, /\) (?:\S+ ){12}(\d+)/)]
  return user + system
}

function reported(samples: readonly Sample[]): string {
  const [cpu] = cpus()
  const of = (what: 'wall' | 'cpu' | 'memory') => spread(samples.map(sample => sample[what]))
  const requests = samples[0]!.reports.reduce((sum, { requests }) => sum + requests, 0)
  const most = Math.max(...samples[0]!.reports.map(({ requests }) => requests))
  const rows = [
    ['seconds', shown(of('wall'), 1)], ['seconds of CPU, its own', shown(of('cpu'), 1)], ['peak memory, MB', shown(of('memory'), 0)],
    ['requests', `${requests}, at most ${most} to a server`], ['servers at once', '20'],
  ]
  return [
    `${cpus().length} × ${cpu!.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GB, Linux ${release()}, Node ${process.versions.node}. Median of ${samples.length} runs, with the least and the most in brackets.`,
    [`| ${servers} servers | |`, '| --- | --: |', ...rows.map(cells => `| ${cells.join(' | ')} |`)].join('\n'),
  ].join('\n\n')
}

function shown({ median, least, most }: Spread, digits: number): string {
  return `${median.toFixed(digits)} (${least.toFixed(digits)}..${most.toFixed(digits)})`
}
