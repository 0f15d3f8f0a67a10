import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { file, withStandIn } from './spawn.ts'

test.each([
  ['an apply that went well', ['apply', 'apply'], 0],
  ['a host that failed', ['apply', 'failure'], 2],
  ['a plan', ['plan', 'plan'], 0],
])('%s ends with its exit code', async (_what, args, code) => expect((await withStandIn(args)).code).toBe(code))

test('a mistake of the user is a sentence, with exit code 1', async () => {
  expect(await withStandIn(['apply', 'mistake'])).toEqual({ code: 1, out: '', err: 'error[file-missing]: There is no mistake\n  Make one.\n' })
})

describe('a defect of the program', () => {
  test.each(['defect', 'late-defect'])('(%s) is a line that says what to report, without a stack', async kind => {
    const { code, err } = await withStandIn(['apply', kind])
    expect(code).toBe(1)
    expect(err).toMatch(/^error\[internal\]: TypeError: /m)
    expect(err).toContain('MATRIX_PROVISION_DEBUG=1')
    expect(err).not.toMatch(/^\s+at /m)
  })

  test('shows its stack under MATRIX_PROVISION_DEBUG=1', async () => {
    const { err } = await withStandIn(['apply', 'defect'], { env: { MATRIX_PROVISION_DEBUG: '1' } })
    expect(err).toMatch(/^\s+at .*program\.ts/m)
  })
})

describe('output', () => {
  test('results go to stdout, nothing else does', async () => {
    const { out, err } = await withStandIn(['apply', 'trouble'])
    expect(out).toContain('PLAY RECAP')
    expect(out).not.toContain('warning:')
    expect(err).toContain('warning:')
  })

  test('a plan shows diffs unless told not to, an apply when told to', async () => {
    const hasDiff = async (...args: string[]) => (await withStandIn(args)).out.includes('@@')
    expect(await Promise.all([hasDiff('plan', 'plan'), hasDiff('plan', 'plan', '--no-diff'), hasDiff('apply', 'plan', '--check'), hasDiff('apply', 'plan', '--check', '--diff'), hasDiff('apply', 'apply', '-D')]))
      .toEqual([true, false, false, true, true])
  })

  test('apply --check is shown as a plan', async () => {
    const { out } = await withStandIn(['apply', 'plan', '--check'])
    expect(out).toContain('Nothing was touched.')
    expect(out).not.toContain('PLAY RECAP')
  })

  test('ndjson is a version line and events, to its end', async () => {
    const { out } = await withStandIn(['apply', 'many', '--output', 'ndjson'])
    const types = out.trimEnd().split('\n').map(line => JSON.parse(line).type)
    expect(types[0]).toBe('version')
    expect(types.at(-1)).toBe('run-end')
  })

  const escape = '\u001b['
  test.each<[what: string, args: string[], env: NodeJS.ProcessEnv, coloured: boolean]>([
    ['no terminal', [], {}, false], ['FORCE_COLOR', [], { FORCE_COLOR: '1' }, true], ['--color', ['--color'], { NO_COLOR: '1' }, true],
    ['--no-color', ['--no-color'], { FORCE_COLOR: '1' }, false], ['FORCE_COLOR=0', [], { FORCE_COLOR: '0' }, false],
  ])('%s decides about colours', async (_what, args, env, coloured) => {
    expect((await withStandIn(['plan', 'plan', ...args], { env })).out.includes(escape)).toBe(coloured)
  })

  test.runIf(existsSync('/dev/full'))('output that finds no room is told of, and does not count as done', () => {
    for (const words of [['apply', 'apply'], ['apply', 'apply', '--output', 'ndjson']]) {
      const { status, stderr } = spawnSync('sh', ['-c', '"$0" "$@" >/dev/full', process.execPath, file('test/cli/program.ts'), ...words], { encoding: 'utf8' })
      expect([words.join(' '), status]).toEqual([words.join(' '), 1])
      expect(stderr).toContain('error: the output could not be written: no space is left on the device')
    }
  }, 60_000)

  test('a reader that leaves (| head) ends nothing and is told nothing', async () => {
    const child = spawn('sh', ['-c', `{ "$0" "$1" apply many; echo "exit $?" >&3; } 3>&2 | head -n 1`, process.execPath, file('test/cli/program.ts')], { stdio: 'pipe' })
    let [out, err] = ['', '']
    child.stdout.on('data', text => (out += text))
    child.stderr.on('data', text => (err += text))
    await new Promise(resolve => child.on('close', resolve))
    expect(out).toMatch(/^Matrix behind Apache: 3 hosts +playbooks\/site\.yml:2\n$/)
    expect(err).toBe('exit 0\n')
  })
})

describe('Ctrl-C', () => {
  /** Sends signals when the run has begun, each when what it waits for has been printed. */
  async function interrupted(playbook: string, ...steps: readonly [waitFor: string, signal: NodeJS.Signals][]) {
    const child = spawn(process.execPath, [file('test/cli/program.ts'), 'apply', playbook], { stdio: 'pipe' })
    let text = ''
    let left = steps
    const next = () => {
      const [step, ...rest] = left
      if (!step || !text.includes(step[0])) return
      left = rest
      child.kill(step[1])
      next()
    }
    for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => { text += chunk; next() })
    const code = await new Promise<number | null>(resolve => child.on('close', resolve))
    return { code, text }
  }

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('(%s) lets what runs come to its end and says so', async signal => {
    const { code, text } = await interrupted('wait', ['running', signal])
    expect(code).toBe(130)
    expect(text).toContain('Stopping: what runs now is finished')
    expect(text).toContain('Interrupted. 1 host: 1 changed')
  })

  test('twice ends the program at once', async () => {
    const { code, text } = await interrupted('hang', ['running', 'SIGINT'], ['Stopping', 'SIGINT'])
    expect(code).toBe(130)
    expect(text).not.toContain('PLAY RECAP')
    expect(text).toContain('may go on there')
  })
})

describe('passwords', () => {
  const options = async (args: string[], input: string) => {
    const { code, out, err } = await withStandIn(['apply', 'options', ...args], { input })
    return { code, err, passwords: out === '' ? undefined : JSON.parse(out).passwords }
  }

  test.each<[args: string[], input: string, passwords: object]>([
    [[], '', {}],
    [['-k'], 'let me in\n', { connection: 'let me in' }],
    [['-K'], 'pass wörd\n', { become: 'pass wörd' }],
    [['-k', '-K'], 'one\ntwo\n', { connection: 'one', become: 'two' }],
    [['-kK'], 'one\n\n', { connection: 'one', become: 'one' }],
    [['-K'], 'no newline', { become: 'no newline' }],
  ])('%j with %j', async (args, input, passwords) => expect((await options(args, input)).passwords).toEqual(passwords))

  test('are asked for in Ansible\'s words', async () => {
    expect((await options(['-k', '-K'], 'a\nb\n')).err).toBe('SSH password: \nBECOME password[defaults to SSH password]: \n')
  })

  test('no answer is giving up, and is said', async () => {
    expect(await options(['-K'], '')).toMatchObject({ code: 130, err: 'BECOME password: \nNo password was given: nothing was done.\n' })
  })

  test('come after the flags have been understood', async () => {
    const { code, err } = await options(['-K', '-f', 'x'], 'secret\n')
    expect(code).toBe(1)
    expect(err).not.toContain('password')
  })
})
