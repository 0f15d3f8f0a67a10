/**
 * Measures this program, pyinfra and Ansible on the same fresh hosts with playbooks that do the same, and writes
 * docs/performance.md. See README.md.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { labDown, labList, labReset, labUp } from '../src/lab/lab.ts'
import { ansible } from './contender/ansible.ts'
import { first, phases, type Contender, type Phase } from './contender/contender.ts'
import { floor } from './contender/floor.ts'
import { ours } from './contender/ours.ts'
import { parts } from './contender/parts.ts'
import { pyinfra } from './contender/pyinfra.ts'
import { hostsCpu, measured } from './measure.ts'
import { install, run } from './python.ts'
import { report, withReport, type Sample } from './report.ts'

const project = join(import.meta.dirname, '..')
const [asked = 'all'] = process.argv.slice(2)
const sizes = [1, 10]
const rounds = asked === 'quick' ? 1 : 3

for (const name of ['pyinfra', 'ansible']) install(name, asked === 'update')
if (asked === 'prepare') process.exit()
run(process.execPath, join(project, 'scripts', 'build.ts'))
if ((await labList()).length > 0) {
  console.error('A lab is running already, and the measurement would make its hosts anew. End it first: npx matrix-provision lab down')
  process.exit(1)
}

const scratch = mkdtempSync(join(tmpdir(), 'matrix-provision-bench-'))
try {
  const lab = await labUp(Math.max(...sizes), { directory: scratch, onProgress: console.log })
  const own = ours(lab, scratch)
  const tools = [own, pyinfra(lab, scratch), ansible(lab, scratch)]
  const everyone = [floor(lab), ...tools]
  const pieces = parts(lab, own)
  const together = [...everyone, ...Object.values(pieces)]
  const samples: Sample[] = []

  /** Runs one of them, and gives up where it did not do what it should. */
  const runOne = (contender: Contender, phase: Phase, hosts: number): void => {
    const before = hostsCpu()
    const done = measured(contender.command(phase, hosts))
    contender.tidy?.()
    if (!contender.isRight(phase, done, hosts)) throw new Error(`${contender.name}, ${phase}, ${hosts} hosts: not as it should be\n${done.output}`)
    samples.push({ contender: contender.name, phase, hosts, wall: done.wall, cpu: done.cpu, hostsCpu: hostsCpu() - before })
    console.log(`${String(hosts).padStart(2)} ${phase.padEnd(12)} ${contender.name.padEnd(19)} ${done.wall.toFixed(3)} s`)
  }

  for (const hosts of sizes) {
    const names = first(lab, hosts)
    for (let round = 0; round < rounds; round++) {
      for (const tool of rotated(tools, round)) {
        await labReset(names)
        runOne(tool, 'first apply', hosts)
      }
      for (const phase of phases.slice(1))
        for (let time = 0; time < 5; time++)
          for (const contender of rotated(together, round + time)) if (contender.phases.includes(phase) && time < contender.times) runOne(contender, phase, hosts)
    }
  }
  const text = report(samples, everyone, pieces, sizes, rounds)
  console.log(text)
  const page = join(project, 'docs', 'performance.md')
  if (asked !== 'quick') writeFileSync(page, withReport(readFileSync(page, 'utf8'), text))
} finally {
  await labDown()
  rmSync(scratch, { recursive: true, force: true })
}

/** Whoever begins has cold caches: each begins in its turn. */
function rotated<T>(all: readonly T[], by: number): T[] {
  const at = by % all.length
  return [...all.slice(at), ...all.slice(0, at)]
}
