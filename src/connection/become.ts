import { ConnectionFailure, type Become, type FailureKind } from './connection.ts'
import { newSign, type Sign } from './greeting.ts'
import type { ShellStart, Stop } from './admission.ts'
import { loopWords, quoteWord, strayStatus } from './loop.ts'

/** The host and the user who logged in there, as messages name them. */
export interface LoggedIn {
  readonly host: string
  readonly user: string
  /** See `Endpoint.shell`. */
  readonly shell: string
}

/** The shell of the user who logged in. */
export function plainStart({ host, user, shell }: LoggedIn): ShellStart {
  const greeting = newSign()
  return {
    command: `exec ${loopWords(shell, greeting, 'pipe').map(quoteWord).join(' ')}`,
    stream: 'pipe',
    greeting,
    early: true,
    explain: (stop, said, status) => stop === 'ended' && status === strayStatus ? strayShell('unreachable', host, user) : new ConnectionFailure(
      'unreachable',
      stop === 'silent' ? `${host}: logged in, but ${shell} does not start${quoted(said)}`
        : `${host}: ${shell} did not start for ${user}${status ? ` (exit status ${status})` : ''}${quoted(said)}`,
      { hint: `${user} needs a login shell that runs commands, and ${shell} must be a POSIX shell (ansible_shell_executable).` },
    ),
  }
}

/**
 * A shell of another user, by way of sudo, su or doas. Without a password they are called so that they do not ask
 * (`sudo -n`, `doas -n`); with one, it is written only when it is asked for. `su` and `doas` read it from a terminal.
 *
 * They run with `LC_ALL=C`, since their messages are told apart by their text; what LC_ALL was before is handed to the loop.
 */
export function becomeStart(as: Become, login: LoggedIn): ShellStart {
  const asked = as.password !== undefined
  const stream = asked && as.method !== 'sudo' ? 'pty' : 'pipe'
  const [greeting, calling] = [newSign(), newSign()]
  const loop = loopWords(login.shell, greeting, stream)
  const prompt = newSign()
  const words = { sudo: sudoWords, su: suWords, doas: doasWords }[as.method](as, loop, prompt)
  const call = as.method === 'su' ? 'MP_OWN=${LC_ALL+=$LC_ALL} ; export MP_OWN' : 'set -- "$@" "${LC_ALL+=$LC_ALL}"'
  const wrapper = `printf "%s%s\\n" "$1" "$2" >&2 ; shift 2 ; ${call} ; LC_ALL=C ; export LC_ALL ; exec "$@"`
  return {
    command: ['exec', '/bin/sh', '-c', wrapper, 'mp', ...calling.halves, ...words].map(quoteWord).join(' '),
    stream,
    greeting,
    calling,
    early: !asked && as.method !== 'su',
    prompt: { pattern: as.method === 'sudo' ? new RegExp(`${prompt.halves.join('%')}$`) : /password[^\n]*: ?$/i, answer: as.password },
    explain: (stop, said, status) => explain(as, login, stop, said, status),
  }
}

/** sudo(8): `-p` takes `%%` for a per cent sign, so the prompt that we wait for does not stand on the command line. */
function sudoWords(as: Become, loop: string[], prompt: Sign): string[] {
  const mode = as.password === undefined ? ['-n'] : ['-S', '-p', prompt.halves.join('%%')]
  return [...blanks(as.exe ?? 'sudo'), ...withoutMode(as.flags ?? '-H'), ...mode, '-u', as.user, '--', ...loop]
}

/** `-s` since an account that runs a service has no login shell. The loop's sixth argument comes from the environment, which su keeps. */
function suWords(as: Become, loop: string[]): string[] {
  return [...blanks(as.exe ?? 'su'), ...blanks(as.flags ?? '-s /bin/sh'), as.user, '-c', `exec ${loop.map(quoteWord).join(' ')} "$MP_OWN"`]
}

function doasWords(as: Become, loop: string[]): string[] {
  return [...blanks(as.exe ?? 'doas'), ...withoutMode(as.flags ?? ''), ...(as.password === undefined ? ['-n'] : []), '-u', as.user, '--', ...loop]
}

const blanks = (text: string): string[] => text.split(/\s+/).filter(word => word !== '')

/** Whether we are asked for a password, and where, is decided here and not by the user's flags. */
const withoutMode = (flags: string): string[] =>
  blanks(flags).filter(flag => flag !== '--non-interactive' && flag !== '--stdin')
    .map(flag => (/^-[ABbEHiknPSs]+$/.test(flag) ? flag.replaceAll(/[nS]/g, '') : flag)).filter(flag => flag !== '-')

/** What sudo (1.8, 1.9), su (util-linux, shadow, BusyBox) and doas (OpenDoas) print under LC_ALL=C. */
const sayings = {
  passwordNeeded: /a password is required|no password was provided|doas: Authentication required/,
  passwordWrong: /incorrect password|try again|authentication fail|su: Authentication token|su: Permission denied/i,
  notAllowed: /not in the sudoers|not allowed to|may not run|doas: Operation not permitted/,
  noUser: /unknown user|unknown id|does not exist|No passwd entry/,
  noTerminal: /must have a tty|a terminal is required|must be run from a terminal|no tty present/,
}

function explain(as: Become, { host, user }: LoggedIn, stop: Stop, said: string, status?: number): ConnectionFailure {
  const program = as.exe ?? as.method
  const whose = as.method === 'su' ? as.user : user
  const failure = (message: string, hint?: string) => new ConnectionFailure('become', message, { hint })
  const give = 'Give ansible_become_password or --ask-become-pass (-K).'
  const asks = `${program} asks for a password for ${whose} on ${host}`

  if (stop === 'asked' || (stop === 'ended' && sayings.passwordNeeded.test(said))) return failure(asks, give)
  if (stop === 'asked-again' || sayings.passwordWrong.test(said))
    return as.password === undefined ? failure(asks, give)
      : failure(`${program} does not accept the password of ${whose} on ${host}`, `Check ansible_become_password${as.method === 'su' ? `: su wants the password of ${as.user}, not of ${user}` : ''}.`)
  if (stop === 'silent') return failure(`${program} neither asks for a password nor lets ${user} through on ${host}${quoted(said)}`,
    as.password === undefined ? give : 'A prompt with other words than the usual cannot be answered.')
  if (sayings.noTerminal.test(said)) return failure(`${program} on ${host} wants a terminal (requiretty)`,
    `Add \`Defaults:${user} !requiretty\` to the sudoers file of ${host}.`)
  if (sayings.noUser.test(said)) return failure(`there is no user ${as.user} on ${host}${quoted(said)}`, 'Check become_user.')
  if (sayings.notAllowed.test(said)) return failure(`${user} may not become ${as.user} by ${program} on ${host}${quoted(said)}`,
    as.method === 'doas' ? `Add a rule for ${user} to /etc/doas.conf.` : `Add ${user} to the sudoers file of ${host}; it must allow any command.`)
  if (/restricted shell|not available/.test(said)) return failure(`${program} starts no shell for ${as.user} on ${host}${quoted(said)}`,
    'Its login shell runs no commands: use become_method: sudo.')
  if (status === strayStatus) return strayShell('become', host, user)
  if (status === 127) return failure(`${program} is not installed on ${host}${quoted(said)}`, 'Install it, or choose another become_method.')
  return failure(`${program} did not let ${user} through to ${as.user} on ${host}${quoted(said)}`)
}

/** Frames are written ahead, and none of them has run: see `nonceLine`. */
const strayShell = (kind: FailureKind, host: string, user: string): ConnectionFailure =>
  new ConnectionFailure(kind, `a login file of ${user} on ${host} starts another shell in place of the command it is given`, {
    hint: 'Let the file do so only where there is a terminal: [ -t 0 ] && exec ….',
  })

/** What a program on the host said, for the end of a message: its last lines, without control characters. */
const quoted = (said: string): string => {
  const lines = said.replaceAll(/[^\P{C}\n]/gu, '').split('\n').map(line => line.trim()).filter(line => line !== '')
  return lines.length === 0 ? '' : `: ${lines.slice(-3).join(' / ').slice(-400)}`
}
