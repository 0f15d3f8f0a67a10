/**
 * Runs the cases that are named, else all that the same version has recorded or none has, with the `ansible-playbook` that is found first, and writes down what it did:
 *
 *     PATH=/path/to/venv/bin:$PATH node test/conformance/record.ts [CASE…]
 */
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { argumentsOf, caseNames, directoryOf, runsFile, runsOf, type RecordedRun } from './case.ts'
import { recapLine, storyOf, type Told } from './story.ts'

const version = /core (\S+)\]/.exec(spawnSync('ansible-playbook', ['--version'], { encoding: 'utf8' }).stdout ?? '')?.[1] ?? ''

const environment = {
  PATH: process.env.PATH, HOME: process.env.HOME, LC_ALL: 'C.UTF-8', ANSIBLE_CONFIG: join(import.meta.dirname, 'ansible.cfg'), PYTHONDONTWRITEBYTECODE: '1',
}

function record(name: string, run: RecordedRun): RecordedRun {
  const { status, stdout, stderr } = spawnSync('ansible-playbook', argumentsOf(name, run), { cwd: directoryOf(name), env: environment, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  const lines = (stdout ?? '').split('\n').filter(line => line.startsWith('STORY ')).map(line => JSON.parse(line.slice(6)) as Told | { readonly host: string; readonly recap: { readonly [name: string]: number } })
  const recap = Object.fromEntries(lines.flatMap(line => ('recap' in line ? [[line.host, recapLine(line.recap)]] : [])))
  if (status === null || status === 1 || lines.length === 0) process.stderr.write(`${name} ${run.arguments.join(' ')}: exit ${status}\n${stdout}${stderr}\n`)
  return { ansible: version, arguments: run.arguments, exit: status ?? -1, story: storyOf(lines.filter(line => 'task' in line), directoryOf(name)), recap }
}

/** All that this version has told before, or that nothing has. */
const own = () => caseNames().filter(name => runsOf(name).every(run => [undefined, '', version].includes(run.ansible)))

for (const name of process.argv.length > 2 ? process.argv.slice(2) : own()) {
  writeFileSync(runsFile(name), `${JSON.stringify(runsOf(name).map(run => record(name, run)), null, 2)}\n`)
  process.stdout.write(`${name}\n`)
}
