import type { AnyAuthMethod, AuthenticationType, AuthHandlerMiddleware, BaseAgent, ParsedKey, SigningRequestOptions } from 'ssh2'
import { ConnectionFailure } from './connection.ts'
import type { KeyFile, KeyFiles } from './key-files.ts'
import { oneKeyAgent, type Sign } from './one-key-agent.ts'
import type { Target } from './ssh-target.ts'

/** One way to prove who we are. */
interface Proof {
  readonly type: 'publickey' | 'password' | 'keyboard-interactive' | 'none'
  /** For the message when nothing helped. */
  readonly label: string
  /** Absent when it turns out that it cannot be used. */
  method(): Promise<AnyAuthMethod | undefined>
}

export interface Authentication {
  readonly handler: AuthHandlerMiddleware
  /** What to say when the server took none of it. */
  failure(): ConnectionFailure
}

export interface AuthenticationOptions {
  readonly keys: KeyFiles
  /** Runs something during which a person thinks: the time does not count. */
  readonly patiently: <T>(work: () => Promise<T>) => Promise<T>
}

/**
 * What to offer, the likely first, since each miss costs a round trip and a server hangs up after six: the keys that were
 * named for the host, the password, the agent's keys, the default keys, and last those that must be unlocked first. A key
 * file that the agent holds is signed for by the agent. Nothing begins with `none`, as ssh2 does when it is left alone.
 *
 * @throws ConnectionFailure with kind `authentication` when the key file of the inventory cannot be used
 */
export async function authentication(target: Target, { keys, patiently }: AuthenticationOptions): Promise<Authentication> {
  const { default: { BaseAgent, createAgent, utils } } = await import('ssh2')
  const username = target.user
  const notes: string[] = []
  const tried: string[] = []
  let stayedLocked = false
  const agent = target.agent === undefined ? undefined : createAgent(target.agent)
  const agentKeys = agent ? await identities(agent) : []
  if (typeof agentKeys === 'string') notes.push(`the agent does not answer (${agentKeys})`)
  const inAgent = typeof agentKeys === 'string' ? [] : agentKeys

  const signing = (key: ParsedKey, label: string, sign: Sign): AnyAuthMethod =>
    ({ type: 'agent', username, agent: oneKeyAgent(BaseAgent, key, sign, why => notes.push(`${label} was not signed with (${why})`)) })
  const signedByAgent = (key: ParsedKey, label: string): Proof => ({
    type: 'publickey',
    label,
    method: async () => signing(key, label, (data, hash) => patiently(() => signWith(agent!, key, data, hash))),
  })
  const openKey = (key: ParsedKey, label: string): Proof => ({ type: 'publickey', label, method: async () => ({ type: 'publickey', username, key }) })
  const lockedKey = (file: KeyFile & { state: 'locked' }, label: string): Proof => {
    const unlocked = async () => {
      const key = await patiently(() => file.unlock())
      if (!key) {
        stayedLocked = true
        throw new Error('it is encrypted and its passphrase is not known')
      }
      return key
    }
    const shown = file.public && utils.parseKey(file.public)
    const known = Array.isArray(shown) ? shown[0] : shown
    return {
      type: 'publickey',
      label,
      method: async () => {
        if (known && !(known instanceof Error)) return signing(known, label, async (data, hash) => (await unlocked()).sign(data, hash))
        try {
          return { type: 'publickey', username, key: await unlocked() }
        } catch (error) {
          notes.push(`${label}: ${(error as Error).message}`)
          return undefined
        }
      },
    }
  }

  const [named, defaults, locked]: Proof[][] = [[], [], []]
  const takenFromAgent = new Set<ParsedKey>()
  const addFile = async (path: string, to: Proof[], required: boolean) => {
    const file = await keys.read(path, target.keyPassphrase)
    const label = `the key ${path}`
    const held = 'public' in file && file.public ? inAgent.find(key => key.getPublicSSH().equals(file.public!)) : undefined
    if (held) {
      takenFromAgent.add(held)
      to.push(signedByAgent(held, label))
    } else if (file.state === 'open') to.push(openKey(file.key, label))
    else if (file.state === 'locked') locked!.push(lockedKey(file, label))
    else if (required) throw new ConnectionFailure('authentication', `${target.label}: ${label} ${file.why}`, { hint: keyHints[file.state] })
    else if (file.state !== 'missing') notes.push(`${label} ${file.why}`)
  }
  for (const [index, path] of target.keyFiles.entries()) await addFile(path, named!, index === 0 && target.privateKeyIsExplicit)
  if (target.keyFiles.length === 0) for (const path of target.defaultKeyFiles) await addFile(path, defaults!, false)

  const others = target.namedKeysOnly ? [] : inAgent.filter(key => !takenFromAgent.has(key))
  const waiting: Proof[] = [
    ...named!,
    ...passwordProofs(target, notes),
    ...others.map(key => signedByAgent(key, `the agent's key ${key.comment}`.trim())),
    ...defaults!,
    ...locked!,
    { type: 'none', label: '', method: async () => ({ type: 'none', username }) },
  ]

  let accepted: readonly AuthenticationType[] | undefined
  let last: Proof['type'] | undefined
  const next = async (): Promise<AnyAuthMethod | false> => {
    for (;;) {
      const index = waiting.findIndex(proof => !accepted || proof.type === 'none' || accepted.includes(proof.type))
      const [proof] = index === -1 ? [] : waiting.splice(index, 1)
      if (!proof) return false
      const method = await proof.method()
      if (!method) continue
      last = proof.type
      if (proof.label !== '') tried.push(proof.label)
      return method
    }
  }

  return {
    handler: (left, partial, use) => {
      if (left) accepted = left
      // A password that is wrong is wrong either way: it is not tried twice.
      if (last === 'password' && !partial && left?.includes('password')) waiting.splice(0, waiting.length, ...waiting.filter(proof => proof.type !== 'keyboard-interactive'))
      void next().then(method => use(method as AnyAuthMethod))
    },
    failure: () => {
      const offered = tried.length === 0 ? 'there was no key and no password to try' : `tried ${tried.join(', ')}`
      const takes = accepted && accepted.length > 0 ? `; the server takes ${accepted.join(', ')}` : ''
      const more = notes.length > 0 ? `; ${notes.join('; ')}` : ''
      return new ConnectionFailure('authentication', `${target.label} does not let ${username} in: ${offered}${takes}${more}`, { hint: stayedLocked ? keyHints['wrong-passphrase'] : advice(target, tried, accepted) })
    },
  }
}

const keyHints = {
  'missing': 'Correct ansible_ssh_private_key_file or --private-key.',
  'unreadable': 'Correct ansible_ssh_private_key_file or --private-key, or the permissions of the file.',
  'wrong-passphrase': 'Give its passphrase with ansible_private_key_passphrase, or add the key to the agent with ssh-add.',
} as const

/** Both ways in which a server asks for a password. */
function passwordProofs({ user: username, password }: Target, notes: string[]): Proof[] {
  if (password === undefined) return []
  return [
    { type: 'password', label: 'the password', method: async () => ({ type: 'password', username, password }) },
    {
      type: 'keyboard-interactive',
      label: 'the password on demand',
      method: async () => ({
        type: 'keyboard-interactive',
        username,
        prompt: (_name, _instructions, _language, prompts, finish) => {
          const unusual = prompts.filter(({ prompt, echo }) => echo || !/passw/i.test(prompt))
          if (unusual.length > 0) notes.push(`the server asks "${unusual[0]!.prompt.trim()}", which cannot be answered`)
          finish(prompts.map(({ prompt, echo }) => (echo || !/passw/i.test(prompt) ? '' : password)))
        },
      }),
    },
  ]
}

function advice(target: Target, tried: readonly string[], accepted: readonly AuthenticationType[] | undefined): string {
  if (tried.some(label => label.startsWith('the password'))) return `Check ansible_password (--ask-pass, -k), and that ansible_user is to be ${target.user}.`
  if (accepted && !accepted.includes('publickey')) return 'Give ansible_password or --ask-pass (-k).'
  if (tried.some(label => label.startsWith('the key') || label.startsWith("the agent's")))
    return `Add the public key to ~${target.user}/.ssh/authorized_keys on ${target.name} (ssh-copy-id), or check ansible_user.`
  return 'Give ansible_ssh_private_key_file (--private-key) or ansible_password (-k), or start ssh-agent.'
}

const identities = (agent: BaseAgent): Promise<ParsedKey[] | string> =>
  new Promise(resolve => agent.getIdentities((error, keys) => resolve(error ? error.message : ((keys ?? []) as ParsedKey[]))))

const signWith = (agent: BaseAgent, key: ParsedKey, data: Buffer, hash: string | undefined): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    agent.sign(key, data, { hash } as SigningRequestOptions, (error, signature) => (error ? reject(error) : resolve(signature as Buffer)))
  })
