import type { Become, Endpoint } from '../connection/connection.ts'
import { ProvisionError } from '../core/error.ts'
import { isUnknown, UnknownReached } from '../core/unknown.ts'
import { OMIT, toPlain, type Raw, type RawDict, type Value } from '../core/value.ts'
import { nearestLevel } from '../engine/context.ts'
import type { Keywords } from '../language/playbook.ts'
import type { Evaluation } from '../language/template/evaluation.ts'
import { asBoolean, booleanKeyword, textKeyword } from '../engine/keyword.ts'
import type { RunOptions } from './options.ts'

type Levels = readonly Keywords[]

/** A connection variable as text: the first of several names that is defined. */
function variable(evaluation: Evaluation, ...names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = evaluation.value(name)
    if (isUnknown(value)) throw new UnknownReached(value)
    if (value !== undefined && value !== null && value !== OMIT) return String(toPlain(value))
  }
  return undefined
}

/**
 * What tasks see of the way to their host where nobody says otherwise: keywords win over the command line, variables
 * over both.
 */
export function reachedBy({ name, implicit }: { readonly name: string; readonly implicit: boolean }, levels: Levels, options: RunOptions): RawDict {
  const told: readonly (readonly [string, Raw | undefined])[] = [
    ['ansible_host', implicit ? '127.0.0.1' : name],
    ['ansible_connection', nearestLevel(levels, 'connection') ?? options.connection ?? 'ssh'],
    ['ansible_user', nearestLevel(levels, 'remoteUser') ?? options.user],
    ['ansible_port', nearestLevel(levels, 'port')],
  ]
  return new Map<Value, Raw>(told.filter((entry): entry is readonly [string, Raw] => entry[1] !== undefined && entry[1] !== null))
}

/** How a host is reached, as its variables say. Of two names for the same the older one counts, as in Ansible. @throws ProvisionError */
export function endpointOf(name: string, evaluation: Evaluation, options: RunOptions): Endpoint {
  const kind = variable(evaluation, 'ansible_connection')!
  if (!['ssh', 'local', 'smart', 'paramiko', 'paramiko_ssh'].includes(kind))
    throw new ProvisionError('unsupported', `connection: ${kind} is not supported (host ${name})`, { hint: 'Use ssh or local.' })
  const port = variable(evaluation, 'ansible_ssh_port', 'ansible_port')
  const user = variable(evaluation, 'ansible_ssh_user', 'ansible_user')
  const address = variable(evaluation, 'ansible_ssh_host', 'ansible_host')
  const password = variable(evaluation, 'ansible_ssh_password', 'ansible_ssh_pass', 'ansible_password') ?? options.passwords.connection
  const privateKeyFile = variable(evaluation, 'ansible_ssh_private_key_file', 'ansible_private_key_file') || options.privateKeyFile
  const privateKeyPassphrase = variable(evaluation, 'ansible_private_key_passphrase')
  const knownHosts = variable(evaluation, 'ansible_known_hosts_file')
  const shell = variable(evaluation, 'ansible_shell_executable')
  const proxyJump = jumpsOf(variable(evaluation, 'ansible_proxy_jump'), variable(evaluation, 'ansible_ssh_common_args'), variable(evaluation, 'ansible_ssh_extra_args'))
  const timeout = options.timeout ?? variable(evaluation, 'ansible_ssh_timeout', 'ansible_timeout')
  const checking = variable(evaluation, 'ansible_ssh_host_key_checking', 'ansible_host_key_checking')
  return {
    name,
    // What runs on this machine begins where the playbook is.
    ...(kind === 'local' ? { connection: 'local', directory: evaluation.environment.directory } : { connection: 'ssh' }),
    ...(checking !== undefined && asBoolean(checking) === false ? { hostKeys: 'off' } : options.hostKeys !== undefined && { hostKeys: options.hostKeys }),
    ...(timeout !== undefined && { connectTimeout: Number(timeout) * 1000 }),
    ...(address !== undefined && { address }),
    ...(port !== undefined && { port: portNumber(port, name) }),
    ...(user !== undefined && { user }),
    ...(password !== undefined && { password }),
    ...(privateKeyFile !== undefined && { privateKeyFile }),
    ...(privateKeyPassphrase !== undefined && { privateKeyPassphrase }),
    ...(knownHosts !== undefined && { knownHostsFiles: [knownHosts] }),
    ...(shell !== undefined && { shell }),
    ...(proxyJump && { proxyJump }),
  }
}

function portNumber(text: string, name: string): number {
  const port = Number(text)
  if (Number.isInteger(port) && port > 0 && port < 65536) return port
  throw new ProvisionError('playbook-syntax', `ansible_port of ${name} must be a port number, and is ${text}`)
}

/** ProxyJump, as our own variable or among ssh's arguments. Other arguments would silently do nothing, so they are refused. */
function jumpsOf(own: string | undefined, ...argumentTexts: readonly (string | undefined)[]): string[] | undefined {
  if (own) return own.split(',').map(jump => jump.trim())
  for (const text of argumentTexts) {
    if (!text?.trim()) continue
    const jump = /^(?:-J\s*|-o\s*"?ProxyJump[= ]\s*)([^\s"]+)"?$/.exec(text.trim().replace(/^'|'$/g, ''))
    if (!jump) throw new ProvisionError('unsupported', `ansible_ssh_common_args and ansible_ssh_extra_args are not passed on: ${text}`, { hint: 'Put the options into ~/.ssh/config, or use -o ProxyJump=… alone.' })
    return jump[1]!.split(',')
  }
  return undefined
}

/** How rights are raised for a task; undefined where they are not. @throws ProvisionError */
export function becomeOf(evaluation: Evaluation, levels: Levels, options: RunOptions): Become | undefined {
  const asked = variable(evaluation, 'ansible_become')
  const enabled = asked !== undefined ? asBoolean(asked) === true : booleanKeyword(evaluation, levels, 'become', options.become?.enabled ?? false)
  if (!enabled) return undefined
  const method = variable(evaluation, 'ansible_become_method') ?? textKeyword(evaluation, levels, 'becomeMethod') ?? options.become?.method ?? 'sudo'
  if (method !== 'sudo' && method !== 'su' && method !== 'doas') throw new ProvisionError('unsupported', `become_method: ${method} is not supported`, { hint: 'Supported: sudo, su, doas.' })
  const user = variable(evaluation, 'ansible_become_user') ?? textKeyword(evaluation, levels, 'becomeUser') ?? options.become?.user ?? 'root'
  const password = variable(evaluation, 'ansible_become_password', 'ansible_become_pass', `ansible_${method}_pass`) ?? options.passwords.become
  const exe = variable(evaluation, 'ansible_become_exe') ?? textKeyword(evaluation, levels, 'becomeExe')
  const flags = variable(evaluation, 'ansible_become_flags') ?? textKeyword(evaluation, levels, 'becomeFlags')
  return { method, user, ...(password !== undefined && { password }), ...(exe && { exe }), ...(flags && { flags }) }
}
