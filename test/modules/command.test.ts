import { describe, expect, test } from 'vitest'
import { isUnknown, Unknown, UnknownReached } from '../../src/core/unknown.ts'
import type { ExecAnswer } from '../../src/host/change.ts'
import command from '../../src/modules/command.ts'
import shell from '../../src/modules/shell.ts'
import { aDirectory, aFile, bytes, planOn, resultOn, type ObservedHost } from './observed-host.ts'

const ended = (status: number, stdout = '', stderr = '', more: Partial<ExecAnswer> = {}): ExecAnswer => ({
  step: 'exec', status, stdout: bytes(stdout), stderr: bytes(stderr), start: 1_714_564_800, end: 1_714_564_800.001529, ...more,
})

const stepOf = async (module: typeof command | typeof shell, parameters: object, host: ObservedHost = {}) => {
  const { changes } = await planOn(module as typeof command, parameters, host, { environment: {} })
  return changes[0]?.steps[0]
}

describe('what is run', () => {
  test.each([
    ['a text is split into words', command, { cmd: `a2query -m "proxy http"` }, { argv: ['a2query', '-m', 'proxy http'] }],
    ['a list is taken as it is', command, { argv: ['echo', 'a b', '$'] }, { argv: ['echo', 'a b', '$'] }],
    ['variables in arguments are the host\'s', command, { cmd: 'ls $HOME ~/x' }, { argv: ['ls', '$HOME', '~/x'], expand: true }],
    ['unless that is not wanted', command, { cmd: 'ls $HOME', expand_argument_vars: false }, { argv: ['ls', '$HOME'] }],
    ['a shell gets the text whole', shell, { cmd: 'a | b > c' }, { argv: ['/bin/sh', '-c', 'a | b > c'] }],
    ['another shell can be named', shell, { cmd: 'x', executable: '/bin/bash' }, { argv: ['/bin/bash', '-c', 'x'] }],
    ['standard input ends with a newline', command, { cmd: 'cat', stdin: 'text' }, { argv: ['cat'], stdin: 'text\n' }],
    ['unless that is not wanted', command, { cmd: 'cat', stdin: 'text', stdin_add_newline: false }, { argv: ['cat'], stdin: 'text' }],
  ])('%s', async (_, module, parameters, wanted) => {
    expect(await stepOf(module as typeof command, parameters)).toEqual({ step: 'exec', anyStatus: true, ...wanted })
  })

  test('the directory is resolved from the home directory, the environment goes along', async () => {
    const plan = await planOn(command, { cmd: 'make', chdir: '~/src' }, { followed: { '/root/src': { ...aDirectory, path: '/root/src' } } }, { environment: { CC: 'gcc' } })
    expect(plan.changes[0]!.steps).toEqual([{ step: 'exec', argv: ['make'], anyStatus: true, chdir: '/root/src', environment: { CC: 'gcc' } }])
    expect(plan.changes[0]).toMatchObject({ kind: 'run', touches: 'everything', undo: null, subject: { kind: 'command', name: 'make' } })
  })
})

describe('what is refused', () => {
  test.each([
    ['nothing to run', {}, 'no command given'],
    ['blanks to run', { cmd: '  ' }, 'no command given'],
    ['two commands', { cmd: 'a', argv: ['b'] }, 'only command or argv can be given, not both'],
    ['an open quotation', { cmd: `echo 'a` }, `No closing quotation in: echo 'a`],
    ['a directory that is missing', { cmd: 'a', chdir: '/x' }, `Unable to change directory before execution: [Errno 2] No such file or directory: '/x'`],
    ['a directory that is a file', { cmd: 'a', chdir: '/f' }, `Unable to change directory before execution: [Errno 20] Not a directory: '/f'`],
  ])('%s', async (_, parameters, msg) => {
    const plan = await planOn(command, parameters, { followed: { '/f': { ...aFile, path: '/f' } } })
    expect(plan.changes).toEqual([])
    expect(plan.result([])).toMatchObject({ failed: true, changed: false, msg })
  })
})

describe('creates and removes decide whether there is anything to do', () => {
  const host: ObservedHost = {
    file: { '/etc/key': aFile, '/dangling': { ...aFile, type: 'link', target: '/gone' }, '/d/b.conf/x': aFile },
    listing: { '/d': ['.a.conf', 'b.conf'], '/empty': [] },
    followed: { '/d': { ...aDirectory, path: '/d' } },
  }
  test.each([
    [{ creates: '/etc/key' }, false],
    [{ creates: '/etc/other' }, true],
    [{ creates: '/dangling' }, false],
    [{ creates: '/d/*.conf' }, false],
    [{ creates: '/d/a*' }, true],
    [{ creates: '/d/.a*' }, false],
    [{ creates: '/d/*/x' }, false],
    [{ creates: '/d/*/y' }, true],
    [{ creates: '/empty/*' }, true],
    [{ creates: '/nowhere/*' }, true],
    [{ creates: '*.conf', chdir: '/d' }, false],
    [{ removes: '/etc/key' }, true],
    [{ removes: '/etc/other' }, false],
    [{ removes: '/d/b*' }, true],
    [{ creates: '/etc/other', removes: '/etc/other' }, false],
  ])('%j: run %j', async (parameters, runs) => {
    const { changes } = await planOn(command, { cmd: 'make', ...parameters }, host)
    expect(changes.length > 0).toBe(runs)
  })

  test('the result says why nothing was done', async () => {
    expect(await resultOn(command, { cmd: 'make', creates: '/etc/key' }, host)).toEqual({
      changed: false, cmd: ['make'], rc: 0, stdout: 'skipped, since /etc/key exists', stdout_lines: ['skipped, since /etc/key exists'], stderr: '', stderr_lines: [],
      start: null, end: null, delta: null, msg: `Did not run command since '/etc/key' exists`,
    })
    expect(await resultOn(command, { cmd: 'make', removes: '/no' }, host, [], { checkMode: true })).toMatchObject({
      msg: `Would not run command since '/no' does not exist`, stdout: 'skipped, since /no does not exist',
    })
  })

  test('a path that nobody can foresee makes the task unknown', async () => {
    await expect(planOn(command, { cmd: 'make', creates: '/x' }, { file: { '/x': new Unknown('not yet') } })).rejects.toThrow(UnknownReached)
  })
})

describe('the result of a run', () => {
  test('is what Ansible returns', async () => {
    expect(await resultOn(command, { cmd: 'a b' }, {}, [[ended(0, 'one\ntwo\r\n\n', 'warned\n')]])).toEqual({
      changed: true, cmd: ['a', 'b'], rc: 0, stdout: 'one\ntwo', stdout_lines: ['one', 'two'], stderr: 'warned', stderr_lines: ['warned'],
      start: '2024-05-01 12:00:00.000000', end: '2024-05-01 12:00:00.001529', delta: '0:00:00.001529', msg: '',
    })
  })
  test('keeps empty ends when asked to', async () => {
    expect(await resultOn(command, { cmd: 'a', strip_empty_ends: false }, {}, [[ended(0, 'one\n\n')]])).toMatchObject({ stdout: 'one\n\n', stdout_lines: ['one', ''] })
  })
  test('is a failure when the status is not 0', async () => {
    expect(await resultOn(shell, { cmd: 'false' }, {}, [[ended(3)]])).toMatchObject({ failed: true, changed: true, rc: 3, msg: 'non-zero return code', cmd: 'false' })
  })
  test.each([
    ['program-missing', { rc: 2, msg: `[Errno 2] No such file or directory: 'nosuch'` }],
    ['program-denied', { rc: 13, msg: `[Errno 13] Permission denied: 'nosuch'` }],
    ['directory-denied', { msg: 'Unable to change directory before execution: Permission denied' }],
  ] as const)('is a failure when it cannot start: %s', async (notStarted, wanted) => {
    expect(await resultOn(command, { cmd: 'nosuch -v' }, {}, [[ended(127, '', '', { notStarted })]])).toMatchObject({ failed: true, changed: false, ...wanted })
  })
  test('bytes that are no text do not stop it', async () => {
    expect(await resultOn(command, { cmd: 'a' }, {}, [[{ ...ended(0), stdout: Uint8Array.of(0x61, 0xff) }]])).toMatchObject({ stdout: 'a\ufffd' })
  })
  test('is unknown in a dry run, except what was asked for', async () => {
    const result = await resultOn(command, { cmd: 'a' })
    expect(result.changed).toBe(true)
    expect(result.cmd).toEqual(['a'])
    for (const member of ['rc', 'stdout', 'stdout_lines', 'stderr', 'msg', 'delta']) expect(isUnknown(result[member])).toBe(true)
  })
})

describe('with check_mode: true a command is answered as Ansible answers', () => {
  test('skipped, and nothing is planned', async () => {
    const plan = await planOn(command, { cmd: 'a' }, {}, { checkMode: true })
    expect(plan.changes).toEqual([])
    expect(plan.result(undefined)).toMatchObject({ skipped: true, changed: false, rc: 0, stdout: '', msg: 'Command would have run if not in check mode' })
  })
  test('with creates it would be changed', async () => {
    const plan = await planOn(command, { cmd: 'a', creates: '/x' }, {}, { checkMode: true })
    expect(plan.changes).toHaveLength(1)
    expect(plan.result(undefined)).toMatchObject({ changed: true, rc: 0, msg: 'Command would have run if not in check mode' })
  })
})

test('an executable for command is ignored with a warning', async () => {
  expect(await resultOn(command, { cmd: 'a', executable: '/bin/x' }, {}, [[ended(0)]])).toMatchObject({
    rc: 0, warnings: [`command does not use 'executable': /bin/x is ignored`],
  })
})
