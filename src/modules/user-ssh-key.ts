import { posix } from 'node:path'
import { Unknown } from '../core/unknown.ts'
import type { Change, Outcome } from '../host/change.ts'
import { absentFile, type Facts } from '../host/fact.ts'
import type { Step } from '../host/step.ts'
import { Unfulfillable } from './account-wish.ts'
import { decode } from './printed.ts'
import { fingerprint } from './ssh-public-key.ts'

export interface SshKeyParameters {
  readonly generate_ssh_key: boolean
  readonly ssh_key_type: string
  readonly ssh_key_bits: number
  readonly ssh_key_file?: string
  readonly ssh_key_comment?: string
  readonly force: boolean
}

/** The account as it will be. */
export interface KeyHolder {
  readonly name: string
  /** Empty where only useradd will know. */
  readonly group: string
  readonly home: string
  /** Its home directory is there, or will be when the key is made. */
  readonly hasHome: boolean
}

export interface SshKeyPlan {
  readonly change: Change | undefined
  readonly warnings: readonly string[]
  /** @param outcome of the change, once it is made */
  result(outcome: Outcome | undefined): { readonly [member: string]: unknown }
}

/**
 * Makes a key pair without passphrase, unless there is one.
 *
 * @throws Unfulfillable when there is no home directory to put it in
 */
export async function planSshKey(parameters: SshKeyParameters, holder: KeyHolder, facts: Facts): Promise<SshKeyPlan> {
  const file = posix.resolve(holder.home, parameters.ssh_key_file ?? `.ssh/id_${parameters.ssh_key_type}`)
  const directory = posix.dirname(file)
  const [{ hostname }, place, key, publicKey, content] = await Promise.all([
    facts.platform(''),
    facts.followed(directory),
    facts.file(file),
    facts.file(`${file}.pub`),
    facts.content(`${file}.pub`),
  ])
  const told = (text: string | undefined) => ({
    ssh_key_file: file,
    ssh_public_key: text ?? null,
    ssh_fingerprint: (text !== undefined && fingerprint(text)) || `${file}.pub is no public key`,
  })
  const there = key.type !== 'absent' ? 'private' : publicKey.type !== 'absent' ? 'public' : undefined
  if (there !== undefined && !parameters.force) {
    const found = `Found existing ssh key ${there} file "${there === 'private' ? file : `${file}.pub`}", no force, so skipping ssh-keygen generation`
    return { change: undefined, warnings: [found], result: () => told(content === null ? undefined : decode(content).trim()) }
  }
  if (!holder.hasHome && parameters.ssh_key_file?.startsWith('/') !== true)
    throw new Unfulfillable(`User ${holder.name} home directory does not exist`)

  const owner = `${holder.name}:${holder.group}`
  const steps: Step[] = [
    ...(place.type === 'absent' ? directorySteps(directory, owner) : []),
    ...[key, publicKey].flatMap((state, index): Step[] =>
      state.type === 'absent' ? [] : [{ step: 'remove', path: index === 0 ? file : `${file}.pub` }],
    ),
    {
      step: 'account',
      argv: [
        'ssh-keygen',
        '-q',
        '-t',
        parameters.ssh_key_type,
        ...(parameters.ssh_key_bits > 0 ? ['-b', String(parameters.ssh_key_bits)] : []),
        '-C',
        parameters.ssh_key_comment ?? `matrix-provision on ${hostname}`,
        '-N',
        '',
        '-f',
        file,
      ],
    },
    { step: 'chmod', path: `${file}.pub`, mode: 0o644 },
    { step: 'account', argv: ['chown', owner, file, `${file}.pub`] },
    { step: 'exec', argv: ['cat', `${file}.pub`] },
  ]
  return {
    change: {
      subject: { kind: 'ssh key', name: file },
      kind: there === undefined ? 'create' : 'update',
      observed: {},
      desired: { type: parameters.ssh_key_type },
      steps,
      undo: null,
      touches: [directory, file, `${file}.pub`].map(path => ({ kind: 'file', key: path })),
      predicts:
        place.type === 'absent'
          ? [
              {
                kind: 'file',
                key: directory,
                value: { ...absentFile, type: 'directory', mode: 0o700, owner: holder.name, group: holder.group },
              },
            ]
          : [],
    },
    warnings:
      there === undefined ? [] : [`Overwriting existing ssh key ${there} file "${there === 'private' ? file : `${file}.pub`}"`],
    result(outcome) {
      const answer = outcome?.answers.find(answer => answer.step === 'exec')
      if (answer) return told(decode(answer.stdout).trim())
      const unknown = new Unknown(`the key of ${holder.name} is not made yet`)
      return { ssh_key_file: file, ssh_public_key: unknown, ssh_fingerprint: unknown }
    },
  }
}

const directorySteps = (path: string, owner: string): Step[] => [
  { step: 'directory', path },
  { step: 'chmod', path, mode: 0o700 },
  { step: 'account', argv: ['chown', owner, path] },
]
