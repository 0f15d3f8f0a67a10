import { readFileSync } from 'node:fs'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { commands } from '../../src/cli/commands.ts'
import { frontDoor } from '../../src/cli/front-door.ts'
import { exitCodes, exitMeanings } from '../../src/core/exit-codes.ts'
import { file, matrixProvision, type Ended } from './spawn.ts'

/** The same within this process: starting one takes longer than all the rest. */
async function answer(...argv: string[]): Promise<Ended> {
  let [out, err] = ['', '']
  vi.spyOn(process.stdout, 'write').mockImplementation(text => ((out += String(text)), true))
  vi.spyOn(process.stderr, 'write').mockImplementation(text => ((err += String(text)), true))
  const code = await frontDoor(argv)
  vi.restoreAllMocks()
  return { code, out, err }
}
afterEach(() => void vi.restoreAllMocks())

test('the program itself answers: help, a mistake, and its version', async () => {
  const { version } = JSON.parse(readFileSync(file('package.json'), 'utf8'))
  expect(await matrixProvision('--version')).toEqual({ code: 0, out: `${version}\n`, err: '' })
  expect(await matrixProvision('--help')).toEqual(await answer('--help'))
  expect(await matrixProvision('pln')).toEqual(await answer('pln'))
})

describe('help', () => {
  test.each([['--help'], ['-h'], ['help']])('%s shows all commands', async flag => {
    const { code, out, err } = await answer(flag)
    expect({ code, err }).toEqual({ code: 0, err: '' })
    for (const { name, summary } of commands) expect(out).toMatch(new RegExp(`^  ${name} +${summary}$`, 'm'))
  })

  test.each(commands.map(({ name }) => [name]))('%s has a help with two examples that are command lines of it', async name => {
    const { code, out } = await answer(name, '--help')
    expect(code).toBe(0)
    expect(out.split('\n').filter(line => line.includes(`matrix-provision ${name}`) && line.startsWith('  ')).length).toBeGreaterThanOrEqual(2)
    expect(Math.max(...out.split('\n').map(line => line.length))).toBeLessThanOrEqual(100)
  })

  test('help COMMAND, COMMAND ... --help and COMMAND --help are one', async () => {
    const all = [await answer('help', 'plan'), await answer('plan', 'site.yml', '-h'), await answer('plan', '--help')]
    expect(new Set(all.map(({ out }) => out)).size).toBe(1)
  })

  test('the exit codes are those of the README', async () => {
    const { out } = await answer('--help')
    const told = [...out.slice(out.indexOf('Exit codes:')).matchAll(/^ +(\d+) {2}(.*)$/gm)].map(([, code, meaning]) => [code, meaning])
    const written = [...readFileSync(file('README.md'), 'utf8').matchAll(/^\| (\d+) \| (.*) \|$/gm)].map(([, code, meaning]) => [code, meaning!.replaceAll('`', '')])
    expect(told).toEqual(Object.entries(exitMeanings).map(([name, meaning]) => [String(exitCodes[name as keyof typeof exitCodes]), meaning.replaceAll('`', '')]))
    expect(written).toEqual(told)
  })

  test('nothing at all is answered with the help, as an error', async () => {
    const { code, out, err } = await answer()
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toContain('Usage: matrix-provision COMMAND')
  })
})

test.each<[line: string, said: string[]]>([
  ['pln site.yml', ['error[wrong-use]: pln is no command', 'Did you mean matrix-provision plan?']],
  ['frobnicate', ['frobnicate is no command', 'Commands: plan, apply']],
  ['site.yml -i hosts', ['site.yml is no command', 'matrix-provision plan site.yml -i hosts']],
  ['-i hosts', ['A command must come before -i']],
  ['plan', ['plan needs a playbook', 'For example: matrix-provision plan']],
  ['apply site.yml --chekc', ['apply has no flag --chekc', 'Did you mean --check?']],
  ['apply site.yml --chekc=yes', ['apply has no flag --chekc', 'Did you mean --check?']],
  ['plan site.yml --invetory x', ['Did you mean --inventory?']],
  ['plan site.yml --private_key x', ['Did you mean --private-key?']],
  ['plan site.yml --check', ['plan has no flag --check', 'It never changes anything']],
  ['doc --tags x', ['doc has no flag --tags', 'matrix-provision plan has it.']],
  ['plan site.yml --step', ['error[unsupported]: ansible-playbook knows --step, matrix-provision does not']],
  ['plan site.yml -Z', ['plan has no flag -Z']],
  ['plan site.yml -l', ['-l, --limit PATTERN needs a value']],
  ['plan site.yml -f many', ['--forks must be a whole number from 1 on, and is many']],
  ['plan site.yml -f 0', ['--forks must be a whole number from 1 on, and is 0']],
  ['plan site.yml -T 1.5', ['--timeout must be a whole number']],
  ['plan site.yml --host-keys strit', ['--host-keys cannot be strit', 'Did you mean strict?']],
  ['plan site.yml -c winrm', ['--connection cannot be winrm', 'It can be ssh, local.']],
  ['plan site.yml --output xml', ['--output cannot be xml', 'It can be auto, plain, ndjson, junit.']],
  ['doc copyy', ['There is no module copyy']],
  ['doc servce', ['There is no module servce', 'Did you mean service?']],
  ['doc one two', ['doc takes no further arguments']],
  ['lab upp', ['lab: upp is no action', 'Did you mean up?']],
  ['lab up many', ['lab up takes a number of hosts, not many']],
  ['lab list all', ['lab list takes nothing']],
  ['lab ssh', ['lab ssh needs a host']],
  ['completion basch', ['completion: basch is no shell', 'Did you mean bash?']],
])('%s is answered with what would be right', async (line, said) => {
  const { code, out, err } = await answer(...line.split(' '))
  expect({ code, out }).toEqual({ code: 1, out: '' })
  for (const text of said) expect(err).toContain(text)
  expect(err).not.toMatch(/^\s+at /m)
})
