import type { Change, Outcome } from '../host/change.ts'
import type { Account, Facts } from '../host/fact.ts'
import { passwordWarning, Unfulfillable, type UserParameters } from './account-wish.ts'
import { failure, type Module, type ModuleResult, type Plan, type PlanContext, unchanged } from './module.ts'
import { decode } from './printed.ts'
import { accountResult, createUser } from './user-create.ts'
import { deleteUser } from './user-delete.ts'
import { modifyUser } from './user-modify.ts'
import { planSshKey, type KeyHolder, type SshKeyParameters } from './user-ssh-key.ts'

type Parameters = UserParameters & SshKeyParameters

const module: Module<Parameters> = {
  name: 'user',
  collection: 'ansible.builtin',
  summary: 'Manage accounts',
  description: [
    'Works through useradd, usermod, userdel, chpasswd and chage. What it does cannot be undone. No password ever stands in an argument list.',
  ],
  parameters: {
    name: { type: 'str', required: true, aliases: ['user'], description: 'Name of the account.' },
    state: { type: 'str', choices: ['present', 'absent'], default: 'present', description: 'Whether it exists.' },
    uid: { type: 'int', description: 'Its number.' },
    non_unique: { type: 'bool', default: false, description: 'Take the number even if another account has it.' },
    group: { type: 'str', description: 'Primary group, by name or number. It must exist.' },
    groups: { type: 'list', elements: 'str', description: 'Further groups. They must exist. An empty list takes it out of all.' },
    append: { type: 'bool', default: false, description: 'Leave it in groups that are not in `groups`.' },
    comment: { type: 'str', description: 'The comment field, usually a full name.' },
    home: { type: 'path', description: 'Home directory.' },
    create_home: {
      type: 'bool',
      default: true,
      aliases: ['createhome'],
      description: 'Make the home directory where it is missing.',
    },
    move_home: { type: 'bool', default: false, description: 'When `home` changes, move what is in the old one.' },
    skeleton: { type: 'str', description: 'Directory whose files a new home directory gets, instead of /etc/skel.' },
    umask: { type: 'str', description: 'umask for making the home directory of a new account, such as `0077`.' },
    shell: { type: 'str', description: 'Login shell.' },
    password: { type: 'str', noLog: true, description: 'The crypted password, as it stands in /etc/shadow.' },
    update_password: {
      type: 'str',
      choices: ['always', 'on_create'],
      default: 'always',
      description: 'Whether the password of an account that exists is changed.',
    },
    password_lock: { type: 'bool', description: 'Whether the password is locked. Other ways to log in stay open.' },
    password_expire_max: { type: 'int', description: 'Days after which a password must be changed.' },
    password_expire_min: { type: 'int', description: 'Days before which a password cannot be changed again.' },
    password_expire_warn: { type: 'int', description: 'Days of warning before a password must be changed.' },
    password_expire_account_disable: { type: 'int', description: 'Days after which an account with an expired password is disabled. Below 0: never.' },
    uid_min: { type: 'int', description: 'For an account that is made without `uid`: the lowest number that it may get.' },
    uid_max: { type: 'int', description: 'The highest.' },
    expires: { type: 'float', description: 'When the account expires, in seconds since 1970. Below 0: never.' },
    system: { type: 'bool', default: false, description: 'Make a system account. Changes nothing for an account that exists.' },
    remove: { type: 'bool', default: false, description: 'With `absent`: remove its home directory and mail too.' },
    force: {
      type: 'bool',
      default: false,
      description: 'With `absent`: delete it even if it is logged in. With `generate_ssh_key`: replace a key that is there.',
    },
    generate_ssh_key: {
      type: 'bool',
      default: false,
      description: 'Make an SSH key pair for it, without passphrase, where there is none.',
    },
    ssh_key_type: { type: 'str', default: 'rsa', description: 'Kind of the key, as `ssh-keygen -t` takes it.' },
    ssh_key_bits: { type: 'int', default: 0, description: 'Bits of the key. 0: what ssh-keygen takes.' },
    ssh_key_file: {
      type: 'path',
      description:
        'Where the key is put, below the home directory unless it begins with `/`. Without it `.ssh/id_` and the kind.',
    },
    ssh_key_comment: { type: 'str', description: "The key's comment. Without it one that names the host." },
  },
  returns: {
    name: 'Name of the account.',
    state: 'As asked for.',
    uid: 'Its number.',
    group: 'Number of its primary group.',
    groups: 'Further groups as asked for, parted by commas.',
    comment: 'Its comment.',
    home: 'Its home directory.',
    shell: 'Its shell.',
    append: 'As asked for.',
    move_home: 'As asked for.',
    system: 'As asked for, where the account was made.',
    create_home: 'As asked for, where the account was made.',
    force: 'As asked for, where the account was deleted.',
    remove: 'As asked for, where the account was deleted.',
    password: 'Where one was given: a placeholder.',
    ssh_key_file: 'Path of the private key, with `generate_ssh_key`.',
    ssh_public_key: 'The public key, with `generate_ssh_key`.',
    ssh_fingerprint: 'Its fingerprint, with `generate_ssh_key`.',
  },
  examples: `
- name: The account that Synapse runs as
  ansible.builtin.user:
    name: matrix-synapse
    system: true
    home: /var/lib/matrix-synapse
    shell: /usr/sbin/nologin
    create_home: false
`,
  async plan(parameters, context) {
    try {
      return await planUser(parameters, context)
    } catch (error) {
      if (error instanceof Unfulfillable) return failure(error.message)
      throw error
    }
  },
}

async function planUser(parameters: Parameters, { facts }: PlanContext): Promise<Plan> {
  const { name, state } = parameters
  const named = state === 'present' ? [parameters.group, ...(parameters.groups ?? [])].filter(group => group !== undefined) : []
  // The groups are asked for now, so that their answers come along.
  const [account] = await Promise.all([facts.account(name), Promise.allSettled(named.map(group => facts.group(group.trim())))])
  if (state === 'absent') {
    if (!account) return unchanged({ name, state })
    const change = await deleteUser(parameters, account, facts)
    return {
      changes: [change],
      result: () => ({ changed: true, name, state, force: parameters.force, remove: parameters.remove }),
    }
  }

  const work = account ? await modification(parameters, account, facts) : await creation(parameters, facts)
  const key = parameters.generate_ssh_key
    ? await planSshKey(parameters, await holderOf(work.account, parameters, facts), facts)
    : undefined
  const changes = [work.change, key?.change].filter(change => change !== undefined)
  const hash = passwordWarning(parameters.password)
  const warnings = [...(hash === undefined ? [] : [hash]), ...work.warnings, ...(key?.warnings ?? [])]
  return {
    changes,
    result: outcomes => ({
      changed: changes.length > 0,
      name,
      state,
      ...(parameters.groups && { groups: parameters.groups.join(',') }),
      ...(parameters.password !== undefined && { password: 'NOT_LOGGING_PASSWORD' }),
      ...work.result(work.change && outcomes?.[0]),
      ...key?.result(key.change && outcomes?.at(-1)),
      ...(warnings.length > 0 && { warnings }),
    }),
  }
}

/** What becomes of the account itself. */
interface AccountWork {
  readonly change: Change | undefined
  readonly account: Account
  readonly warnings: readonly string[]
  readonly result: (outcome: Outcome | undefined) => ModuleResult
}

async function creation(parameters: Parameters, facts: Facts): Promise<AccountWork> {
  const { change, account } = await createUser(parameters, facts)
  return {
    change,
    account,
    warnings: [],
    result(outcome) {
      const answer = outcome?.answers.find(answer => answer.step === 'exec')
      return {
        ...accountResult(answer && decode(answer.stdout), parameters.name),
        system: parameters.system,
        create_home: parameters.create_home,
      }
    },
  }
}

async function modification(parameters: Parameters, before: Account, facts: Facts): Promise<AccountWork> {
  const { change, after, warnings } = await modifyUser(parameters, before, facts)
  const { uid, gid, comment, home, shell } = after
  return {
    change,
    account: after,
    warnings,
    result: () => ({ uid, group: gid, comment, home, shell, append: parameters.append, move_home: parameters.move_home }),
  }
}

async function holderOf(
  { name, group, home }: Account,
  { create_home, move_home }: Parameters,
  facts: Facts,
): Promise<KeyHolder> {
  return { name, group, home, hasHome: create_home || move_home || (await facts.followed(home)).type === 'directory' }
}

export default module
