import { appendFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Connection } from '../../src/connection/connection.ts'
import type { WaitAnswer } from '../../src/host/change.ts'
import type { TcpState, WaitStep } from '../../src/host/step.ts'
import { ShellTarget } from '../../src/shell/shell-target.ts'
import { activeConnections } from '../../src/shell/wait/connections.ts'
import { openShell, shells } from './shells.ts'

type Until = WaitStep['until']

/** Waits, with a second of time and looks every 50 ms unless told otherwise. */
async function waitFor(connection: Connection, until: Until, more: Partial<WaitStep> = {}, deadline = 20_000): Promise<WaitAnswer> {
  const step: WaitStep = { step: 'wait', until, delay: 0, timeout: 1, sleep: 0.05, connectTimeout: 5, ...more }
  const change = { subject: { kind: 'wait', name: 'x' }, kind: 'run' as const, observed: {}, desired: {}, steps: [step], undo: null, touches: [], predicts: [] }
  const performed = await new ShellTarget(async () => connection, { readDeadline: 20_000 }).perform({ guards: [], changes: [change], reread: [], deadline })
  if (performed.result !== 'done') throw new Error(JSON.stringify(performed))
  return performed.outcomes[0]!.answers[0] as WaitAnswer
}

/** A server on a port of its own; `accept` says what it does with those who come. */
async function listening(accept: (socket: Socket) => void, { host = '127.0.0.1', port = 0 } = {}) {
  const sockets: Socket[] = []
  const server = createServer({ allowHalfOpen: true }, socket => {
    sockets.push(socket.on('error', () => {}))
    accept(socket)
  })
  await new Promise<void>(resolve => server.listen(port, host, resolve))
  return {
    port: (server.address() as AddressInfo).port,
    sockets,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

describe.each(shells.filter(shell => !shell.missing))('files, in $name', ({ shell }) => {
  let connection: Connection
  let directory: string
  beforeAll(async () => {
    connection = await openShell(shell)
    directory = mkdtempSync(join(tmpdir(), "wait 'x' "))
  })
  afterAll(async () => {
    await connection.close()
    rmSync(directory, { recursive: true, force: true })
  })
  const file = (name: string) => join(directory, name)
  const path = (name: string, state: 'present' | 'absent' = 'present', search?: string): Until => ({ kind: 'path', path: file(name), state, ...(search !== undefined && { search }) })
  const later = (work: () => void, milliseconds = 250) => void setTimeout(work, milliseconds)

  test('one that is there needs no waiting; one that comes is waited for; one that does not come is not found in time', async () => {
    writeFileSync(file('here'), '')
    expect((await waitFor(connection, path('here'))).elapsed).toBeLessThan(0.5)
    later(() => writeFileSync(file('late'), ''))
    const late = await waitFor(connection, path('late'), { timeout: 5 })
    expect(late.satisfied).toBe(true)
    expect(late.elapsed).toBeGreaterThan(0.2)
    const never = await waitFor(connection, path('never'))
    expect(never.satisfied).toBe(false)
    expect(never.elapsed).toBeGreaterThanOrEqual(1)
    expect(never.elapsed).toBeLessThan(2)
  })

  test('one that goes is waited for, and a link to nothing is gone', async () => {
    writeFileSync(file('going'), '')
    later(() => rmSync(file('going')))
    expect(await waitFor(connection, path('going', 'absent'), { timeout: 5 })).toMatchObject({ satisfied: true })
    symlinkSync('nothing', file('dangling'))
    expect(await waitFor(connection, path('dangling', 'absent'))).toMatchObject({ satisfied: true })
    writeFileSync(file('stays'), '')
    expect(await waitFor(connection, path('stays', 'absent'))).toMatchObject({ satisfied: false })
  })

  test('a text in it is looked for again and again, also when the file is another one meanwhile', async () => {
    writeFileSync(file('log'), 'starting\n')
    later(() => appendFileSync(file('log'), 'port=8008 ready\n'), 300)
    expect(await waitFor(connection, path('log', 'present', '^port=(?P<port>\\d+)( never)? ready$'), { timeout: 5 })).toMatchObject({
      satisfied: true, match: ['8008', null], named: { port: '8008' },
    })
    writeFileSync(file('state'), 'wait!')
    later(() => {
      writeFileSync(file('state.new'), 'ready')
      renameSync(file('state.new'), file('state'))
    })
    expect(await waitFor(connection, path('state', 'present', 'ready'), { timeout: 5 })).toMatchObject({ satisfied: true, match: [], named: {} })
    later(() => writeFileSync(file('to-come'), 'done'))
    expect(await waitFor(connection, path('to-come', 'present', 'done'), { timeout: 5 })).toMatchObject({ satisfied: true })
    expect(await waitFor(connection, path('log', 'present', 'stopped'))).toMatchObject({ satisfied: false })
  })

  test('bytes are bytes: of a text in UTF-8 an expression sees its bytes, and gives back text', async () => {
    writeFileSync(file('bytes'), Buffer.concat([Buffer.from([0, 255]), Buffer.from('Grüße: ö\n')]))
    expect(await waitFor(connection, path('bytes', 'present', 'Gr(ü|x)(..)e: (\\w?)'))).toMatchObject({ satisfied: true, match: ['ü', 'ß', ''] })
  })

  test('what is no directory on the way ends the waiting', async () => {
    writeFileSync(file('plain'), '')
    const answer = await waitFor(connection, path('plain/below'), { timeout: 5 })
    expect(answer).toMatchObject({ satisfied: false, error: 'Not a directory' })
    expect(answer.elapsed).toBeLessThan(1)
    mkdirSync(file('directory'))
    expect(await waitFor(connection, path('directory'))).toMatchObject({ satisfied: true })
  })
})

describe('ports, time and connections', () => {
  let connection: Connection
  beforeAll(async () => {
    connection = await openShell('/bin/sh')
  })
  afterAll(() => connection.close())
  const port = (number: number, state: 'started' | 'stopped' = 'started', search?: string): Until => ({ kind: 'port', host: '127.0.0.1', port: number, state, ...(search !== undefined && { search }) })

  test('a port that answers needs no waiting, one that opens later is waited for', async () => {
    let number: number
    {
      await using server = await listening(() => {})
      number = server.port
      expect((await waitFor(connection, port(number))).elapsed).toBeLessThan(0.5)
      expect(await waitFor(connection, port(number, 'stopped'))).toMatchObject({ satisfied: false })
    }
    expect(await waitFor(connection, port(number, 'stopped'))).toMatchObject({ satisfied: true })
    expect(await waitFor(connection, port(number))).toMatchObject({ satisfied: false })
    const opened = sleep(300).then(() => listening(() => {}, { port: number }))
    expect(await waitFor(connection, port(number), { timeout: 5 })).toMatchObject({ satisfied: true })
    await (await opened)[Symbol.asyncDispose]()
  })

  test('what it says is listened to until it has said it, however slowly', async () => {
    await using server = await listening(async socket => {
      for (const part of ['220 mail', '.example ESM', 'TP ready\r\n']) await sleep(200).then(() => socket.writable && socket.write(part))
    })
    expect(await waitFor(connection, port(server.port, 'started', '220 (\\S+) (ESMTP)'), { timeout: 5, connectTimeout: 0.1 })).toMatchObject({ satisfied: true, match: ['mail.example', 'ESMTP'] })
    expect(server.sockets).toHaveLength(1)
  })

  test('one that says something else, and ends, is asked again; one that says nothing is left when the time is over', async () => {
    let asked = 0
    await using talkative = await listening(socket => socket.end(++asked < 3 ? 'busy\n' : 'ready\n'))
    expect(await waitFor(connection, port(talkative.port, 'started', 'ready'), { timeout: 5 })).toMatchObject({ satisfied: true })
    expect(asked).toBe(3)
    await using silent = await listening(() => {})
    const { satisfied, elapsed } = await waitFor(connection, port(silent.port, 'started', 'hello'))
    expect(satisfied).toBe(false)
    expect(elapsed).toBeLessThan(2)
  })

  test('one try to connect takes as long as is said', async () => {
    // An address of TEST-NET-1 (RFC 5737) behind which nobody answers, or to which there is no way at all.
    const nobody: Until = { kind: 'port', host: '192.0.2.1', port: 9, state: 'stopped' }
    const started = performance.now()
    expect(await waitFor(connection, nobody, { connectTimeout: 0.3 })).toMatchObject({ satisfied: true })
    expect(performance.now() - started).toBeLessThan(900)
  })

  test('the delay is part of the time, and looking begins after it', async () => {
    await using server = await listening(() => {})
    const delayed = await waitFor(connection, port(server.port), { delay: 0.3 })
    expect(delayed.elapsed).toBeGreaterThanOrEqual(0.3)
    expect(delayed.satisfied).toBe(true)
    expect(await waitFor(connection, port(server.port), { delay: 0.3, timeout: 0.2 })).toMatchObject({ satisfied: false })
    expect(await waitFor(connection, port(server.port), { timeout: 0 })).toMatchObject({ satisfied: false })
    expect(server.sockets).toHaveLength(1)
  })

  test('without anything to look at, time passes', async () => {
    const { satisfied, elapsed } = await waitFor(connection, { kind: 'time' }, { delay: 0.2, timeout: 0.3 })
    expect(satisfied).toBe(true)
    expect(elapsed).toBeGreaterThanOrEqual(0.5)
    expect(elapsed).toBeLessThan(1)
  })

  test('a task that is out of time stops waiting', async () => {
    await expect(waitFor(connection, { kind: 'time' }, { timeout: 30 }, 300)).rejects.toMatchObject({ kind: 'deadline' })
    await expect(waitFor(connection, { kind: 'path', path: '/never', state: 'present' }, { timeout: 30 }, 300)).rejects.toMatchObject({ kind: 'deadline' })
  })

  describe('connections to a port', () => {
    const all: readonly TcpState[] = ['ESTABLISHED', 'FIN_WAIT1', 'FIN_WAIT2', 'SYN_RECV', 'SYN_SENT', 'TIME_WAIT']
    const drained = (number: number, more: Partial<Extract<Until, { kind: 'drained' }>> = {}): Until => ({ kind: 'drained', host: '127.0.0.1', port: number, states: all, exclude: [], ...more })
    const opened = (number: number, local = '127.0.0.1', host = '127.0.0.1') =>
      new Promise<Socket>((resolve, reject) => {
        const socket = connect({ host, port: number, localAddress: local }, () => resolve(socket)).on('error', reject)
      })

    test('are waited for to end', async () => {
      await using server = await listening(socket => socket.on('end', () => socket.end()).resume())
      expect(await waitFor(connection, drained(server.port))).toMatchObject({ satisfied: true })
      const client = await opened(server.port)
      expect(await waitFor(connection, drained(server.port), { timeout: 0.5 })).toMatchObject({ satisfied: false })
      setTimeout(() => client.end(), 200)
      expect(await waitFor(connection, drained(server.port), { timeout: 5 })).toMatchObject({ satisfied: true })
    })

    test('do not count from peers that are excluded, by address or by name', async () => {
      await using server = await listening(() => {}, { host: '0.0.0.0' })
      const client = await opened(server.port, '127.0.0.2')
      expect(await waitFor(connection, drained(server.port), { timeout: 0.3 })).toMatchObject({ satisfied: false })
      expect(await waitFor(connection, drained(server.port, { exclude: ['127.0.0.2'] }))).toMatchObject({ satisfied: true })
      expect(await waitFor(connection, drained(server.port, { exclude: ['localhost'] }), { timeout: 0.3 })).toMatchObject({ satisfied: false })
      client.destroy()
      const other = await opened(server.port)
      expect(await waitFor(connection, drained(server.port, { exclude: ['localhost'] }))).toMatchObject({ satisfied: true })
      other.destroy()
    })

    test('do not count in other states, or to other addresses', async () => {
      await using server = await listening(() => {}, { host: '0.0.0.0' })
      const client = await opened(server.port, '127.0.0.2', '127.0.0.3')
      expect(await waitFor(connection, drained(server.port, { states: ['TIME_WAIT', 'SYN_SENT'] }))).toMatchObject({ satisfied: true })
      expect(await waitFor(connection, drained(server.port))).toMatchObject({ satisfied: true })
      for (const host of ['127.0.0.3', '0.0.0.0']) expect(await waitFor(connection, drained(server.port, { host }), { timeout: 0.3 })).toMatchObject({ satisfied: false })
      client.destroy()
    })

    test('count over IPv6, and over IPv4 to a socket of both', async () => {
      await using server = await listening(() => {}, { host: '::' })
      const client = await opened(server.port, '::1', '::1')
      for (const host of ['::1', '0:0:0:0:0:0:0:1', '::']) expect(await waitFor(connection, drained(server.port, { host }), { timeout: 0.3 })).toMatchObject({ satisfied: false })
      expect(await waitFor(connection, drained(server.port))).toMatchObject({ satisfied: true })
      client.destroy()
      const mapped = await opened(server.port, '127.0.0.2')
      expect(await waitFor(connection, drained(server.port), { timeout: 0.3 })).toMatchObject({ satisfied: false })
      expect(await waitFor(connection, drained(server.port, { exclude: ['127.0.0.2'] }))).toMatchObject({ satisfied: true })
      mapped.destroy()
    })

    test('cannot be counted for a name that the host does not know', async () => {
      expect(await waitFor(connection, drained(9, { host: 'no-such-name.invalid' }))).toMatchObject({ satisfied: false, error: 'the host does not know the name no-such-name.invalid' })
    })
  })
})

test("the kernel's tables are read as Ansible reads them", () => {
  const tables = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0000000000000000 100 0 0 10 0
   1: 0100007F:1F90 0200007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 2 1 0000000000000000 20 4 30 10 -1
   2: 0100007F:1F91 0200007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 3 1 0000000000000000 20 4 30 10 -1
   3: 0100007F:1F90 0300007F:C351 06 00000000:00000000 03:00001772 00000000     0        0 0 3 0000000000000000
   0: 0000000000000000FFFF00000100007F:1F90 0000000000000000FFFF00000200007F:C352 01 00000000:00000000 00:00000000 00000000     0        0 4 1 0000000000000000 20 4 30 10 -1
   1: B80D0120000000000000000001000000:1F90 B80D0120000000000000000002000000:C353 01 00000000:00000000 00:00000000 00000000     0        0 5 1 0000000000000000 20 4 30 10 -1
`
  const count = (host: string, exclude: readonly string[] = [], states: readonly TcpState[] = ['ESTABLISHED', 'TIME_WAIT']) =>
    activeConnections(tables, { kind: 'drained', host, port: 8080, states, exclude }, new Map([host, ...exclude].map(name => [name, [name]])))
  expect(count('127.0.0.1')).toBe(3)
  expect(count('127.0.0.1', ['127.0.0.2'])).toBe(1)
  expect(count('127.0.0.1', [], ['TIME_WAIT'])).toBe(1)
  expect(count('2001:db8::1')).toBe(1)
  expect(count('2001:db8::1', ['2001:DB8:0::2'])).toBe(0)
  expect(count('0.0.0.0')).toBe(3)
  expect(count('::')).toBe(2)
  expect(count('10.0.0.1')).toBe(0)
})
