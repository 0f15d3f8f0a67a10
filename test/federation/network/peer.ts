import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, type TlsOptions, type TLSSocket } from 'node:tls'
import { makeCertificate, type Certificate, type CertificateRequest } from '../../../src/lab/certificate.ts'
import type { Exchange } from '../../../src/federation/world.ts'

const day = 86_400_000

/** An authority, once for each test file that wants one. */
export const authority = named('Test authority', { authority: { depth: 1 } })

/** A certificate of the authority, unless something else is wished for. */
export const certificateFor = (names: readonly string[], wishes: Partial<CertificateRequest> = {}): Certificate =>
  makeCertificate({ commonName: names[0] ?? 'nobody', names, notBefore: new Date(Date.now() - day), notAfter: new Date(Date.now() + day), issuer: authority, ...wishes })

export function named(commonName: string, wishes: Partial<CertificateRequest> = {}) {
  return { commonName, ...makeCertificate({ commonName, notBefore: new Date(Date.now() - day), notAfter: new Date(Date.now() + day), ...wishes }) }
}

export const usual = certificateFor(['hs.example'])

/** Something that listens on loopback until the test is over. */
export interface Peer extends AsyncDisposable {
  readonly port: number
  /** Connections that are open. */
  readonly open: Set<Socket>
}

/** A peer that does with each connection what a test wants. Errors of the connection are its own affair. */
export async function peer(handle: (socket: Socket) => void): Promise<Peer> {
  return listening(createServer(socket => handle(socket.resume())), 'connection')
}

export async function tlsPeer(handle: (socket: TLSSocket) => void, options: TlsOptions = {}): Promise<Peer> {
  const server = createTlsServer({ cert: usual.certificate, key: usual.key, ...options }, socket => {
    socket.on('error', () => {}).resume()
    handle(socket)
  })
  server.on('tlsClientError', () => {})
  return listening(server, 'connection')
}

async function listening(server: Server, event: 'connection'): Promise<Peer> {
  const open = new Set<Socket>()
  server.on(event, socket => {
    open.add(socket)
    socket.on('error', () => {}).on('close', () => open.delete(socket))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    open,
    [Symbol.asyncDispose]: () => new Promise(resolve => {
      for (const socket of open) socket.destroy()
      server.close(() => resolve())
    }),
  }
}

/** Answers a request, whatever it was, as soon as its head has come. */
export const answering = (...pieces: readonly (string | Uint8Array)[]) => (socket: Socket): void => {
  socket.once('data', () => {
    for (const piece of pieces) socket.write(piece)
    socket.end()
  })
}

export const request = (port: number, more: Partial<Exchange> = {}): Exchange =>
  ({ address: '127.0.0.1', port, tls: null, method: 'GET', target: '/', headers: [['Host', 'hs.example']], deadline: 2000, limit: 50 * 1024, ...more })

export const tls = { servername: 'hs.example', identity: 'hs.example' } as const
