/**
 * The whole story on two throw-away servers: preview, apply, a second apply that changes nothing, and a look at federation. Ends with the exit
 * status of the first step that did not go as it should.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const project = join(import.meta.dirname, '..')
const directory = mkdtempSync(join(tmpdir(), 'matrix-provision-demo-'))
const site = join(project, 'playbooks', 'site.yml')
const inventory = join('.lab', 'inventory.yml')

/** Shows a command, runs it, and gives its exit status. */
function run(say: string, ...words: readonly string[]): number {
  console.log(`\n# ${say}\n$ matrix-provision ${words.map(word => word.replace(`${project}/`, '')).join(' ')}\n`)
  const program = [join(project, 'bin', 'matrix-provision.cjs'), ...words]
  return spawnSync(process.execPath, program, { cwd: directory, stdio: 'inherit' }).status ?? 1
}

const steps: readonly (readonly [say: string, words: readonly string[]])[] = [
  ['Two servers with nothing but systemd and sshd', ['lab', 'up', '2', '--bare']],
  ['What would change', ['plan', site, '-i', inventory]],
  ['Make it so', ['apply', site, '-i', inventory]],
  ['Again: nothing is left to do', ['apply', site, '-i', inventory]],
  ['And the preview agrees (3 would mean: changes are pending)', ['plan', site, '-i', inventory, '--detailed-exitcode']],
  ['Does federation work? As other servers see them, and from inside', ['verify', '-i', inventory, '-l', 'lab1']],
  ['And for the whole fleet, a line a server', ['verify', '-i', inventory]],
]

/** The demo ends by taking the lab down, so it must not be somebody's. */
const running = spawnSync(process.execPath, [join(project, 'bin', 'matrix-provision.cjs'), 'lab', 'list'], { encoding: 'utf8' }).stdout
if (/\brunning\b/.test(running)) {
  console.error('A lab is running already, and the demo would take it down. End it first: npx matrix-provision lab down')
  process.exit(1)
}

let status = 0
try {
  for (const [say, words] of steps) {
    status = run(say, ...words)
    if (status !== 0) {
      console.error(`\nThe demo stops here: the last command ended with ${status}.`)
      break
    }
  }
} finally {
  const down = run('The servers go', 'lab', 'down')
  status ||= down
  rmSync(directory, { recursive: true, force: true })
}
process.exitCode = status
