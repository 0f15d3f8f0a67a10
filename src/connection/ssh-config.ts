import { existsSync, readdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { ProvisionError } from '../core/error.ts'
import { patternList, wildcard } from './patterns.ts'
import { textOf } from './text-of.ts'

/** What OpenSSH's configuration says about a host, as far as this program follows it. Paths are absolute. */
export interface SshConfig {
  readonly hostName?: string
  readonly port?: number
  readonly user?: string
  /** Only what is configured; OpenSSH's defaults are left to the caller. */
  readonly identityFiles?: readonly string[]
  readonly identitiesOnly?: boolean
  /** Path of the agent's socket, or `none`. */
  readonly identityAgent?: string
  readonly proxyJump?: readonly string[]
  readonly proxyCommand?: string
  readonly hostKeyAlias?: string
  readonly knownHostsFiles?: readonly string[]
  readonly hostKeys?: 'strict' | 'accept-new' | 'off'
  readonly hashKnownHosts?: boolean
  /** Milliseconds. */
  readonly connectTimeout?: number
}

export interface SshConfigOptions {
  /** Where `~` is. */
  readonly home: string
  /** Read instead of ~/.ssh/config and /etc/ssh/ssh_config, as with `ssh -F`. */
  readonly configFile?: string
}

/** Asks OpenSSH itself (`ssh -G`, some 6 ms a host) what its configuration says; not at all where no file says anything that matters here. */
export function sshConfigs({ home, configFile }: SshConfigOptions): (host: string, port?: number, user?: string) => Promise<SshConfig> {
  const files = configFile === undefined ? ['/etc/ssh/ssh_config', join(home, '.ssh/config')] : [configFile]
  let read: Found | undefined

  return async (host, port, user) => {
    read ??= readAll(files)
    const { mattersFor, hashKnownHosts } = read
    if (!mattersFor.some(matches => matches(host.toLowerCase()))) return { hashKnownHosts }
    const { execa } = await import('execa')
    const words = [...(configFile === undefined ? [] : ['-F', configFile]), ...(port === undefined ? [] : ['-p', String(port)]), ...(user === undefined ? [] : ['-l', user])]
    const { exitCode, stdout, stderr, code } = await execa('ssh', [...words, '-G', '--', host], { reject: false, stdin: 'ignore', timeout: 10_000 })
    if (code === 'ENOENT')
      throw new ProvisionError('connection-setup', `${files.join(' and ')} cannot be followed: there is no program ssh on this machine`, { hint: 'Install the OpenSSH client.' })
    if (exitCode !== 0) throw new ProvisionError('connection-setup', `ssh does not understand its configuration: ${stderr.trim().split('\n')[0]}`)
    return parseSshG(stdout, { home, host, user })
  }
}

/** What of `ssh_config(5)` changes where and how we connect. Anything else (SendEnv, GSSAPI…, ciphers) is not followed. */
const mattering = new Set(['hostname', 'port', 'user', 'identityfile', 'identitiesonly', 'identityagent', 'proxyjump', 'proxycommand',
  'hostkeyalias', 'userknownhostsfile', 'globalknownhostsfile', 'stricthostkeychecking', 'connecttimeout', 'canonicalizehostname'])

interface Found {
  /** Which hosts something that matters is said about. */
  readonly mattersFor: readonly ((host: string) => boolean)[]
  readonly hashKnownHosts: boolean
}

const everyHost = () => true

function readAll(files: readonly string[], outer: (host: string) => boolean = everyHost, depth = 0): Found {
  const mattersFor: ((host: string) => boolean)[] = []
  let hashKnownHosts = false
  for (const file of files) {
    const text = textOf(file) ?? ''
    let block = outer
    for (const line of text.split('\n')) {
      const [, keyword = '', value = ''] = /^\s*([A-Za-z]+)(?:\s+|\s*=\s*)(.*?)\s*$/.exec(line) ?? []
      const word = keyword.toLowerCase()
      if (word === 'host') block = patternList(value.replaceAll('"', '').split(/\s+/))
      if (word === 'match') block = everyHost
      if (word === 'hashknownhosts') hashKnownHosts ||= /^"?yes/i.test(value)
      if (mattering.has(word)) mattersFor.push(block)
      if (word === 'include') {
        const included = depth < 4 ? filesOf(value, dirname(file)) : undefined
        const inner = included ? readAll(included, block, depth + 1) : { mattersFor: [block], hashKnownHosts: false }
        mattersFor.push(...inner.mattersFor)
        hashKnownHosts ||= inner.hashKnownHosts
      }
    }
  }
  return { mattersFor, hashKnownHosts }
}

/** Files of an Include; absent when only ssh itself can tell. */
function filesOf(value: string, directory: string): string[] | undefined {
  if (/["'~$%\s[\]{}]/.test(value)) return undefined
  const path = value.startsWith('/') ? value : join(directory, value)
  if (/[*?]/.test(dirname(path))) return undefined
  if (!existsSync(dirname(path))) return []
  const names = readdirSync(dirname(path))
  const pattern = wildcard(basename(path))
  return names.filter(name => pattern.test(name.toLowerCase()) && !name.startsWith('.')).map(name => join(dirname(path), name))
}

/** The output of `ssh -G`: a keyword in lower case and its value on each line; it leaves `~` and `%` as they were written. */
export function parseSshG(text: string, names: { home: string; host: string; user?: string }): SshConfig {
  const values = new Map<string, string[]>()
  for (const line of text.split('\n')) {
    const space = line.indexOf(' ')
    if (space > 0) values.set(line.slice(0, space), [...(values.get(line.slice(0, space)) ?? []), line.slice(space + 1)])
  }
  const one = (keyword: string): string | undefined => values.get(keyword)?.[0]
  const [hostName, port, user] = [one('hostname'), one('port'), names.user ?? one('user')]
  const tokens: Record<string, string> = { '%': '%', d: names.home, h: hostName ?? names.host, n: names.host, p: port ?? '22', r: user ?? '', u: user ?? '' }
  const expand = (value: string) => value.replaceAll(/%(.)/g, (all, letter: string) => tokens[letter] ?? all)
  const path = (value: string) => expand(value).replace(/^~(?=\/|$)/, names.home)
  const paths = (keyword: string) => (one(keyword) ?? '').split(/\s+/).filter(word => word !== '' && word !== 'none').map(path)

  const identityFiles = (values.get('identityfile') ?? []).filter(file => file !== 'none')
  const [jump, command, strict, timeout] = [one('proxyjump'), one('proxycommand'), one('stricthostkeychecking'), Number(one('connecttimeout'))]
  return {
    hostName,
    port: port === undefined ? undefined : Number(port),
    user: one('user'),
    identityFiles: isDefault(identityFiles) ? undefined : identityFiles.map(path),
    identitiesOnly: one('identitiesonly') === 'yes',
    identityAgent: one('identityagent') === undefined ? undefined : path(one('identityagent')!),
    proxyJump: jump === undefined || jump === 'none' ? undefined : jump.split(','),
    proxyCommand: command === undefined || command === 'none' ? undefined : expand(command),
    hostKeyAlias: one('hostkeyalias'),
    knownHostsFiles: [...paths('userknownhostsfile'), ...paths('globalknownhostsfile')],
    hostKeys: policies[strict ?? ''],
    hashKnownHosts: one('hashknownhosts') === 'yes',
    connectTimeout: timeout > 0 ? timeout * 1000 : undefined,
  }
}

/** `ask` cannot be asked by a program that talks to many hosts at once. */
const policies: Record<string, SshConfig['hostKeys']> = {
  'yes': 'strict', 'true': 'strict', 'ask': undefined, 'accept-new': 'accept-new', 'no': 'off', 'off': 'off', 'false': 'off',
}

/** `ssh -G` prints its defaults where nothing is configured. */
const isDefault = (files: readonly string[]): boolean => files.length > 1 && files.includes('~/.ssh/id_rsa') && files.includes('~/.ssh/id_ecdsa')
