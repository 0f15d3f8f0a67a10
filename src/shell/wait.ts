import { setTimeout as sleep } from 'node:timers/promises'
import { ConnectionFailure, type Become, type Connection } from '../connection/connection.ts'
import type { WaitAnswer } from '../host/change.ts'
import type { WaitStep } from '../host/step.ts'
import { lookAtConnections } from './wait/connections.ts'
import { lookAtPath } from './wait/path.ts'
import { lookAtPort } from './wait/port.ts'
import type { Look, Way } from './wait/look.ts'

/**
 * Waits on the controller, which looks at the host again and again as Ansible's `wait_for` does: only while there is time,
 * of which the delay takes its part.
 *
 * @param deadline milliseconds after which the task itself is out of time
 * @throws ConnectionFailure when the host gives no answer, and at the deadline
 */
export async function waitUntil(connection: Connection, step: WaitStep, become: Become | undefined, deadline: number): Promise<WaitAnswer> {
  const started = performance.now()
  const elapsed = () => (performance.now() - started) / 1000
  const pause = async (seconds: number) => {
    const rest = deadline / 1000 - elapsed()
    await sleep(Math.max(0, Math.min(seconds, rest)) * 1000)
    if (seconds > rest) throw new ConnectionFailure('deadline', `it still waited after ${deadline / 1000} s`)
  }

  await pause(step.delay)
  if (step.until.kind === 'time') {
    await pause(step.timeout)
    return { step: 'wait', satisfied: true, elapsed: elapsed() }
  }
  const look = lookFor(step.until, { connection, become, connectTimeout: step.connectTimeout })
  for (let left = step.timeout - elapsed(); left > 0; left = step.timeout - elapsed()) {
    const seen = await look(left)
    if (seen) return { step: 'wait', satisfied: seen.error === undefined, elapsed: elapsed(), ...seen }
    await pause(Math.min(step.sleep, Math.max(0, step.timeout - elapsed())))
  }
  return { step: 'wait', satisfied: false, elapsed: elapsed() }
}

function lookFor(until: Exclude<WaitStep['until'], { kind: 'time' }>, way: Way): Look {
  switch (until.kind) {
    case 'port':
      return lookAtPort(until, way)
    case 'path':
      return lookAtPath(until, way)
    case 'drained':
      return lookAtConnections(until, way)
  }
}
