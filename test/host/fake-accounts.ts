import type { Account, Group } from '../../src/host/fact.ts'

/** Users and groups in memory, and the programs that change them. */
export class FakeAccounts {
  readonly users = new Map<string, Account>()
  readonly groups = new Map<string, Group>()
  /** Names by number, for files. */
  readonly userNames = new Map<number, string>()
  readonly groupNames = new Map<number, string>()

  constructor() {
    for (const [name, id, home] of [['root', 0, '/root'], ['daemon', 1, '/usr/sbin'], ['nobody', 65534, '/nonexistent']] as const) {
      const group = name === 'nobody' ? 'nogroup' : name
      this.addGroup({ name: group, gid: id, members: [] })
      this.addUser({ name, uid: id, gid: id, group, home, shell: name === 'root' ? '/bin/bash' : '/usr/sbin/nologin' })
    }
    this.addGroup({ name: 'adm', gid: 4, members: [] })
  }

  addUser(given: Pick<Account, 'name' | 'uid' | 'gid' | 'group'> & Partial<Account>): void {
    const { name, uid } = given
    this.users.set(name, {
      groups: [], comment: '', home: `/home/${name}`, shell: '/bin/sh', password: '!', expires: null,
      passwordMinimumDays: null, passwordMaximumDays: null, passwordWarnDays: null, passwordInactiveDays: null, ...given,
    })
    this.userNames.set(uid, name)
  }

  addGroup(group: Group): void {
    this.groups.set(group.name, group)
    this.groupNames.set(group.gid, group.name)
  }

  /** By name or number. */
  user(text: string): Account | null {
    return this.users.get(text) ?? this.users.get(this.userNames.get(Number(text)) ?? '') ?? null
  }

  group(text: string): Group | null {
    return this.groups.get(text) ?? this.groups.get(this.groupNames.get(Number(text)) ?? '') ?? null
  }

  /**
   * What useradd, usermod, userdel, groupadd, groupmod, groupdel, chpasswd and chage do, for their usual options.
   *
   * @returns what they would print when they fail
   */
  run([program = '', ...words]: readonly string[], stdin = ''): string | undefined {
    const { options, rest } = parse(words)
    const name = rest.at(-1) ?? ''
    switch (program.slice(program.lastIndexOf('/') + 1)) {
      case 'groupadd':
        if (this.groups.has(name)) return `groupadd: group '${name}' already exists`
        return void this.addGroup({ name, gid: number(options, 'g', 'gid') ?? this.#free(this.groupNames, options.has('r') || options.has('system')), members: [] })
      case 'groupmod': return this.#changeGroup(name, options)
      case 'groupdel': return this.#removeGroup(name)
      case 'useradd': return this.#addUser(name, options)
      case 'usermod': return this.#changeUser(name, options)
      case 'userdel': return this.#removeUser(name)
      case 'chage': {
        const user = this.users.get(name)
        if (!user) return `chage: user '${name}' does not exist in /etc/passwd`
        const days = (option: string, before: number | null) => (options.has(option) ? (Number(options.get(option)) < 0 ? null : Number(options.get(option))) : before)
        this.users.set(name, {
          ...user, passwordMinimumDays: days('m', user.passwordMinimumDays), passwordMaximumDays: days('M', user.passwordMaximumDays),
          passwordWarnDays: days('W', user.passwordWarnDays), passwordInactiveDays: days('I', user.passwordInactiveDays),
        })
        return undefined
      }
      case 'chpasswd':
        for (const line of stdin.split('\n').filter(Boolean)) {
          const at = line.indexOf(':')
          const user = this.users.get(line.slice(0, at))
          if (!user) return `chpasswd: line 1: user '${line.slice(0, at)}' does not exist`
          this.users.set(user.name, { ...user, password: line.slice(at + 1) })
        }
        return undefined
      default: return `${program}: command not found`
    }
  }

  #addUser(name: string, options: Options): string | undefined {
    if (this.users.has(name)) return `useradd: user '${name}' already exists`
    const system = options.has('r') || options.has('system')
    const uid = number(options, 'u', 'uid') ?? this.#free(this.userNames, system)
    const named = text(options, 'g', 'gid')
    if (named !== undefined && !this.group(named)) return `useradd: group '${named}' does not exist`
    if (named === undefined) this.addGroup({ name, gid: this.groupNames.has(uid) ? this.#free(this.groupNames, system) : uid, members: [] })
    const group = this.group(named ?? name)!
    this.addUser({ name, uid, gid: group.gid, group: group.name, ...(system && { home: `/home/${name}` }) })
    return this.#changeUser(name, options)
  }

  #changeUser(name: string, options: Options): string | undefined {
    const user = this.users.get(name)
    if (!user) return `usermod: user '${name}' does not exist`
    const groups = text(options, 'G', 'groups')?.split(',').filter(Boolean)
    const unknown = groups?.find(group => !this.group(group))
    if (unknown !== undefined) return `usermod: group '${unknown}' does not exist`
    const primary = text(options, 'g', 'gid')
    const group = primary === undefined ? undefined : this.group(primary)
    const all = groups && [...new Set([...(options.has('a') || options.has('append') ? user.groups : []), ...groups.map(each => this.group(each)!.name)])].sort()
    const password = options.has('L') ? `!${user.password}` : options.has('U') ? (user.password ?? '').replace(/^!/, '') : text(options, 'p', 'password')
    this.users.set(name, {
      ...user,
      ...(group && { gid: group.gid, group: group.name }),
      ...(all && { groups: all }),
      ...(password !== undefined && { password }),
      ...defined({ comment: text(options, 'c', 'comment'), home: text(options, 'd', 'home') ?? text(options, 'd', 'home-dir'), shell: text(options, 's', 'shell'), uid: number(options, 'u', 'uid') }),
    })
    this.userNames.set(this.users.get(name)!.uid, name)
    for (const [each, { gid, members }] of this.groups)
      this.groups.set(each, { name: each, gid, members: all?.includes(each) ? [...new Set([...members, name])] : all ? members.filter(member => member !== name) : members })
    return undefined
  }

  #removeUser(name: string): string | undefined {
    const user = this.users.get(name)
    if (!user) return `userdel: user '${name}' does not exist`
    this.users.delete(name)
    this.userNames.delete(user.uid)
    if (user.group === name) this.#removeGroup(name)
    return undefined
  }

  #changeGroup(name: string, options: Options): string | undefined {
    const group = this.groups.get(name)
    if (!group) return `groupmod: group '${name}' does not exist`
    this.groupNames.delete(group.gid)
    return void this.addGroup({ ...group, gid: number(options, 'g', 'gid') ?? group.gid })
  }

  #removeGroup(name: string): string | undefined {
    const group = this.groups.get(name)
    if (!group) return `groupdel: group '${name}' does not exist`
    this.groups.delete(name)
    this.groupNames.delete(group.gid)
    return undefined
  }

  #free(taken: ReadonlyMap<number, string>, system: boolean): number {
    let id = system ? 100 : 1000
    while (taken.has(id)) id++
    return id
  }
}

type Options = ReadonlyMap<string, string>

/** Options that stand alone; all others take the next word. */
const flags = new Set(['r', 'system', 'm', 'M', 'N', 'o', 'a', 'L', 'U', 'f', 'force', 'append', 'create-home', 'no-create-home', 'non-unique', 'remove'])

function parse(words: readonly string[]): { readonly options: Options; readonly rest: readonly string[] } {
  const options = new Map<string, string>()
  const rest: string[] = []
  for (let index = 0; index < words.length; index++) {
    const [, name, value] = /^--?([\w-]+)(?:=(.*))?$/s.exec(words[index]!) ?? []
    if (name === undefined) rest.push(words[index]!)
    else options.set(name, value ?? (flags.has(name) ? '' : (words[++index] ?? '')))
  }
  return { options, rest }
}

const text = (options: Options, short: string, long: string) => options.get(short) ?? options.get(long)
const number = (options: Options, short: string, long: string) => (text(options, short, long) === undefined ? undefined : Number(text(options, short, long)))
const defined = (members: object) => Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined))
