import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { connect as connectTls, type SecureContext, type TLSSocket } from 'node:tls'
import type { Exchange, Exchanged, TlsWish } from '../world.ts'
import { tlsSession } from './certificate.ts'
import { Broken, failureFrom, late } from './failure.ts'
import { overHttp1 } from './http1.ts'
import { overHttp2 } from './http2.ts'
import { Progress } from './progress.ts'

/**
 * One request on a connection of its own. Whatever the peer does is in the result, within the deadline; no environment variable
 * (proxies, extra headers) plays a part.
 *
 * @param contextFor what is trusted, and which versions of TLS are offered
 */
export async function exchange(request: Exchange, contextFor: (version: TlsWish['version']) => SecureContext): Promise<Exchanged> {
  const started = performance.now()
  const progress = new Progress()
  const sockets: (Socket | TLSSocket)[] = []
  let missed: number | undefined

  /** The outermost ends what is below it. The other way round, Node reads from a TLS connection that is freed already. */
  const hangUp = () => sockets.at(-1)?.destroy()
  const within = (milliseconds: number) => setTimeout(() => {
    missed ??= milliseconds
    hangUp()
  }, milliseconds)

  const whole = within(request.deadline)
  try {
    const connecting = within(request.deadline / 2)
    const socket = await tcp().finally(() => clearTimeout(connecting))
    const secure = request.tls && await tls(socket, request.tls)
    if (secure?.alpnProtocol === 'h2') await overHttp2(secure, request, progress)
    else await overHttp1(secure ?? socket, request, progress)
  } catch (error) {
    progress.broken(error)
  } finally {
    clearTimeout(whole)
    hangUp()
  }
  const { tls: session, answer, stage, error } = progress
  const failure = missed !== undefined ? late(stage, missed) : error !== undefined ? failureFrom(error, stage) : undefined
  return { ...(session && { tls: session }), ...(answer && { answer }), ...(failure && { failure }), milliseconds: Math.round(performance.now() - started) }

  async function tcp(): Promise<Socket> {
    const { address, port } = request
    if (!isIP(address)) throw new Broken('malformed', `${JSON.stringify(address)} is no IP address`)
    if (!Number.isInteger(port) || port < 1 || port > 65535) throw new Broken('malformed', `there is no port ${port}`)
    return opened(connectTcp({ host: address, port, noDelay: true }), 'connect')
  }

  async function tls(socket: Socket, { servername, identity, alpn = ['http/1.1'], version }: TlsWish): Promise<TLSSocket> {
    progress.stage = 'tls'
    const secure = await opened(connectTls({
      socket, secureContext: contextFor(version), ALPNProtocols: [...alpn], ...(servername !== null && { servername }),
      // Judged afterwards, and told: a certificate that is not trusted is what a verification wants to see.
      rejectUnauthorized: false, checkServerIdentity: () => undefined,
    }), 'secureConnect')
    progress.tls = tlsSession(secure, identity)
    return secure
  }

  function opened<S extends Socket>(socket: S, event: 'connect' | 'secureConnect'): Promise<S> {
    sockets.push(socket)
    socket.on('error', error => progress.broken(error))
    return new Promise((resolve, reject) => {
      socket.once(event, () => resolve(socket))
      socket.once('error', reject)
      socket.once('close', () => reject(new Broken('closed', 'the connection was closed before the end')))
    })
  }
}
