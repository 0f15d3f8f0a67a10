import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ConnectionFailure } from '../../src/connection/connection.ts'
import { connectionPool } from '../../src/connection/pool.ts'
import { because, labMissing, startLab, type Lab } from './lab.ts'
import { failureOf, outcome } from './shells.ts'

/** What a network does to a connection, once so many bytes have passed in one direction. */
interface Fault {
  readonly after: number
  readonly of: 'request' | 'answer'
  readonly kind: 'end' | 'reset' | 'stall'
}

/** Passes a TCP connection on to `port` until the fault strikes; with none it is a plain wire. */
async function wire(port: number, faultOf: () => Fault | undefined): Promise<{ port: number; freeze(): void; close(): void }> {
  let frozen = false
  const sockets = new Set<net.Socket>()
  const server = net.createServer({ allowHalfOpen: true }, client => {
    const fault = faultOf()
    const upstream = net.connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true })
    client.setNoDelay(true)
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => {}).on('close', () => sockets.delete(socket))
    }
    const pass = (from: net.Socket, to: net.Socket, direction: Fault['of']) => {
      let left = fault?.of === direction ? fault.after : Infinity
      from.on('data', (chunk: Buffer) => {
        if (left <= 0 || frozen) return
        to.write(chunk.subarray(0, left))
        left -= chunk.length
        if (left > 0 || !fault) return
        if (fault.kind === 'end') for (const socket of [client, upstream]) socket.end()
        if (fault.kind === 'reset') for (const socket of [client, upstream]) socket.resetAndDestroy()
      })
      from.on('end', () => frozen || to.end())
    }
    pass(client, upstream, 'request')
    pass(upstream, client, 'answer')
  }).listen(0, '127.0.0.1')
  await new Promise(resolve => server.once('listening', resolve))
  return {
    port: (server.address() as net.AddressInfo).port,
    freeze: () => {
      frozen = true
    },
    close: () => {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}

const it = test.skipIf(labMissing)

describe(`A connection that breaks${because(labMissing)}`, () => {
  let lab: Lab
  const directory = mkdtempSync(join(tmpdir(), 'mp-faults-'))
  beforeAll(async () => {
    if (!labMissing) lab = await startLab()
    execFileSync('chmod', ['777', directory])
  }, 30_000)
  afterAll(() => {
    lab?.stop()
    rmSync(directory, { recursive: true, force: true })
  })

  const endpoint = (port: number, connectTimeout: number) => lab.endpoint({ port, user: 'free', hostKeys: 'off', connectTimeout })
  let runs = 0

  /** Logs in and runs three programs through a wire with a fault; says what came of each, and which have run. */
  async function suffer(fault: Fault, root: boolean): Promise<void> {
    const file = join(directory, `log-${runs++}`)
    let first = true
    const proxy = await wire(lab.port, () => {
      const now = first ? fault : undefined
      first = false
      return now
    })
    const pool = connectionPool({ home: lab.home, sshConfigFile: '/dev/null' })
    const as = root ? { method: 'sudo', user: 'root' } as const : undefined
    try {
      const connection = await pool.connect(endpoint(proxy.port, fault.kind === 'stall' ? 400 : 5_000))
      const outcomes = await Promise.all([1, 2, 3].map(n => outcome(connection, `echo ${n} >>${file}; printf ${n}`, { as, deadline: 500 })))
      const ran = () => readFileSync(file, { encoding: 'utf8', flag: 'a+' }).trim().split('\n')
      const before = ran()
      for (const [index, came] of outcomes.entries()) {
        const n = String(index + 1)
        if (came === `0 "${n}" ""`) expect(before).toContain(n)
        else expect(['outcome-unknown', 'not-sent', 'unreachable', 'deadline']).toContain(came)
      }
      await new Promise(resolve => setTimeout(resolve, 100))
      for (const [index, came] of outcomes.entries()) if (came === 'not-sent') expect(ran()).not.toContain(String(index + 1))
      // Each runs at most once, and in order.
      expect(ran()).toEqual([...new Set(ran())].toSorted())
      // The next program gets a new login, unless the link only seems alive.
      const again = await outcome(connection, 'echo again', { as, deadline: 500 })
      expect(fault.kind === 'stall' ? ['0 "again\\n" ""', 'outcome-unknown', 'not-sent', 'unreachable'] : ['0 "again\\n" ""', 'outcome-unknown', 'not-sent']).toContain(again)
    } catch (error) {
      if (!(error instanceof ConnectionFailure)) throw error
      expect(error.kind).toBe('unreachable')
      expect(error.message).toMatch(/^lab1 \(127\.0\.0\.1:\d+\)/)
    } finally {
      await pool.close()
      proxy.close()
    }
  }

  const faults = fc.record({
    // A login takes some 2.5 kB in each direction, a program some 150 bytes; most cuts should fall among the programs.
    after: fc.oneof(fc.integer({ min: 0, max: 2_500 }), fc.integer({ min: 2_000, max: 6_500 })),
    of: fc.constantFrom<Fault['of']>('request', 'answer'),
    kind: fc.constantFrom<Fault['kind']>('end', 'reset'),
  })
  it('at any byte gives every program its answer or an honest failure', () =>
    fc.assert(fc.asyncProperty(faults, fc.boolean(), suffer), { numRuns: 40 }), 120_000)

  it('by falling silent at any byte does so too, in time', () =>
    fc.assert(fc.asyncProperty(faults.map(fault => ({ ...fault, kind: 'stall' as const })), fc.boolean(), suffer), {
      numRuns: 10,
      // All three programs have run, and no answer came.
      examples: [[{ after: 3_509, of: 'answer', kind: 'stall' }, false], [{ after: 3_560, of: 'answer', kind: 'stall' }, false]],
    }), 120_000)

  it('before it was used is not noticed by the one who uses it', async () => {
    let broken = false
    const proxy = await wire(lab.port, () => undefined)
    const pool = connectionPool({ home: lab.home, sshConfigFile: '/dev/null' })
    const connection = await pool.connect(endpoint(proxy.port, 5_000))
    expect(await outcome(connection, 'echo one')).toBe('0 "one\\n" ""')
    proxy.close()
    broken = true
    await new Promise(resolve => setTimeout(resolve, 50))
    expect(broken).toBe(true)
    expect(await failureOf(connection.run({ program: 'true', deadline: 500 }))).toMatchObject({ kind: 'unreachable' })
    expect(await failureOf(connection.forward('127.0.0.1', 1))).toMatchObject({ kind: 'unreachable' })
    await pool.close()
  })

  it('takes a forwarded port with it', async () => {
    const proxy = await wire(lab.port, () => undefined)
    const pool = connectionPool({ home: lab.home, sshConfigFile: '/dev/null' })
    const connection = await pool.connect(endpoint(proxy.port, 5_000))
    const stream = await connection.forward('127.0.0.1', lab.port)
    const closed = new Promise(resolve => stream.once('close', resolve))
    stream.resume()
    proxy.close()
    await closed
    await pool.close()
  })

  it('by falling silent can still be closed', async () => {
    const proxy = await wire(lab.port, () => undefined)
    const pool = connectionPool({ home: lab.home, sshConfigFile: '/dev/null' })
    const connection = await pool.connect(endpoint(proxy.port, 2_000))
    const running = outcome(connection, 'sleep 5')
    await new Promise(resolve => setTimeout(resolve, 150))
    proxy.freeze()
    const start = Date.now()
    await connection.close()
    expect(Date.now() - start).toBeLessThan(5_000)
    expect(await running).toBe('outcome-unknown')
    proxy.close()
  }, 10_000)

  it('while it is being closed is closed', async () => {
    const proxy = await wire(lab.port, () => undefined)
    const pool = connectionPool({ home: lab.home, sshConfigFile: '/dev/null' })
    const connection = await pool.connect(endpoint(proxy.port, 5_000))
    const running = outcome(connection, 'sleep 5')
    await new Promise(resolve => setTimeout(resolve, 150))
    const closing = connection.close()
    proxy.close()
    await closing
    expect(await running).toBe('outcome-unknown')
  })
})

describe('A server that', () => {
  const listen = async (serve: (socket: net.Socket) => void) => {
    const sockets: net.Socket[] = []
    const server = net.createServer(socket => {
      sockets.push(socket)
      socket.on('error', () => {})
      serve(socket)
    }).listen(0, '127.0.0.1')
    await new Promise(resolve => server.once('listening', resolve))
    return {
      port: (server.address() as net.AddressInfo).port,
      accepted: () => sockets.length,
      close: () => {
        for (const socket of sockets) socket.destroy()
        server.close()
      },
    }
  }
  const connect = (port: number, connectTimeout: number) => connectionPool({ home: '/nonexistent', sshConfigFile: '/dev/null' })
    .connect({ name: 'lab1', connection: 'ssh', address: '127.0.0.1', port, user: 'x', password: 'x', hostKeys: 'off', connectTimeout })

  test('accepts and says nothing is given up in time', async () => {
    const server = await listen(() => {})
    const start = Date.now()
    expect(await failureOf(connect(server.port, 400))).toMatchObject({ kind: 'unreachable', message: `lab1 (127.0.0.1:${server.port}): no answer within 0.4 s` })
    expect(Date.now() - start).toBeLessThan(2_000)
    server.close()
  })
  test('hangs up at once is asked again a few times, with pauses, and then given up', async () => {
    const server = await listen(socket => socket.end())
    expect(await failureOf(connect(server.port, 1_500))).toMatchObject({ kind: 'unreachable', message: expect.stringContaining('hangs up before the login'), hint: expect.stringContaining('MaxStartups') })
    expect(server.accepted()).toBeGreaterThan(1)
    expect(server.accepted()).toBeLessThan(8)
    server.close()
  })
  test('talks rubbish is unreachable', async () => {
    const server = await listen(socket => socket.write(Buffer.concat([Buffer.from('SSH-2.0-x\r\n'), Buffer.alloc(4_000, 7)])))
    expect(await failureOf(connect(server.port, 1_500))).toMatchObject({ kind: 'unreachable' })
    server.close()
  })
})
