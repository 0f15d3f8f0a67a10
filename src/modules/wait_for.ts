import { asBytes, bytePattern } from '../core/byte-pattern.ts'
import { ProvisionError } from '../core/error.ts'
import { Unknown } from '../core/unknown.ts'
import { tcpStates, type TcpState, type WaitStep } from '../host/step.ts'
import { hostPath } from './host-path.ts'
import { failure, type Module } from './module.ts'

interface Parameters {
  readonly host: string
  readonly port?: number
  readonly path?: string
  readonly state: 'started' | 'stopped' | 'present' | 'absent' | 'drained'
  readonly search_regex?: string
  readonly timeout: number
  readonly delay: number
  readonly sleep: number
  readonly connect_timeout: number
  readonly msg?: string
  readonly exclude_hosts?: readonly string[]
  readonly active_connection_states: readonly string[]
}

const module: Module<Parameters> = {
  name: 'wait_for',
  collection: 'ansible.builtin',
  summary: 'Wait for a port, a file, or just a while',
  description: [
    'Waits until a port is open or closed, a path is there or gone, all connections to a port have ended, or, with none of these, for `timeout` seconds.',
    'The controller looks, through the connection: nothing is needed on the host. What a file, or a port, says is taken as bytes.',
    'Nothing is changed. A dry run does not wait, since what it would wait for may only come with an apply.',
  ],
  parameters: {
    host: { type: 'str', default: '127.0.0.1', description: 'Where the port is, as the host sees it.' },
    port: { type: 'int', description: 'The port.' },
    path: { type: 'path', description: 'The path. Links are followed.' },
    state: {
      type: 'str',
      choices: ['absent', 'drained', 'present', 'started', 'stopped'],
      default: 'started',
      description: 'What to wait for: `started` and `present` mean the same, as do `stopped` and `absent` for a port.',
    },
    search_regex: {
      type: 'str',
      description: "What the file, or what the port sends, must contain: a regular expression in Python's syntax.",
    },
    timeout: { type: 'int', default: 300, description: 'Seconds after which the task fails, `delay` included; without port and path, how long to wait after it.' },
    delay: { type: 'int', default: 0, description: 'Seconds to wait before looking for the first time.' },
    sleep: { type: 'int', default: 1, description: 'Seconds between two looks.' },
    connect_timeout: { type: 'int', default: 5, description: 'Seconds for one try to connect.' },
    msg: { type: 'str', description: 'What to say on failure.' },
    exclude_hosts: { type: 'list', elements: 'str', description: 'With `drained`: peers whose connections do not count.' },
    active_connection_states: {
      type: 'list',
      elements: 'str',
      default: Object.keys(tcpStates).sort(),
      description: 'With `drained`: the states in which a connection counts.',
    },
  },
  returns: {
    elapsed: 'Whole seconds that it took.',
    state: 'As asked for.',
    port: 'As asked for.',
    path: 'As asked for.',
    search_regex: 'As asked for.',
    match_groups: 'What the groups of `search_regex` matched.',
    match_groupdict: 'What its named groups matched.',
  },
  examples: `
- name: Synapse answers
  ansible.builtin.wait_for:
    port: 8008
    timeout: 60
`,
  async plan(parameters, { facts }) {
    const mistake = mistakeIn(parameters)
    if (mistake !== undefined) return failure(mistake, { elapsed: 0 })
    const { state, port, search_regex } = parameters
    const path = parameters.path === undefined ? undefined : await hostPath(parameters.path, facts)
    const until = condition(parameters, path)
    const step: WaitStep = {
      step: 'wait',
      until,
      timeout: parameters.timeout,
      delay: parameters.delay,
      sleep: parameters.sleep,
      connectTimeout: parameters.connect_timeout,
    }
    const told = { state, port: port ?? null, path: path ?? null, search_regex: search_regex ?? null }
    return {
      changes: [
        {
          subject: { kind: 'wait', name: described(until) },
          kind: 'run',
          observed: {},
          desired: {},
          steps: [step],
          undo: null,
          touches: [],
          predicts: [],
          incidental: true,
        },
      ],
      result: outcomes => {
        const answer = outcomes?.[0]?.answers.find(answer => answer.step === 'wait')
        if (!answer) {
          const unknown = new Unknown(`nobody has waited for ${described(until)} yet`)
          return { changed: false, ...told, elapsed: unknown, match_groups: unknown, match_groupdict: unknown }
        }
        const elapsed = Math.floor(answer.elapsed)
        if (!answer.satisfied && until.kind !== 'time') {
          const why = answer.error === undefined ? timeoutText(until) : errorText(until, answer.error)
          return { failed: true, changed: false, elapsed, msg: parameters.msg ?? why }
        }
        const named = answer.named ?? {}
        return { changed: false, ...told, elapsed, match_groups: answer.match ?? [], match_groupdict: named }
      },
    }
  },
}

function mistakeIn({ port, path, state, exclude_hosts, active_connection_states, search_regex }: Parameters): string | undefined {
  if (port && path !== undefined) return 'port and path parameter can not both be passed to wait_for'
  if (path !== undefined && (state === 'stopped' || state === 'drained'))
    return `state=${state} should only be used for checking a port in the wait_for module`
  if (state === 'drained' && !port) return 'state=drained needs a port'
  if (exclude_hosts !== undefined && state !== 'drained') return 'exclude_hosts should only be with state=drained'
  const strange = active_connection_states.find(name => !(name in tcpStates))
  if (strange !== undefined) return `unknown active_connection_state (${strange}) defined`
  try {
    if (search_regex !== undefined) bytePattern(asBytes(search_regex), { multiline: true })
  } catch (error) {
    if (error instanceof ProvisionError) return `Invalid regular expression: ${error.message}`
    throw error
  }
  return undefined
}

function condition(parameters: Parameters, path: string | undefined): WaitStep['until'] {
  const { host, port, state, search_regex: search, exclude_hosts = [] } = parameters
  if (state === 'drained')
    return {
      kind: 'drained',
      host,
      port: port!,
      states: parameters.active_connection_states as TcpState[],
      exclude: exclude_hosts,
    }
  const gone = state === 'stopped' || state === 'absent'
  const searched = search === undefined || gone ? {} : { search }
  if (port) return { kind: 'port', host, port, state: gone ? 'stopped' : 'started', ...searched }
  if (path !== undefined) return { kind: 'path', path, state: gone ? 'absent' : 'present', ...searched }
  return { kind: 'time' }
}

function described(until: WaitStep['until']): string {
  if (until.kind === 'time') return 'time to pass'
  return until.kind === 'path'
    ? `${until.path} ${until.state}`
    : `${until.host}:${until.port} ${until.kind === 'port' ? until.state : 'drained'}`
}

/** As Ansible words it. */
function timeoutText(until: Exclude<WaitStep['until'], { kind: 'time' }>): string {
  const place = until.kind === 'path' ? until.path : `${until.host}:${until.port}`
  if (until.kind === 'drained') return `Timeout when waiting for ${place} to drain`
  if (until.state === 'absent') return `Timeout when waiting for ${place} to be absent.`
  if (until.state === 'stopped') return `Timeout when waiting for ${place} to stop.`
  if (until.search !== undefined) return `Timeout when waiting for search string ${until.search} in ${place}`
  return `Timeout when waiting for ${until.kind === 'path' ? 'file ' : ''}${place}`
}

const errorText = (until: WaitStep['until'], error: string): string => (until.kind === 'path' ? `Failed to stat ${until.path}, ${error}` : error)

export default module
