import { gate } from '../core/gate.ts'
import { programVersion } from '../core/version.ts'
import type { Exchange, Exchanged, Failure, Lookup, World } from './world.ts'

/** What is done to one server at most, whatever it answers. */
export const courtesy = {
  /** Requests in all. */
  requests: 200,
  /** Requests at a time. */
  atOnce: 6,
  /** Milliseconds for everything together, unless said otherwise. */
  together: 60_000,
  /** Milliseconds for one request, unless it says otherwise. */
  request: 10_000,
  /** Milliseconds for a request to an address and port that kept silent before: no connection, or no TLS. */
  again: 2_000,
  /** Bytes of a body, unless the request says otherwise. */
  body: 256 * 1024,
} as const

/** An exchange as a site asks for it: what it leaves open is as courtesy has it. */
export type Wish = Omit<Exchange, 'deadline' | 'limit'> & Partial<Pick<Exchange, 'deadline' | 'limit'>>

/** The way to one server: counted, a few at a time, and not for ever. */
export interface Requests {
  exchange(wish: Wish): Promise<Exchanged>
  /** A question to the resolver, which nobody asks any more when the time is over. */
  lookup<T>(ask: () => Promise<Lookup<T>>): Promise<Lookup<T>>
  /** How many exchanges there were. */
  made(): number
}

/** @param together milliseconds for all requests, from now on */
export function requestsTo(world: World, together: number = courtesy.together): Requests {
  const end = world.now() + together
  const turn = gate(courtesy.atOnce)
  const silent = new Set<string>()
  let made = 0
  return {
    made: () => made,
    exchange: wish => turn(async () => {
      const left = end - world.now()
      if (left <= 0) return unasked(`the ${together / 1000} s for one server are over`)
      if (made >= courtesy.requests) return unasked(`${courtesy.requests} requests were made to this server, and no more are`)
      made++
      const { headers, deadline = courtesy.request, limit = courtesy.body } = wish
      const introduced = headers.some(([name]) => name.toLowerCase() === 'user-agent') ? headers : [...headers, ['User-Agent', userAgent()] as const]
      const place = `${wish.address} ${wish.port}`
      const exchanged = await world.exchange({ ...wish, headers: introduced, limit, deadline: Math.min(deadline, left, silent.has(place) ? courtesy.again : Infinity) })
      if (exchanged.failure?.reason === 'timeout' && (exchanged.failure.stage === 'connect' || exchanged.failure.stage === 'tls')) silent.add(place)
      return exchanged
    }),
    lookup: async ask => (world.now() < end ? ask() : { ok: false, reason: 'timeout', message: `the ${together / 1000} s for one server are over` }),
  }
}

/** Some hosts turn away what begins with the name of a common HTTP client. */
export const userAgent = (): string => `matrix-provision/${programVersion()} (+federation check)`

const unasked = (message: string): Exchanged => ({ failure: { stage: 'connect', reason: 'bound', message } satisfies Failure, milliseconds: 0 })
