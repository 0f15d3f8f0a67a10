import { setTimeout as sleep } from 'node:timers/promises'
import type { Connection } from '../connection/connection.ts'
import { pattern } from '../core/python-regex.ts'
import type { WaitAnswer } from '../host/change.ts'
import type { WaitStep } from '../host/step.ts'

/** Waits for a port as the host sees it, through the connection: no tool of the host is needed. */
export async function waitForPort(connection: Connection, step: WaitStep): Promise<WaitAnswer> {
  const { until } = step
  if (until.kind !== 'port') throw new TypeError('only ports are waited for through the connection')
  const started = performance.now()
  const elapsed = () => (performance.now() - started) / 1000
  await sleep(step.delay * 1000)
  for (;;) {
    const found = await look(connection, until.host, until.port, until.search, step.connectTimeout)
    if (until.state === 'started' ? found : !found) return { step: 'wait', satisfied: true, elapsed: elapsed(), ...(found || {}) }
    if (elapsed() >= step.timeout) return { step: 'wait', satisfied: false, elapsed: elapsed() }
    await sleep(Math.min(step.sleep, Math.max(0.01, step.timeout - elapsed())) * 1000)
  }
}

type Match = Pick<WaitAnswer, 'match' | 'named'>

/** Whether the port answers, and says what is searched for. */
async function look(connection: Connection, host: string, port: number, search: string | undefined, timeout: number): Promise<Match | undefined> {
  let stream
  try {
    stream = await connection.forward(host, port)
  } catch {
    return undefined
  }
  try {
    if (search === undefined) return {}
    let text = ''
    const end = AbortSignal.timeout(timeout * 1000)
    end.addEventListener('abort', () => stream.destroy(), { once: true })
    for await (const chunk of stream) {
      text += (chunk as Buffer).toString('latin1')
      const found = searchIn(text, search)
      if (found) return found
    }
    return searchIn(text, search)
  } catch {
    return undefined
  } finally {
    stream.destroy()
  }
}

/** The groups of a Python expression found in a text; undefined where it is not found. */
export function searchIn(text: string, expression: string): Match | undefined {
  const found = pattern(expression, { multiline: true }).search(text)
  if (!found) return undefined
  return {
    match: found.groups.map(group => group ?? null),
    named: Object.fromEntries([...found.named].map(([name, group]) => [name, group ?? null])),
  }
}
