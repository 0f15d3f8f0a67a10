import { createServer as createHttpServer, type RequestListener } from 'node:http'
import { createSecureServer, type Http2SecureServer } from 'node:http2'
import { createServer as createSilentServer, type Server, type Socket } from 'node:net'
import { createSecureContext } from 'node:tls'
import { makeCertificate, type Certificate } from '../../src/lab/certificate.ts'
import type { Internet, VirtualHost } from './internet.ts'

const day = 86_400_000

/**
 * Puts an Internet in memory on this machine's loopback network, with real sockets, TLS and HTTP. Its addresses must be of
 * 127.0.0.0/8; whoever connects to an address with a failure waits for ever.
 *
 * @param authority signs the certificates
 * @returns ends it all
 */
export async function onLoopback(internet: Internet, authority: Certificate & { readonly commonName: string }): Promise<() => Promise<void>> {
  const places = new Map<string, VirtualHost[]>()
  for (const host of internet.hosts) for (const address of host.addresses) places.set(`${address} ${host.port}`, [...places.get(`${address} ${host.port}`) ?? [], host])
  const servers = await Promise.all([
    ...[...places].map(async ([place, hosts]) => listening(hosts[0]!.tls ? secure(hosts, authority) : createHttpServer(listener(hosts)), place)),
    ...Object.keys(internet.failures).map(async address => listening(createSilentServer(), `${address} 443`)),
  ])
  return async () => void await Promise.all(servers.map(stop => stop()))
}

async function listening(server: Server | Http2SecureServer, place: string): Promise<() => Promise<void>> {
  const [address, port] = place.split(' ')
  const open = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    open.add(socket)
    socket.on('error', () => {}).on('close', () => open.delete(socket))
  })
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(Number(port), address, resolve))
  return () => new Promise(resolve => {
    server.close(() => resolve())
    for (const socket of open) socket.destroy()
  })
}

/** Certificates by SNI, HTTP/2 and HTTP/1.1. */
function secure(hosts: readonly VirtualHost[], authority: Certificate & { readonly commonName: string }): Http2SecureServer {
  const shown = new Map(hosts.map(({ name, tls }) => [name, certificateOf(tls!, authority)]))
  const [first] = shown.values()
  const contexts = new Map([...shown].map(([name, { certificate, key }]) => [name, createSecureContext({ cert: certificate, key })]))
  const server = createSecureServer({ cert: first!.certificate, key: first!.key, allowHTTP1: true, SNICallback: (name, give) => give(null, contexts.get(name.toLowerCase())) }, listener(hosts) as never)
  server.on('sessionError', () => {}).on('connect', (_request, socket: Socket | undefined) => socket?.end?.('HTTP/1.1 405 Method Not Allowed\r\nContent-Type: text/html\r\nContent-Length: 0\r\n\r\n'))
  return server
}

const certificateOf = ({ names, notBefore, notAfter, selfSigned }: NonNullable<VirtualHost['tls']>, issuer: Certificate & { readonly commonName: string }): Certificate =>
  makeCertificate({ commonName: names[0] ?? '', names, notBefore: new Date(notBefore ?? Date.now() - day), notAfter: new Date(notAfter ?? Date.now() + 60 * day), ...(!selfSigned && { issuer }) })

/** Answers as the virtual host of the name would. */
const listener = (hosts: readonly VirtualHost[]): RequestListener => async (request, response) => {
  const chunks: Uint8Array[] = []
  for await (const chunk of request) chunks.push(chunk as Uint8Array)
  const { method = '', url: target = '', httpVersionMajor } = request
  const host = request.headers.host ?? String(request.headers[':authority'] ?? '')
  const name = host.replace(/:\d+$/, '').toLowerCase()
  const reply = (hosts.find(known => known.name === name) ?? hosts[0]!).answer({
    method, target, path: target.split('?')[0]!, host, body: Buffer.concat(chunks).toString(), http2: httpVersionMajor === 2,
    headers: Object.entries(request.headers).flatMap(([name, value]) => [value ?? []].flat().map(value => [properCase(name), value] as const)),
  })
  if ('failure' in reply) return void request.socket.destroy()
  for (const [name, value] of reply.headers ?? []) response.appendHeader(name, value)
  response.statusCode = reply.status
  response.end(method === 'HEAD' ? undefined : reply.body)
}

/** `authorization` as `Authorization`. */
const properCase = (name: string): string => name.replaceAll(/(^|-)[a-z]/g, letter => letter.toUpperCase())
