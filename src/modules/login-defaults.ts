import type { Facts } from '../host/fact.ts'

/** What useradd and userdel do when they are not told otherwise (login.defs(5), useradd(8)). */
export interface LoginDefaults {
  /** Directory that home directories are made in. */
  readonly homes: string
  readonly skeleton: string
  /** Empty: useradd's own choice. */
  readonly shell: string
  /** A new account gets a group of its own, which goes with it. */
  readonly ownGroups: boolean
  /** Permission bits of a new home directory. */
  readonly homeMode: number
  /** Whether login.defs says so. */
  readonly saysHomeMode: boolean
}

/** Read from /etc/login.defs and /etc/default/useradd. */
export async function readLoginDefaults(facts: Facts): Promise<LoginDefaults> {
  const [loginDefs, useradd] = await Promise.all([facts.content('/etc/login.defs'), facts.content('/etc/default/useradd')])
  const login = (name: string) => setting(loginDefs, new RegExp(`^\\s*${name}\\s+(\\S+)`, 'm'))
  const add = (name: string) => setting(useradd, new RegExp(`^\\s*${name}=(.*?)\\s*$`, 'm'))
  const [mode, umask] = [octal(login('HOME_MODE')), octal(login('UMASK'))]
  return {
    homes: add('HOME') || '/home',
    skeleton: add('SKEL') || '/etc/skel',
    shell: add('SHELL') ?? '',
    ownGroups: login('USERGROUPS_ENAB') === 'yes',
    homeMode: mode ?? 0o777 & ~(umask ?? 0o022),
    saysHomeMode: mode !== undefined,
  }
}

const setting = (content: Uint8Array | null, pattern: RegExp): string | undefined =>
  content === null ? undefined : pattern.exec(Buffer.from(content).toString())?.[1]?.replace(/^(["'])(.*)\1$/, '$2')

const octal = (text: string | undefined): number | undefined =>
  text !== undefined && /^[0-7]+$/.test(text) ? parseInt(text, 8) : undefined
