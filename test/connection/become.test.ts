import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { becomeStart, plainStart } from '../../src/connection/become.ts'
import type { Become, Connection } from '../../src/connection/connection.ts'
import { connectionPool } from '../../src/connection/pool.ts'
import { because, labMissing, passwords, startLab, type Lab } from './lab.ts'
import { eventually, failureOf, outcome, text } from './shells.ts'

const login = { host: 'lab1', user: 'deploy', shell: '/bin/sh' }

describe('The command line', () => {
  /** What stands between the wrapper's own words and the loop. */
  const called = (as: Become): string => {
    const { command } = becomeStart(as, login)
    return /exec "\$@"' mp mp\w+ \w+ (.*?)(?: -c | \/bin\/sh -c )/.exec(command)![1]!.replace(/mp\w{16}%%\w{16}/, 'PROMPT')
  }
  test.each<[as: Become, expected: string]>([
    [{ method: 'sudo', user: 'root' }, 'sudo -H -n -u root --'],
    [{ method: 'sudo', user: 'root', password: 'x' }, 'sudo -H -S -p PROMPT -u root --'],
    [{ method: 'sudo', user: 'root', flags: '-H -S -n' }, 'sudo -H -n -u root --'],
    [{ method: 'sudo', user: 'root', flags: '-HSn -E', password: 'x' }, 'sudo -H -E -S -p PROMPT -u root --'],
    [{ method: 'sudo', user: 'a b', exe: '/opt/bin/sudo' }, "/opt/bin/sudo -H -n -u 'a b' --"],
    [{ method: 'sudo', user: 'root', flags: '' }, 'sudo -n -u root --'],
    [{ method: 'doas', user: 'root' }, 'doas -n -u root --'],
    [{ method: 'doas', user: 'root', password: 'x' }, 'doas -u root --'],
    [{ method: 'su', user: 'root' }, 'su -s /bin/sh root'],
    [{ method: 'su', user: 'root', password: 'x', flags: '-m' }, 'su -m root'],
  ])('for %j is %s', (as, expected) => {
    expect(called(as)).toBe(expected)
  })
  test('never holds the password or the prompt as it will be printed', () => {
    for (const method of ['sudo', 'su', 'doas'] as const) {
      const start = becomeStart({ method, user: 'root', password: 'hidden-word' }, login)
      expect(start.command).not.toContain('hidden-word')
      expect(start.prompt!.pattern.test(`${start.command}`)).toBe(false)
      expect(start.early).toBe(false)
    }
  })
  test('lets frames be sent at once only where nothing else can read them', () => {
    const early = (as: Become) => becomeStart(as, login).early
    expect(plainStart(login).early).toBe(true)
    expect(['sudo', 'doas', 'su'].map(method => early({ method: method as Become['method'], user: 'root' }))).toEqual([true, true, false])
  })
})

describe('What sudo, su and doas say', () => {
  test.each<[as: Become, said: string, status: number | undefined, message: string, hint: string | RegExp | undefined]>([
    [{ method: 'sudo', user: 'root' }, 'sudo: a password is required\n', 1, 'sudo asks for a password for deploy on lab1', 'Give ansible_become_password or --ask-become-pass (-K).'],
    [{ method: 'sudo', user: 'root', password: 'x' }, 'sudo: 3 incorrect password attempts\n', 1, 'sudo does not accept the password of deploy on lab1', 'Check ansible_become_password.'],
    [{ method: 'sudo', user: 'root' }, 'deploy is not in the sudoers file.  This incident will be reported.\n', 1, 'deploy may not become root by sudo on lab1: deploy is not in the sudoers file.  This incident will be reported.', /sudoers/],
    [{ method: 'sudo', user: 'root' }, "Sorry, user deploy is not allowed to execute '/bin/sh -c …' as root on lab1.\n", 1, "deploy may not become root by sudo on lab1: Sorry, user deploy is not allowed to execute '/bin/sh -c …' as root on lab1.", /any command/],
    [{ method: 'sudo', user: 'root' }, 'sudo: sorry, you must have a tty to run sudo\n', 1, 'sudo on lab1 wants a terminal (requiretty)', /!requiretty/],
    [{ method: 'sudo', user: 'x' }, 'sudo: unknown user: x\n', 1, 'there is no user x on lab1: sudo: unknown user: x', 'Check become_user.'],
    [{ method: 'sudo', user: 'root' }, 'mp: 1: exec: sudo: not found\n', 127, 'sudo is not installed on lab1: mp: 1: exec: sudo: not found', /become_method/],
    [{ method: 'sudo', user: 'root' }, 'line one\n\x1b[31mline two\n', 3, 'sudo did not let deploy through to root on lab1: line one / [31mline two', undefined],
    [{ method: 'su', user: 'root', password: 'x' }, 'Password: \nsu: Authentication failure\n', 1, 'su does not accept the password of root on lab1', /the password of root, not of deploy/],
    [{ method: 'su', user: 'root', password: 'x' }, 'su: incorrect password\n', 1, 'su does not accept the password of root on lab1', /the password of root/],
    [{ method: 'su', user: 'root' }, 'su: must be run from a terminal\n', 1, 'su on lab1 wants a terminal (requiretty)', /./],
    [{ method: 'su', user: 'x' }, 'su: user x does not exist or the user entry does not contain all the required fields\n', 1, 'there is no user x on lab1: su: user x does not exist or the user entry does not contain all the required fields', 'Check become_user.'],
    [{ method: 'su', user: 'svc' }, 'su: using restricted shell /usr/sbin/nologin\nThis account is currently not available.\n', 1, 'su starts no shell for svc on lab1: su: using restricted shell /usr/sbin/nologin / This account is currently not available.', /sudo/],
    [{ method: 'doas', user: 'root' }, 'doas: Authentication required\n', 1, 'doas asks for a password for deploy on lab1', /-K/],
    [{ method: 'doas', user: 'root' }, 'doas: Operation not permitted\n', 1, 'deploy may not become root by doas on lab1: doas: Operation not permitted', /doas.conf/],
    [{ method: 'doas', user: 'root', password: 'x' }, 'doas: Authentication failed\n', 1, 'doas does not accept the password of deploy on lab1', 'Check ansible_become_password.'],
  ])('%j: %j', (as, said, status, message, hint) => {
    const failure = becomeStart(as, login).explain('ended', said, status)
    expect([failure.kind, failure.message]).toEqual(['become', message])
    if (hint instanceof RegExp) expect(failure.hint).toMatch(hint)
    else expect(failure.hint).toBe(hint)
  })
})

describe(`On a real host${because(labMissing)}`, () => {
  const it = test.skipIf(labMissing)
  const sudo = (user: string, password?: string): Become => ({ method: 'sudo', user, password })
  const su = (user: string, password?: string): Become => ({ method: 'su', user, password })
  const doas = (user: string, password?: string): Become => ({ method: 'doas', user, password })

  it.each(['strays', 'echoes', 'takes'])('runs nothing as somebody else, whatever the login files of %s do, and shows nothing of it', async user => {
    const pool = connectionPool({ home: lab.home, sshConfigFile: '/dev/null' })
    try {
      const connection = await pool.connect(lab.endpoint({ user, connectTimeout: 5_000 }))
      for (const as of [undefined, sudo('root')]) {
        const failure = await failureOf(connection.run({ program: `id >/tmp/ran-by-${user}; : s3cret-program`, deadline: 5_000, ...(as && { as }) }))
        expect(failure.message).not.toMatch(/s3cret-program|MP_NONCE/)
        if (user === 'strays') expect(failure).toMatchObject({ message: `a login file of strays on lab1 starts another shell in place of the command it is given`, hint: expect.stringContaining('[ -t 0 ]') })
      }
      expect(lab.inside(`ls /tmp/ran-by-${user} 2>&1 || true`)).toContain('No such file')
    } finally {
      await pool.close()
    }
  }, 40_000)
  const pool = connectionPool({ home: '/nonexistent', sshConfigFile: '/dev/null' })
  let lab: Lab

  beforeAll(async () => {
    if (!labMissing) lab = await startLab()
  }, 30_000)
  afterAll(async () => {
    await pool.close()
    lab?.stop()
  })
  const connections = new Map<string, Promise<Connection>>()
  const loggedIn = (user: string) => {
    const connection = connections.get(user) ?? pool.connect(lab.endpoint({ user }))
    connections.set(user, connection)
    return connection
  }

  const who = 'id -un; echo "$LC_ALL $(umask)"; printf err >&2; exit 4'
  const through: [title: string, user: string, as: Become, target: string][] = [
    ['sudo without a password', 'free', sudo('root'), 'root'],
    ['sudo to a service account', 'free', sudo('svc'), 'svc'],
    ['sudo with a password', 'deploy', sudo('root', passwords.deploy), 'root'],
    ['sudo with a password that is not asked for', 'free', sudo('root', 'not asked for'), 'root'],
    ['sudo with a password, a lecture and noisy login files', 'noisy', sudo('root', passwords.deploy), 'root'],
    ['sudo as root', 'root', sudo('deploy'), 'deploy'],
    ['su with a password', 'deploy', su('root', passwords.root), 'root'],
    ['su with a password and noisy login files', 'noisy', su('root', passwords.root), 'root'],
    ['su as root, to a service account', 'root', su('svc'), 'svc'],
    ['su without flags', 'deploy', { ...su('root', passwords.root), flags: '' }, 'root'],
    ['doas without a password', 'free', doas('root'), 'root'],
    ['doas with a password', 'deploy', doas('svc', passwords.deploy), 'svc'],
    ['nothing, for who is that user already', 'nobody2', sudo('nobody2'), 'nobody2'],
  ]
  it.each(through)('%s lets a program through', async (_, user, as, target) => {
    expect(await outcome(await loggedIn(user), who, { as })).toBe(`4 "${target}\\nC 0077\\n" "err"`)
  })

  it.each<[way: string, as: Become | undefined]>([
    ['logging in', undefined], ['sudo', sudo('root', passwords.deploy)], ['su', su('root', passwords.root)], ['doas', doas('root', passwords.deploy)],
  ])('the locale of the host can be had back after %s', async (_, as) => {
    expect(await outcome(await loggedIn('noisy'), 'echo $LC_ALL; mp_own_environment; echo $LC_ALL; umask; env | grep -c ^MP_', { as })).toBe('1 "C\\nC.UTF-8\\n0022\\n0\\n" ""')
  })

  const refused: [title: string, user: string, as: Become, message: RegExp][] = [
    ['sudo without a password where one is needed', 'deploy', sudo('root'), /^sudo asks for a password for deploy on lab1$/],
    ['sudo with a wrong password', 'deploy', sudo('root', 'wrong'), /^sudo does not accept the password of deploy on lab1$/],
    ['sudo of someone who has no rights', 'nobody2', sudo('root', passwords.deploy), /^nobody2 may not become root by sudo on lab1: nobody2 is not in the sudoers file/],
    ['sudo to nobody', 'free', sudo('nosuch'), /^there is no user nosuch on lab1/],
    ['sudo where it wants a terminal', 'tied', sudo('root'), /^sudo on lab1 wants a terminal \(requiretty\)$/],
    ['another sudo that is not there', 'free', { ...sudo('root'), exe: '/opt/sudo' }, /^\/opt\/sudo is not installed on lab1/],
    ['su without a password', 'free', su('root'), /^su asks for a password for root on lab1$/],
    ['su with a wrong password', 'deploy', su('root', 'wrong'), /^su does not accept the password of root on lab1$/],
    ['su to nobody', 'free', su('nosuch'), /^there is no user nosuch on lab1/],
    ['su to a service account', 'deploy', su('svc', passwords.svc), /^su starts no shell for svc on lab1/],
    ['doas without a password where one is needed', 'deploy', doas('root'), /^doas asks for a password for deploy on lab1$/],
    ['doas with a wrong password', 'deploy', doas('root', 'wrong'), /^doas does not accept the password of deploy on lab1$/],
    ['doas of someone who has no rights', 'nobody2', doas('root', passwords.deploy), /^nobody2 may not become root by doas on lab1/],
    ['doas to nobody', 'free', doas('nosuch'), /^there is no user nosuch on lab1/],
  ]
  it.each(refused)('%s is refused, and says why', async (_, user, as, message) => {
    const failures = await Promise.all([1, 2].map(async () => failureOf((await loggedIn(user)).run({ program: 'true', deadline: 5_000, as }))))
    for (const failure of failures) expect([failure.kind, failure.message]).toEqual(['become', expect.stringMatching(message)])
    expect(await outcome(await loggedIn(user), 'echo still here')).toBe('0 "still here\\n" ""')
  }, 20_000)

  it('a password that was refused is not tried again', async () => {
    const connection = await pool.connect(lab.endpoint({ user: 'noisy' }))
    const as = sudo('root', 'wrong once')
    expect((await failureOf(connection.run({ program: 'true', deadline: 5_000, as }))).kind).toBe('become')
    const start = Date.now()
    expect((await failureOf(connection.run({ program: 'true', deadline: 5_000, as }))).kind).toBe('become')
    expect(Date.now() - start).toBeLessThan(200)
    await connection.close()
  }, 20_000)

  it('no terminal for a password is said', async () => {
    const connection = await pool.connect(lab.endpoint({ user: 'deploy', port: lab.strictPort }))
    expect(await failureOf(connection.run({ program: 'true', deadline: 5_000, as: su('root', passwords.root) }))).toMatchObject({ kind: 'become', hint: expect.stringContaining('PermitTTY') })
    await connection.close()
  })

  const all = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))
  const octal = [...all].map(byte => `\\${byte.toString(8).padStart(3, '0')}`).join('')
  const everyWay: [method: string, as: Become][] = [['sudo', sudo('root', passwords.deploy)], ['su', su('root', passwords.root)], ['doas', doas('root', passwords.deploy)]]
  describe.each(everyWay)('through %s', (_, as) => {
    it('every byte arrives, on both streams', async () => {
      const answer = await (await loggedIn('deploy')).run({ program: `printf '${octal}'; printf '${octal}' >&2`, deadline: 5_000, as })
      expect([Buffer.from(answer.stdout).equals(all), Buffer.from(answer.stderr).equals(all)]).toEqual([true, true])
    })
    it('megabytes arrive, in both directions', async () => {
      const big = 'xyzö\n\t\x01\x04\x11\x13\x1a\x7f'.repeat(150_000)
      const connection = await loggedIn('deploy')
      const answer = await connection.run({ program: `printf %s '${big}'; printf %s '${big.slice(0, 500_000)}' >&2`, deadline: 20_000, as })
      expect(text(answer.stdout) === big).toBe(true)
      expect(text(answer.stderr) === big.slice(0, 500_000)).toBe(true)
    }, 30_000)
    it('many are sent ahead and answered in order', async () => {
      const connection = await loggedIn('deploy')
      const numbers = Array.from({ length: 40 }, (_, index) => index)
      expect(await Promise.all(numbers.map(n => outcome(connection, `echo ${n}; echo e${n} >&2; exit ${n}`, { as })))).toEqual(numbers.map(n => `${n} "${n}\\n" "e${n}\\n"`))
    })
    it('a program that passes its deadline is killed, children included', async () => {
      const connection = await loggedIn('deploy')
      expect(await Promise.all([outcome(connection, 'sleep 7656 & sleep 7656', { as, deadline: 300 }), outcome(connection, 'echo next', { as })])).toEqual(['deadline', '0 "next\\n" ""'])
      expect(await eventually(() => lab.inside('pgrep -cx sleep').trim() === '0')).toBe(true)
    }, 20_000)
    it('nothing reads from a terminal', async () => {
      expect(await outcome(await loggedIn('deploy'), 'cat; (: </dev/tty) 2>/dev/null || echo no terminal', { as })).toBe('0 "no terminal\\n" ""')
    })
    it('nothing is left behind', async () => {
      const connection = await pool.connect(lab.endpoint({ user: 'deploy' }))
      const [pid, files] = text((await connection.run({ program: 'echo $PPID; ls -l /proc/$PPID/fd | grep -v " 10 ->" | grep -c "/tmp/.*[^)]$"', deadline: 5_000, as })).stdout).trim().split('\n')
      expect(files).toBe('0')
      const running = outcome(connection, 'sleep 7657', { as, deadline: 60_000 })
      await new Promise(resolve => setTimeout(resolve, 100))
      await connection.close()
      expect(await running).toBe('outcome-unknown')
      expect(await eventually(() => lab.inside(`[ -e /proc/${pid} ] || echo gone; pgrep -cx sleep`).trim() === 'gone\n0')).toBe(true)
    }, 20_000)
  })

  it('several users share one login', async () => {
    const connection = await loggedIn('free')
    expect(await Promise.all([outcome(connection, 'id -un'), outcome(connection, 'id -un', { as: sudo('root') }), outcome(connection, 'id -un', { as: sudo('svc') })]))
      .toEqual(['0 "free\\n" ""', '0 "root\\n" ""', '0 "svc\\n" ""'])
  })

  it('locally, a terminal is made for the password', async () => {
    const inside = (await import('node:child_process')).spawnSync
    expect(inside('sh', ['-c', 'command -v script']).status).toBe(0)
    const connection = await pool.connect({ name: 'here', connection: 'local', connectTimeout: 5_000 })
    expect(await failureOf(connection.run({ program: 'true', deadline: 5_000, as: { method: 'su', user: 'nosuch', password: 'x' } }))).toMatchObject({ kind: 'become', message: expect.stringContaining('there is no user nosuch') })
    expect(await outcome(connection, who, { as: { method: 'su', user: 'nobody', password: 'not asked' } })).toBe('4 "nobody\\nC 0077\\n" "err"')
    await connection.close()
  })
})
