import { readFile } from 'node:fs/promises'
import { request } from 'node:https'
import type { LabHost } from '../../src/lab/lab.ts'
import type { LabHosts } from '../lab/hosts.ts'

/** Somebody who is logged in, and talks to the homeserver as an app does: through Apache, over TLS, with the lab's root alone trusted. */
export interface User {
  /** `@bob:lab2.test` */
  readonly id: string
  /** A request to the client API, path from behind `/_matrix/`. @throws Error unless the answer is 200 */
  ask(method: string, path: string, body?: object | Media): Promise<any>
  /** The events of a room that this user has not been shown yet, as `/sync` gives them; waits some seconds for the first. */
  news(room: string): Promise<readonly RoomEvent[]>
}

/** What a user uploads or is shown. */
export interface Media {
  readonly type: string
  readonly bytes: Buffer
}

interface RoomEvent {
  readonly type: string
  readonly sender: string
  readonly content: { readonly body?: string; readonly membership?: string }
}

/** Makes a user on a host's Synapse and logs in. */
export async function signUp(lab: LabHosts, hostName: string, name: string): Promise<User> {
  const host = lab.host(hostName)
  const register = `PYTHONPATH=/opt/synapse python3 -m synapse._scripts.register_new_matrix_user -u ${name} -p ${name} --no-admin -k lab http://127.0.0.1:8008`
  await lab.sh(hostName, register)
  const ca = await readFile(lab.lab.ca)
  const identifier = { type: 'm.id.user', user: name }
  const { user_id: id, access_token: token } = await ask(host, ca, 'POST', 'client/v3/login', { type: 'm.login.password', identifier, password: name })
  let since = ''
  return {
    id,
    ask: (method, path, body) => ask(host, ca, method, path, body, token),
    async news(room) {
      for (const deadline = Date.now() + 10_000; Date.now() < deadline; ) {
        const sync = await ask(host, ca, 'GET', `client/v3/sync?timeout=2000${since && `&since=${since}`}`, undefined, token)
        since = sync.next_batch
        const events = sync.rooms?.join?.[room]?.timeline.events
        if (events) return events
      }
      return []
    },
  }
}

async function ask(host: LabHost, ca: Buffer, method: string, path: string, body?: object | Media, token?: string): Promise<any> {
  const { type, bytes } = body && 'bytes' in body ? (body as Media) : { type: 'application/json', bytes: Buffer.from(body ? JSON.stringify(body) : '') }
  const headers = { host: host.fqdn, 'content-type': type, 'content-length': bytes.length, ...(token && { authorization: `Bearer ${token}` }) }
  const answer = await new Promise<{ status: number; type: string; bytes: Buffer }>((done, failed) => {
    const options = { host: host.address, servername: host.fqdn, ca, method, path: `/_matrix/${path}`, headers, agent: false, timeout: 30_000 }
    const sent = request(options, response => {
      const chunks: Buffer[] = []
      response.on('data', chunk => chunks.push(chunk)).on('error', failed)
      response.on('end', () => done({ status: response.statusCode ?? 0, type: response.headers['content-type'] ?? '', bytes: Buffer.concat(chunks) }))
    })
    sent.on('error', failed).on('timeout', () => sent.destroy(new Error('no answer within 30 s'))).end(bytes)
  })
  if (answer.status !== 200) throw new Error(`${method} ${path} on ${host.name}: ${answer.status} ${answer.bytes.toString()}`)
  return answer.type.startsWith('application/json') ? JSON.parse(answer.bytes.toString()) : { type: answer.type, bytes: answer.bytes }
}
