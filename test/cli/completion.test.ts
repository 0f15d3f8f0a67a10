import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { completionScript, type Shell } from '../../src/cli/completion.ts'
import { commands } from '../../src/cli/commands.ts'

const directory = mkdtempSync(join(tmpdir(), 'completion-'))
afterAll(() => rmSync(directory, { recursive: true }))

function scriptFile(shell: Shell): string {
  const path = join(directory, shell)
  writeFileSync(path, completionScript(shell))
  return path
}

const has = (shell: string) => spawnSync(shell, ['-c', 'exit 0']).status === 0

describe('bash', () => {
  /** What bash offers for a line, the cursor at its end. */
  function offered(line: string): string[] {
    const words = line.split(' ')
    const script = `${completionScript('bash')}\nCOMP_WORDS=(${words.map(word => `'${word}'`).join(' ')})\nCOMP_CWORD=${words.length - 1}\n_matrix_provision\nprintf '%s\\n' "\${COMPREPLY[@]}"`
    const { stdout, stderr } = spawnSync('bash', ['-c', script], { encoding: 'utf8' })
    expect(stderr).toBe('')
    return stdout.trim().split('\n').filter(word => word !== '')
  }

  test.each<[line: string, words: string[]]>([
    ['matrix-provision pl', ['plan']],
    ['matrix-provision apply --che', ['--check']],
    ['matrix-provision plan site.yml --host-keys ', ['strict', 'accept-new', 'off']],
    ['matrix-provision plan --output n', ['ndjson']],
    ['matrix-provision lab ', ['up', 'list', 'ssh', 'reset', 'down']],
    ['matrix-provision completion z', ['zsh']],
    ['matrix-provision help do', ['doc']],
    ['matrix-provision plan --limit ', []],
    ['matrix-provision plan package.js', ['package.json']],
    ['matrix-provision plan -i package.js', ['package.json']],
  ])('%s', (line, words) => expect(offered(line)).toEqual(words))

  test('all commands are offered', () => expect(offered('matrix-provision ')).toEqual(expect.arrayContaining(commands.map(({ name }) => name))))
})

describe.each(['zsh', 'fish'] as const)('%s', shell => {
  test('names every command and every flag', () => {
    const script = completionScript(shell)
    for (const command of commands) {
      expect(script).toContain(command.name)
      for (const flag of command.flags) expect(script).toContain(shell === 'fish' ? `-l ${flag.name}` : `--${flag.name}`)
    }
  })

  test.runIf(has(shell))('is read by the shell itself (needs it)', () => {
    const { status, stderr } = spawnSync(shell, ['-n', scriptFile(shell)], { encoding: 'utf8' })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  })
})

test.runIf(has('fish')).each<[line: string, words: string[]]>([
  ['matrix-provision pl', ['plan']],
  ['matrix-provision apply --chec', ['--check']],
  ['matrix-provision plan --host-keys s', ['strict']],
  ['matrix-provision lab re', ['reset']],
])('fish offers what belongs to %s (needs it)', (line, words) => {
  const { stdout } = spawnSync('fish', ['--no-config', '-c', `source ${scriptFile('fish')}; complete -C '${line}'`], { encoding: 'utf8' })
  expect(stdout.trim().split('\n').map(offer => offer.split('\t')[0])).toEqual(words)
})
