import type { Finding } from '../check.ts'
import type { HostEvidence } from '../host-evidence.ts'

/** Why nothing listens at a port, as the host says it of Apache as a service; undefined where it is not that. */
export function silence({ name, service, listening }: HostEvidence, port: number): Pick<Finding, 'where' | 'cause'> | undefined {
  if (!service || listening.some(one => one.port === port)) return undefined
  const { unit, state, complaint } = service
  if (complaint) {
    const { at, said } = complaint
    const what = state === 'active' ? 'Apache refuses its configuration, and has not taken it over' : 'Apache does not start'
    return { cause: `${what}: ${said}`, ...(at && { where: { ...at, host: name } }) }
  }
  return state === null || state === 'active' ? undefined : { cause: `${unit} does not run (${state})` }
}
