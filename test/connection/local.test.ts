import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Connection } from '../../src/connection/connection.ts'
import { connectionPool } from '../../src/connection/pool.ts'
import { eventually, failureOf, outcome, shells, shown, text, word } from './shells.ts'

const pool = connectionPool()
const connect = (shell?: string) => pool.connect({ name: 'here', connection: 'local', shell })
afterAll(() => pool.close())

describe.each(shells)('A program in a shell held open, $name', ({ shell, missing }) => {
  let connection: Connection
  beforeAll(async () => {
    if (!missing) connection = await connect(shell)
  })
  afterAll(() => connection?.close())
  const it = test.skipIf(missing)

  const cases: [title: string, program: string, expected: string][] = [
    ['says its status and both outputs', 'echo out; echo err >&2; exit 3', '3 "out\\n" "err\\n"'],
    ['need not end with a newline', 'printf out; printf err >&2', '0 "out" "err"'],
    ['can be silent', ':', '0 "" ""'],
    ['can be empty', '', '0 "" ""'],
    ['can be a comment without a newline', 'echo a # b', '0 "a\\n" ""'],
    ['can have a here-document as its last line', 'cat <<END\nx\nEND', '0 "x\\n" ""'],
    ['keeps its last backslash to itself', 'echo a\\', '0 "a\\\\\\n" ""'],
    ['reads nothing from stdin', 'cat; read -r line || echo end', '0 "end\\n" ""'],
    ['can end itself by a signal', 'kill -9 $$', '137 "" ""'],
    ['can end by the signal of what it has become', 'exec sh -c "kill -15 \\$\\$"', '143 "" ""'],
    ['sees the C locale and a closed umask', 'echo "$LC_ALL"; umask', '0 "C\\n0077\\n" ""'],
    ['has no arguments', 'echo $#', '0 "0\\n" ""'],
    ['can open its streams by name', 'echo out >/dev/stdout; echo err >/dev/stderr', '0 "out\\n" "err\\n"'],
    ['does not show its nonce to its children', 'env | grep -c MP_', '1 "0\\n" ""'],
    ['does not show its nonce in /proc', 'cat /proc/[0-9]*/environ 2>/dev/null | tr "\\0" "\\n" | grep -c "$MP_NONCE"', '1 "0\\n" ""'],
    ['has only its three streams', 'for fd in 3 8 9; do [ -e /proc/$$/fd/$fd ] && echo $fd; done; :', '0 "" ""'],
    ['leads a process group', 'ps -o pgid= -p $$ | tr -d " " | sed "s/^$$\\$/leader/"', '0 "leader\\n" ""'],
    ['cannot change what comes after it', 'x=1; cd /tmp; set -f; umask 022; LC_ALL=POSIX; exec >/dev/null 2>&1; trap "" TERM', '0 "" ""'],
    ['sees none of what came before it', 'echo "[$x]"; umask; echo /bin/s[h]', '0 "[]\\n0077\\n/bin/sh\\n" ""'],
  ]
  it.each(cases)('%s', async (_, program, expected) => {
    expect(await outcome(connection, program)).toBe(expected)
  })

  it('can give users their own locale, umask and PATH, and has the administrator\'s tools itself', async () => {
    const told = 'echo "${LC_ALL-unset} $(umask) $PATH"'
    const [before, after] = text((await connection.run({ program: `${told}; mp_own_environment; ${told}`, deadline: 5_000 })).stdout).trim().split('\n')
    expect(before).toBe(`C 0077 ${process.env['PATH']}:/usr/local/sbin:/usr/sbin:/sbin`)
    expect(after).toBe(`${process.env['LC_ALL'] ?? 'unset'} ${process.umask().toString(8).padStart(4, '0')} ${process.env['PATH']}`)
  })

  it('that is no sh says so on stderr and ends with a status', async () => {
    const answer = await connection.run({ program: 'if then', deadline: 5_000 })
    expect(answer.status).toBe(2)
    expect(text(answer.stderr)).toMatch(/syntax error/i)
    expect(text(answer.stderr)).not.toContain('MP_')
  })

  it('has outputs of any bytes', () => fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 3000 }), fc.uint8Array({ maxLength: 300 }), async (out, err) => {
    const octal = (bytes: Uint8Array) => [...bytes].map(byte => `\\${byte.toString(8).padStart(3, '0')}`).join('')
    const answer = await connection.run({ program: `printf ${word(octal(out))}; printf ${word(octal(err))} >&2`, deadline: 5_000 })
    expect([...answer.stdout]).toEqual([...out])
    expect([...answer.stderr]).toEqual([...err])
  }), { numRuns: 40 }))

  it('arrives as it was written', () => fc.assert(fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 500 }), async value => {
    const clean = value.replaceAll('\0', '').toWellFormed()
    const answer = await connection.run({ program: `printf %s ${word(clean)}`, deadline: 5_000 })
    expect(text(answer.stdout)).toBe(clean)
  }), { numRuns: 40 }))

  it('can be sent ahead in great number, and answers keep their order', () => fc.assert(
    fc.asyncProperty(fc.array(fc.record({ status: fc.nat(255), size: fc.nat(5000) }), { maxLength: 60 }), async requests => {
      const answers = await Promise.all(requests.map(({ status, size }, index) =>
        connection.run({ program: `# ${'x'.repeat(size)}\necho ${index}; echo e${index} >&2; exit ${status}`, deadline: 20_000 })))
      expect(answers.map(shown)).toEqual(requests.map(({ status }, index) => `${status} "${index}\\n" "e${index}\\n"`))
    }), { numRuns: 5 }))

  it('can be several megabytes long, and so can its output', async () => {
    const big = 'ö"$`\\\n'.repeat(600_000)
    const answer = await connection.run({ program: `printf %s ${word(big)}; printf %s ${word(big.slice(0, 100_000))} >&2`, deadline: 30_000 })
    expect(Buffer.from(answer.stdout).equals(Buffer.from(big))).toBe(true)
    expect(answer.stderr.length).toBe(Buffer.byteLength(big.slice(0, 100_000)))
  }, 40_000)

  it('is killed with its children when its deadline passes, and the next one runs', async () => {
    const mark = `8${process.pid}${Math.floor(Math.random() * 1e4)}`
    const [late, next] = await Promise.all([
      failureOf(connection.run({ program: `sleep ${mark} & (sleep ${mark}; echo never) & trap "" HUP; sleep ${mark}`, deadline: 300 })),
      outcome(connection, 'echo next'),
    ])
    expect(late).toMatchObject({ kind: 'deadline', message: 'here: no answer within 0.3 s; the program was killed' })
    expect(next).toBe('0 "next\\n" ""')
    expect(await eventually(() => !running(mark))).toBe(true)
  }, 20_000)

  it('is killed even if it ignores being asked', async () => {
    expect(await outcome(connection, 'trap "" TERM; while :; do sleep 0.1; done', { deadline: 200 })).toBe('deadline')
    expect(await outcome(connection, 'echo alive')).toBe('0 "alive\\n" ""')
  }, 20_000)

  it('that kills its shell has an unknown outcome; what was sent behind it has not run, and later ones get a new shell', async () => {
    const outcomes = await Promise.all([outcome(connection, 'kill -9 $PPID; sleep 0.2'), outcome(connection, 'echo behind'), outcome(connection, 'echo behind')])
    expect(outcomes).toEqual(['outcome-unknown', 'not-sent', 'not-sent'])
    expect(await outcome(connection, 'echo again')).toBe('0 "again\\n" ""')
  })

  it('never stands in the process list', async () => {
    const secret = `secret-${Math.random()}`
    await connection.run({ program: `token=${secret}; ps -eo args >/tmp/mp-ps-$$; grep -c -- "$token" /tmp/mp-ps-$$ >&2; rm /tmp/mp-ps-$$`, deadline: 5_000 }).then(answer => {
      expect(text(answer.stderr)).toBe('0\n')
    })
  })

  it('writes in the background without spoiling the next answers', async () => {
    expect(await outcome(connection, '(sleep 0.2; echo stray; echo stray >&2) & echo first')).toBe('0 "first\\n" ""')
    await new Promise(resolve => setTimeout(resolve, 400))
    expect(await outcome(connection, 'echo second')).toBe('0 "second\\n" ""')
  })
})

test.skipIf(!existsSync('/bin/bash'))('A bash reads no ~/.bashrc, also where nothing has been a shell before (cron, systemd)', async () => {
  const { HOME, SHLVL } = process.env
  const home = mkdtempSync(join(tmpdir(), 'mp-home-'))
  writeFileSync(join(home, '.bashrc'), 'PATH=/spoiled:$PATH\n')
  Object.assign(process.env, { HOME: home, SHLVL: '0' })
  try {
    expect(await outcome(await connect('/bin/bash --posix'), 'echo "$PATH"')).not.toContain('/spoiled')
  } finally {
    Object.assign(process.env, { HOME, SHLVL: SHLVL ?? '0' })
    rmSync(home, { recursive: true })
  }
})

describe('The local connection', () => {
  test('leaves no process behind', async () => {
    const connection = await connect('/bin/dash')
    const pid = text((await connection.run({ program: 'echo $PPID', deadline: 5_000 })).stdout).trim()
    expect(existsSync(`/proc/${pid}`)).toBe(true)
    const running = outcome(connection, 'sleep 77', { deadline: 60_000 })
    const behind = outcome(connection, 'echo 1 >/tmp/mp-must-not-run')
    await new Promise(resolve => setTimeout(resolve, 100))
    await connection.close()
    expect(await eventually(() => !existsSync(`/proc/${pid}`) || zombie(pid))).toBe(true)
    expect([await running, await behind]).toEqual(['outcome-unknown', 'not-sent'])
    expect(existsSync('/tmp/mp-must-not-run')).toBe(false)
    expect(await outcome(connection, 'true')).toBe('not-sent')
  })

  test('opens a port of this machine, and says when nothing answers there', async () => {
    const server = net.createServer(socket => socket.end('hello')).listen(0, '127.0.0.1')
    await new Promise(resolve => server.once('listening', resolve))
    const { port } = server.address() as net.AddressInfo
    const connection = await connect()
    const chunks: Buffer[] = []
    for await (const chunk of await connection.forward('127.0.0.1', port)) chunks.push(chunk as Buffer)
    expect(Buffer.concat(chunks).toString()).toBe('hello')
    server.close()
    expect(await failureOf(connection.forward('127.0.0.1', port))).toMatchObject({ kind: 'refused', message: expect.stringMatching(/^here: nothing answers on 127.0.0.1:\d+ \(/) })
  })

  test('counts requests and bytes', async () => {
    const connection = await connect()
    await connection.run({ program: 'printf 0123456789', deadline: 5_000 })
    expect(connection.statistics.requests).toBe(1)
    expect(connection.statistics.bytesSent).toBeGreaterThan(17)
    expect(connection.statistics.bytesReceived).toBeGreaterThan(10)
  })

  test('says when the shell does not exist or is none', async () => {
    expect(await failureOf((await connect('/bin/no-such-sh')).run({ program: ':', deadline: 5_000 }))).toMatchObject({
      kind: 'unreachable', message: expect.stringMatching(/^here: \/bin\/no-such-sh did not start for \w+.*not found/),
    })
    expect(await failureOf((await connect('/bin/true')).run({ program: ':', deadline: 5_000 }))).toMatchObject({ kind: 'unreachable' })
  })

  test('gives up a shell that does not start', async () => {
    const connection = await pool.connect({ name: 'here', connection: 'local', shell: '/bin/sleep 60 #', connectTimeout: 300 })
    expect(await failureOf(connection.run({ program: ':', deadline: 5_000 }))).toMatchObject({ kind: expect.stringMatching(/unreachable|outcome-unknown/) })
  })

  test('does not load SSH', () => {
    const program = `
      const { connectionPool } = await import(${JSON.stringify(new URL('../../src/connection/pool.ts', import.meta.url).href)})
      const { createRequire } = await import('node:module')
      const loaded = () => Object.keys(createRequire(import.meta.url).cache).filter(file => /node_modules\\/(ssh2|node-ssh)\\//.test(file)).length
      const connection = await connectionPool().connect({ name: 'here', connection: 'local' })
      await connection.run({ program: ':', deadline: 5000 })
      await connection.close()
      console.log(loaded())`
    expect(execFileSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' })).toBe('0\n')
  })
})

const running = (mark: string): boolean => readdirSync('/proc').some(name => {
  try {
    return /^\d+$/.test(name) && !zombie(name) && readFileSync(`/proc/${name}/cmdline`, 'utf8').startsWith(`sleep\0${mark}\0`)
  } catch {
    return false
  }
})

const zombie = (pid: string): boolean => {
  try {
    return / Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return true
  }
}
