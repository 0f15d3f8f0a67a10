import { tcpStates } from '../../host/step.ts'
import { quote } from '../quote.ts'
import type { StepCompiler } from './compiler.ts'

/**
 * Waiting that the host can do by itself: for a file, for connections to end, or just for time to pass. Ports are
 * waited for over the connection, where no tool of the host is needed (`../wait-port.ts`). Prints what it waited for.
 */
export const wait: StepCompiler<'wait'> = (step, place) => {
  const { until } = step
  const satisfied =
    until.kind === 'path' ? pathCondition(until.path, until.state)
    : until.kind === 'drained' ? drainedCondition(until.port, until.states.map(state => tcpStates[state]))
    : 'false'
  return `mp_section ${quote(`${place.label} wait`)}
sleep ${step.delay}
mp_end=$(($(date +%s) + ${Math.ceil(step.timeout)}))
while :; do
if ${satisfied}; then printf 'yes\\n'; break; fi
[ "$(date +%s)" -lt "$mp_end" ] || { printf 'no\\n'; break; }
sleep ${step.sleep}
done
${until.kind === 'path' && until.state === 'present' && until.search !== undefined ? `mp_section ${quote(`${place.label} text`)}; cat ${quote(until.path)} 2>/dev/null; :` : ':'}`
}

const pathCondition = (path: string, state: 'present' | 'absent') => `[ ${state === 'present' ? '' : '! '}-e ${quote(path)} ]`

/** The kernel's tables: local address in the second column, state in the fourth, both in hexadecimal. */
const drainedCondition = (port: number, states: readonly number[]) => {
  const hex = port.toString(16).toUpperCase().padStart(4, '0')
  const wanted = states.map(state => state.toString(16).toUpperCase().padStart(2, '0')).join('|')
  return `! cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | grep -qE '^ *[0-9]+: [0-9A-F]+:${hex} [0-9A-F:]+ (${wanted}) '`
}
