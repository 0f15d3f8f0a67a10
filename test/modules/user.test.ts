import { describe, expect, test } from 'vitest'
import { isUnknown } from '../../src/core/unknown.ts'
import type { ExecAnswer } from '../../src/host/change.ts'
import type { Account } from '../../src/host/fact.ts'
import group from '../../src/modules/group.ts'
import user from '../../src/modules/user.ts'
import { aDirectory, aFile, bytes, contextOn, given, look, planOn, resultOn, type ObservedHost } from './observed-host.ts'

const hash = `$6$salt$${'a'.repeat(86)}`
const otherHash = `$6$salt$${'b'.repeat(86)}`
const ada: Account = {
  name: 'ada', uid: 1000, gid: 1000, group: 'ada', groups: ['adm', 'sudo'], comment: 'Ada', home: '/home/ada', shell: '/bin/bash', password: hash, expires: null,
  passwordMinimumDays: 0, passwordMaximumDays: 99999, passwordWarnDays: 7, passwordInactiveDays: null,
}
const host: ObservedHost = {
  account: { ada, locked: { ...ada, name: 'locked', password: `!${hash}` }, none: { ...ada, name: 'none', password: '!' }, hidden: { ...ada, name: 'hidden', password: null }, expiring: { ...ada, name: 'expiring', expires: 19_000 } },
  group: {
    ada: { name: 'ada', gid: 1000, members: [] }, adm: { name: 'adm', gid: 4, members: ['ada'] }, sudo: { name: 'sudo', gid: 27, members: ['ada'] }, www: { name: 'www', gid: 33, members: [] },
    '33': { name: 'www', gid: 33, members: [] },
  },
  followed: { '/home/ada': { ...aDirectory, path: '/home/ada', uid: 1000 }, '/home': { ...aDirectory, path: '/home' }, '/etc/skel': { ...aDirectory, path: '/etc/skel' }, '/srv': { ...aDirectory, path: '/srv' } },
  content: { '/etc/login.defs': bytes('# UMASK 077\nUMASK\t\t022\nUSERGROUPS_ENAB yes\n'), '/etc/default/useradd': bytes('SHELL=/bin/sh\n# HOME=/x\n') },
}
const doneBy = async (parameters: object, on = host) =>
  (await planOn(user, parameters, on)).changes.flatMap(change => change.steps).map(step =>
    step.step === 'account' ? [...step.argv, ...(step.stdin === undefined ? [] : [`<${step.stdin.trim()}`])].join(' ') : step.step === 'exec' ? step.argv.join(' ') : step.step)

describe('an account is made', () => {
  test.each([
    ['plainly', {}, ['useradd -m new']],
    ['with everything', { uid: 5, non_unique: true, group: 'www', groups: ['adm', ' sudo', 'adm'], comment: 'New', shell: '/bin/zsh', system: true, skeleton: '/etc/s', umask: '0077' }, ['useradd -u 5 -o -g www -G adm,sudo -c New -s /bin/zsh -m -k /etc/s -K UMASK=0077 -r new']],
    ['with a group by number', { group: '33' }, ['useradd -g www -m new']],
    ['without a home directory', { create_home: false }, ['useradd -M new']],
    ['with a home directory elsewhere', { home: '/srv/new' }, ['useradd -d /srv/new -m new']],
    ['with a home directory far away', { home: '/opt/a/new' }, ['directory', 'chmod', 'directory', 'chmod', 'useradd -d /opt/a/new -m new']],
    ['with a password', { password: hash }, ['useradd -m new', `chpasswd -e <new:${hash}`]],
    ['with a locked password', { password: hash, password_lock: true }, ['useradd -m new', `chpasswd -e <new:!${hash}`]],
    ['that expires', { expires: 1_641_600_000.5 }, ['useradd -e 2022-01-08 -m new']],
    ['that never expires', { expires: -1 }, ['useradd -e  -m new']],
    ['whose password ages', { password_expire_min: 1, password_expire_max: 90, password_expire_warn: 5, password_expire_account_disable: 30 }, ['useradd -m new', 'chage -m 1 -M 90 -W 5 -I 30 new']],
    ['with a number from a range', { uid_min: 2000, uid_max: 2999 }, ['useradd -K UID_MIN=2000 -K UID_MAX=2999 -m new']],
  ])('%s', async (_, parameters, steps) => expect(await doneBy({ name: 'new', ...parameters })).toEqual([...steps, 'getent passwd new']))

  test('beside a group of the same name', async () => expect(await doneBy({ name: 'www' })).toEqual(['useradd -N -m www', 'getent passwd www']))

  test('and what comes with it is foreseen', async () => {
    const { changes } = await planOn(user, { name: 'new', groups: ['adm'] }, host)
    expect(changes[0]!.predicts).toMatchObject([
      { kind: 'account', key: 'new', value: { uid: -1, group: 'new', groups: ['adm'], home: '/home/new', shell: '/bin/sh' } },
      { kind: 'group', key: 'new', value: { gid: -1, members: [] } },
      { kind: 'group', key: 'adm', value: { gid: 4, members: ['ada', 'new'] } },
      { kind: 'file', key: '/home/new', value: { type: 'directory', mode: 0o755, owner: 'new', group: 'new' } },
      { kind: 'followed', key: '/home/new', value: { type: 'directory', path: '/home/new' } },
    ])
    for (const { kind, key } of changes[0]!.predicts) expect(changes[0]!.touches).toContainEqual({ kind, key })
  })

  test.each([
    ['the distribution\'s mode for home directories', 'HOME_MODE 0750\nUMASK 022\n', {}, 0o750],
    ['which counts more than a umask', 'HOME_MODE 0750\n', { umask: '0077' }, 0o750],
    ['a umask', 'UMASK 022\n', { umask: '0077' }, 0o700],
  ])('%s is kept', async (_, defs, parameters, mode) => {
    const { changes } = await planOn(user, { name: 'new', ...parameters }, { ...host, content: { '/etc/login.defs': bytes(defs) } })
    expect(changes[0]!.predicts.find(({ kind }) => kind === 'file')).toMatchObject({ value: { mode } })
  })

  test('its number is told once it has one', async () => {
    const answer: ExecAnswer = { step: 'exec', status: 0, stdout: bytes('new:x:1001:1002:N,,,:/home/new:/bin/sh\n'), stderr: bytes(''), start: 0, end: 0 }
    expect(await resultOn(user, { name: 'new', groups: ['adm', 'sudo'], password: hash }, host, [[answer]])).toEqual({
      changed: true, name: 'new', state: 'present', groups: 'adm,sudo', password: 'NOT_LOGGING_PASSWORD', uid: 1001, group: 1002, comment: 'N,,,', home: '/home/new', shell: '/bin/sh',
      system: false, create_home: true,
    })
    expect(isUnknown((await resultOn(user, { name: 'new' }, host)).uid)).toBe(true)
  })

  test('no password stands in an argument list', async () => {
    const { changes } = await planOn(user, { name: 'new', password: hash }, host)
    for (const step of changes[0]!.steps) expect(JSON.stringify('argv' in step ? step.argv : [])).not.toContain(hash)
  })
})

describe('an account is changed where it differs, and only there', () => {
  test.each([
    ['nothing asked', {}, []],
    ['all as it is', { uid: 1000, group: 'ada', groups: ['sudo', 'adm'], comment: 'Ada', home: '/home/ada', shell: '/bin/bash', password: hash, expires: -1, password_expire_max: 99999, password_lock: false }, []],
    ['number', { uid: 7 }, ['usermod -u 7 ada']],
    ['primary group', { group: 'www' }, ['usermod -g 33 ada']],
    ['fewer groups', { groups: ['adm'] }, ['usermod -G adm ada']],
    ['no groups', { groups: [] }, ['usermod -G  ada']],
    ['no groups, appended', { groups: [], append: true }, []],
    ['another group, appended', { groups: ['www'], append: true }, ['usermod -a -G www ada']],
    ['a group it has, appended', { groups: ['adm'], append: true }, []],
    ['comment and shell', { comment: 'A', shell: '/bin/sh' }, ['usermod -c A -s /bin/sh ada']],
    ['a home directory that is there', { home: '/srv' }, ['usermod -d /srv ada']],
    ['a home directory that is moved', { home: '/srv/ada', move_home: true }, ['usermod -d /srv/ada -m ada']],
    ['a home directory that is missing', { home: '/srv/ada' }, ['usermod -d /srv/ada ada', 'cp -R -P -p /etc/skel /srv/ada', 'chmod', 'chown -R -h 1000:1000 /srv/ada']],
    ['a home directory that need not be there', { home: '/srv/ada', create_home: false }, ['usermod -d /srv/ada ada']],
    ['password', { password: otherHash }, [`chpasswd -e <ada:${otherHash}`]],
    ['password, only for new accounts', { password: otherHash, update_password: 'on_create' }, []],
    ['lock', { password_lock: true }, ['usermod -L ada']],
    ['lock with the same password', { password_lock: true, password: hash }, ['usermod -L ada']],
    ['lock with another', { password_lock: true, password: otherHash }, [`chpasswd -e <ada:!${otherHash}`]],
    ['expiry', { expires: 1_641_600_000 }, ['usermod -e 2022-01-08 ada']],
    ['ageing', { password_expire_min: 3, password_expire_max: 99999 }, ['chage -m 3 ada']],
    ['when it is disabled', { password_expire_account_disable: 0 }, ['chage -I 0 ada']],
    ['not when it is never disabled already', { password_expire_account_disable: -1 }, []],
  ])('%s', async (_, parameters, steps) => expect(await doneBy({ name: 'ada', ...parameters })).toEqual(steps))

  test.each([
    ['locked and to be locked', { name: 'locked', password_lock: true }, []],
    ['locked and to be unlocked', { name: 'locked', password_lock: false }, ['usermod -U locked']],
    ['locked with the same password', { name: 'locked', password: hash }, []],
    ['expiring and never to', { name: 'expiring', expires: -1 }, ['usermod -e  expiring']],
    ['expiring on that day', { name: 'expiring', expires: 19_000 * 86_400 + 7 }, []],
  ])('%s', async (_, parameters, steps) => expect(await doneBy(parameters)).toEqual(steps))

  test('a second plan on what is foreseen is empty', async () => {
    const wishes = { name: 'ada', uid: 7, group: 'www', groups: ['www', 'adm'], comment: 'A', shell: '/bin/sh', password: otherHash, password_lock: true, expires: 1e9, password_expire_min: 2, home: '/srv', create_home: false }
    const { changes, result } = await planOn(user, wishes, host)
    expect(result([])).toMatchObject({ changed: true, uid: 7, group: 33, comment: 'A', home: '/srv', shell: '/bin/sh' })
    const after = changes[0]!.predicts.find(({ kind }) => kind === 'account')!.value as Account
    expect((await planOn(user, wishes, { ...host, account: { ada: after } })).changes).toEqual([])
  })

  test('a lost home directory is made anew', async () => {
    expect(await doneBy({ name: 'ada' }, { ...host, followed: { '/home': { ...aDirectory, path: '/home' } } })).toEqual(['directory', 'chmod', 'chown -R -h 1000:1000 /home/ada'])
  })

  test.each([
    ['a group that does not exist', { name: 'ada', groups: ['nosuch'] }, 'Group nosuch does not exist'],
    ['a primary group that does not exist', { name: 'new', group: 'nosuch' }, 'Group nosuch does not exist'],
    ['a password that nobody may read', { name: 'hidden', password: hash }, 'What /etc/shadow says of hidden cannot be read. The task needs the rights of root: become: true'],
  ])('%s is refused', async (_, parameters, msg) => {
    const plan = await planOn(user, parameters, host)
    expect(plan.changes).toEqual([])
    expect(plan.result([])).toMatchObject({ failed: true, msg })
  })

  test.each([
    ['a password that is not hashed', { name: 'new', password: 'secret' }, /appears not to have been hashed/],
    ['an account without a password cannot be unlocked', { name: 'none', password_lock: false }, /there is nothing to unlock/],
  ])('%s: a warning', async (_, parameters, warning) => expect((await resultOn(user, parameters, host)).warnings).toEqual([expect.stringMatching(warning)]))

  test.each([['a hash', hash], ['a star', '*'], ['a bang', '!'], ['yescrypt', '$y$j9T$abc$0123456789']])('%s is no mistake', async (_, password) => {
    expect(await resultOn(user, { name: 'new', password }, host)).not.toHaveProperty('warnings')
  })
})

describe('an account is deleted', () => {
  test.each([
    ['plainly', {}, ['userdel ada']],
    ['with its home directory', { remove: true }, ['userdel -r ada']],
    ['at any cost', { force: true }, ['userdel -f ada']],
  ])('%s', async (_, parameters, steps) => expect(await doneBy({ name: 'ada', state: 'absent', ...parameters })).toEqual(steps))
  test('with its group, its memberships and its home directory', async () => {
    const { changes, result } = await planOn(user, { name: 'ada', state: 'absent', remove: true }, host)
    expect(changes[0]).toMatchObject({ kind: 'delete', note: 'removes /home/ada' })
    expect(changes[0]!.predicts).toMatchObject([
      { kind: 'account', key: 'ada', value: null }, { kind: 'group', key: 'ada', value: null }, { kind: 'group', key: 'adm', value: { members: [] } }, { kind: 'group', key: 'sudo' },
      { kind: 'file', key: '/home/ada', value: { type: 'absent' } }, { kind: 'followed', key: '/home/ada' },
    ])
    expect(result([])).toEqual({ changed: true, name: 'ada', state: 'absent', force: false, remove: true })
  })
  test('once', async () => expect(await resultOn(user, { name: 'new', state: 'absent' }, host)).toEqual({ changed: false, name: 'new', state: 'absent' }))
})

describe('a key pair', () => {
  const pub = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMTT8GyELCkhAaF6YyH9bUbZWLjtH076Fk+Z8YKqUG7+ ada@lab1'
  const print = '256 SHA256:2EvJb3dnPxe+e1OcdrUASNtkdY/0Lm9dne0yfKkzH6c ada@lab1 (ED25519)'
  const wish = { name: 'ada', generate_ssh_key: true, ssh_key_type: 'ed25519' }
  const answer: ExecAnswer = { step: 'exec', status: 0, stdout: bytes(`${pub}\n`), stderr: bytes(''), start: 0, end: 0 }
  test('is made where there is none', async () => {
    expect(await doneBy(wish)).toEqual([
      'directory', 'chmod', 'chown ada:ada /home/ada/.ssh', 'ssh-keygen -q -t ed25519 -C matrix-provision on lab1 -N  -f /home/ada/.ssh/id_ed25519',
      'chmod', 'chown ada:ada /home/ada/.ssh/id_ed25519 /home/ada/.ssh/id_ed25519.pub', 'cat /home/ada/.ssh/id_ed25519.pub',
    ])
    expect(await resultOn(user, wish, host, [[answer]])).toMatchObject({ changed: true, ssh_key_file: '/home/ada/.ssh/id_ed25519', ssh_public_key: pub, ssh_fingerprint: print })
    expect(isUnknown((await resultOn(user, wish, host)).ssh_public_key)).toBe(true)
  })
  test('is made for a new account', async () => {
    const { changes } = await planOn(user, { ...wish, name: 'new', ssh_key_bits: 4096, ssh_key_type: 'rsa', ssh_key_comment: 'c', ssh_key_file: 'k/id' }, host)
    expect(changes.map(change => change.subject)).toEqual([{ kind: 'account', name: 'new' }, { kind: 'ssh key', name: '/home/new/k/id' }])
    expect(changes[1]!.steps).toContainEqual({ step: 'account', argv: ['ssh-keygen', '-q', '-t', 'rsa', '-b', '4096', '-C', 'c', '-N', '', '-f', '/home/new/k/id'] })
    const made: ExecAnswer = { ...answer, stdout: bytes('new:x:7:8::/home/new:/bin/sh') }
    expect(await resultOn(user, { ...wish, name: 'new' }, host, [[made], [answer]])).toMatchObject({ uid: 7, group: 8, ssh_public_key: pub })
  })
  const present: ObservedHost = { ...host, file: { '/home/ada/.ssh/id_ed25519': aFile }, content: { ...host.content, '/home/ada/.ssh/id_ed25519.pub': bytes(`${pub}\n`) } }
  test('is left alone where there is one, and told', async () => {
    expect(await resultOn(user, wish, present)).toMatchObject({
      changed: false, ssh_public_key: pub, ssh_fingerprint: print, warnings: ['Found existing ssh key private file "/home/ada/.ssh/id_ed25519", no force, so skipping ssh-keygen generation'],
    })
  })
  test('is replaced by force', async () => expect(await doneBy({ ...wish, force: true }, present)).toContain('remove'))
  test('needs a home directory', async () => {
    expect(await resultOn(user, { ...wish, name: 'expiring', create_home: false, home: '/nowhere' }, host)).toMatchObject({ failed: true, msg: 'User expiring home directory does not exist' })
  })
})

test('a converged account needs two rounds', async () => {
  const looked = look(host)
  await user.plan(given(user, { name: 'ada', groups: ['adm', 'sudo'], shell: '/bin/bash' }), contextOn({}, { facts: looked.facts }))
  expect(looked.rounds).toEqual([['account:ada', 'group:adm', 'group:sudo'], ['followed:/home/ada']])
})

describe('a group', () => {
  test.each([
    ['is made', { name: 'new' }, [['groupadd', 'new'], ['getent', 'group', 'new']]],
    ['is made with a number from a range', { name: 'new', gid_min: 3000, gid_max: 3999 }, [['groupadd', '-K', 'GID_MIN=3000', '-K', 'GID_MAX=3999', 'new'], ['getent', 'group', 'new']]],
    ['is made with a number', { name: 'new', gid: 5, non_unique: true, system: true }, [['groupadd', '-g', '5', '-o', '-r', 'new'], ['getent', 'group', 'new']]],
    ['is there', { name: 'www', gid: 33 }, []],
    ['gets another number', { name: 'www', gid: 34 }, [['groupmod', '-g', '34', 'www']]],
    ['is deleted', { name: 'www', state: 'absent' }, [['groupdel', 'www']]],
    ['is deleted at any cost', { name: 'www', state: 'absent', force: true }, [['groupdel', '-f', 'www']]],
    ['is not there', { name: 'new', state: 'absent' }, []],
  ])('%s', async (_, parameters, argvs) => {
    const { changes } = await planOn(group, parameters, host)
    expect(changes.flatMap(change => change.steps).map(step => 'argv' in step && step.argv)).toEqual(argvs)
  })
  test('its number is told once it has one', async () => {
    const answer: ExecAnswer = { step: 'exec', status: 0, stdout: bytes('new:x:1002:\n'), stderr: bytes(''), start: 0, end: 0 }
    expect(await resultOn(group, { name: 'new' }, host, [[answer]])).toEqual({ changed: true, name: 'new', state: 'present', system: false, gid: 1002 })
    expect(await resultOn(group, { name: 'www' }, host)).toEqual({ changed: false, name: 'www', state: 'present', system: false, gid: 33 })
    expect(isUnknown((await resultOn(group, { name: 'new' }, host)).gid)).toBe(true)
    expect(await resultOn(group, { name: 'new', gid: 9 }, host)).toMatchObject({ gid: 9 })
  })
})
