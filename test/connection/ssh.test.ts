import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer, get } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Connection, Endpoint } from '../../src/connection/connection.ts'
import { connectionPool, type PoolOptions } from '../../src/connection/pool.ts'
import { because, freePort, labMissing, loginShells, passwords, startLab, type Lab } from './lab.ts'
import { eventually, failureOf, outcome, shown, text } from './shells.ts'

const it = test.skipIf(labMissing)

describe(`Over SSH${because(labMissing)}`, () => {
  let lab: Lab
  const pools: { close(): Promise<void> }[] = []
  const poolWith = (options: PoolOptions = {}) => {
    const pool = connectionPool({ home: lab.home, sshConfigFile: '/dev/null', ...options })
    pools.push(pool)
    return pool
  }
  const connect = (change?: Partial<Endpoint>, options?: PoolOptions): Promise<Connection> => poolWith(options).connect(lab.endpoint(change))

  beforeAll(async () => {
    if (!labMissing) lab = await startLab()
  }, 30_000)
  afterAll(async () => {
    await Promise.all(pools.map(pool => pool.close()))
    lab?.stop()
  })

  describe('a connection', () => {
    it('runs programs of one user and counts them', async () => {
      const connection = await connect({ user: 'deploy' })
      expect(await outcome(connection, 'id -un; pwd; echo err >&2; exit 3')).toBe('3 "deploy\\n/home/deploy\\n" "err\\n"')
      expect(await Promise.all([1, 2, 3].map(n => outcome(connection, `echo ${n}`)))).toEqual(['0 "1\\n" ""', '0 "2\\n" ""', '0 "3\\n" ""'])
      expect(connection.statistics.requests).toBe(4)
      expect(lab.inside('ps -eo args | grep -c "^sshd: deploy@notty"').trim()).toBe('1')
    })

    it('carries every byte in both directions', async () => {
      const connection = await connect()
      const all = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))
      const octal = [...all].map(byte => `\\${byte.toString(8).padStart(3, '0')}`).join('')
      const answer = await connection.run({ program: `printf '${octal}'; printf '${octal}' >&2`, deadline: 5_000 })
      expect([Buffer.from(answer.stdout).equals(all), Buffer.from(answer.stderr).equals(all)]).toEqual([true, true])
      const big = 'ö'.repeat(2_000_000)
      expect(text((await connection.run({ program: `printf %s '${big}'`, deadline: 20_000 })).stdout)).toBe(big)
    }, 30_000)

    it('kills what passes its deadline, children included, and goes on', async () => {
      const connection = await connect({ user: 'deploy' })
      expect(await Promise.all([outcome(connection, 'sleep 7654 & sleep 7654', { deadline: 300 }), outcome(connection, 'echo next')])).toEqual(['deadline', '0 "next\\n" ""'])
      expect(await eventually(() => lab.inside('pgrep -cx sleep').trim() === '0')).toBe(true)
    })

    it('leaves no process behind, even while a program runs', async () => {
      const connection = await connect({ user: 'noisy' })
      const running = outcome(connection, 'sleep 7655', { deadline: 60_000 })
      await outcome(connection, 'true', { as: { method: 'sudo', user: 'root', password: passwords.deploy } })
      await connection.close()
      expect(await running).toBe('outcome-unknown')
      expect(await eventually(() => lab.inside('pgrep -c -u noisy; pgrep -cx sleep; pgrep -cx sudo').trim() === '0\n0\n0')).toBe(true)
      expect(await outcome(connection, 'true')).toBe('not-sent')
    })

    it('shows nothing of a program in the process list', async () => {
      const connection = await connect()
      const answer = await connection.run({ program: 'secret=hidden-word; sleep 0.3', deadline: 5_000 }).then(() => lab.inside('ps -eo args'))
      expect(answer).not.toContain('hidden-word')
    })

    it('speaks HTTP to a port that only the host sees', async () => {
      const server = createServer((request, response) => response.end(`you asked ${request.url}`)).listen(0, '127.0.0.1')
      await new Promise(resolve => server.once('listening', resolve))
      const connection = await connect()
      const socket = await connection.forward('localhost', (server.address() as AddressInfo).port)
      const body = await new Promise<string>(resolve => get({ createConnection: () => socket, path: '/x' }, response => {
        response.setEncoding('utf8').on('data', resolve)
      }))
      expect(body).toBe('you asked /x')
      server.close()
    })

    for (const { name, user, missing } of loginShells) test.skipIf(labMissing ?? missing)(`runs programs behind the login shell ${name}${because(missing)}`, async () => {
      const connection = await connect({ user })
      const program = `printf '%s\\n' 'a!b' "it's" '\\' $0; ps -o comm= -p $$`
      for (const as of [undefined, { method: 'su', user: 'root', password: passwords.root, flags: '' }] as const)
        expect(await outcome(connection, program, { as })).toMatch(/^0 "a!b\\nit's\\n\\\\\\nmp\\n(sh|dash|bash|busybox)\\n" ""$/)
      expect(lab.inside(`getent passwd ${user}`)).toContain(name)
    })

    it('says that nothing answers on a port', async () => {
      const connection = await connect()
      expect(await failureOf(connection.forward('127.0.0.1', 1))).toMatchObject({ kind: 'refused', message: 'lab1: nothing answers on 127.0.0.1:1 (connection refused)' })
    })

    it('says that forwarding is forbidden', async () => {
      const connection = await connect({ port: lab.strictPort })
      expect(await failureOf(connection.forward('127.0.0.1', lab.port))).toMatchObject({ kind: 'forbidden', message: expect.stringContaining('forwards nothing'), hint: expect.stringContaining('AllowTcpForwarding') })
    })

    it('works with one session at a time where the server allows no more', async () => {
      const connection = await connect({ port: lab.strictPort, user: 'free' })
      expect(await outcome(connection, 'id -un')).toBe('0 "free\\n" ""')
      expect(await outcome(connection, 'id -un', { as: { method: 'sudo', user: 'root' } })).toMatch(/^0 "root/)
      expect(await outcome(connection, 'id -un')).toBe('0 "free\\n" ""')
      const [busy, other] = await Promise.all([outcome(connection, 'sleep 0.5'), new Promise<string>(resolve => setTimeout(() => resolve(outcome(connection, 'true', { as: { method: 'sudo', user: 'root' } })), 200))])
      expect([busy, other]).toEqual(['0 "" ""', expect.stringMatching(/^0 "" /)])
    })

    it('kills what passes its deadline also where the server allows only one session', async () => {
      const connection = await connect({ port: lab.strictPort, user: 'free' })
      const [late, behind] = await Promise.all([failureOf(connection.run({ program: 'sleep 7658', deadline: 200 })), outcome(connection, 'echo behind')])
      expect([late.message, behind]).toEqual(['lab1: no answer within 0.2 s; the program was killed', '0 "behind\\n" ""'])
      expect(await eventually(() => lab.inside('pgrep -cx sleep').trim() === '0')).toBe(true)
      expect(await outcome(connection, 'echo again')).toBe('0 "again\\n" ""')
    }, 20_000)

    it('logs in to many hosts at once where a server drops some of them (MaxStartups)', async () => {
      const pool = poolWith()
      const connections = await Promise.all(Array.from({ length: 6 }, () => pool.connect(lab.endpoint({ port: lab.strictPort, connectTimeout: 20_000 }))))
      expect(await Promise.all(connections.map(connection => outcome(connection, 'echo in')))).toEqual(Array(6).fill('0 "in\\n" ""'))
      await pool.close()
    }, 30_000)

    it('logs in again when the link broke while nothing was under way', async () => {
      const connection = await connect({ user: 'nobody2' })
      expect(await outcome(connection, 'echo one')).toBe('0 "one\\n" ""')
      lab.inside('pkill -9 -u nobody2; pkill -9 -f "sshd: nobody2"')
      await new Promise(resolve => setTimeout(resolve, 200))
      expect(await Promise.all([outcome(connection, 'echo two'), outcome(connection, 'echo three')])).toEqual(['0 "two\\n" ""', '0 "three\\n" ""'])
    })

    it('says honestly what is not known when the link breaks under a program', async () => {
      const connection = await connect({ user: 'nobody2' })
      const running = outcome(connection, 'sleep 5; echo done')
      const behind = outcome(connection, 'echo behind')
      await new Promise(resolve => setTimeout(resolve, 400))
      lab.inside('pkill -9 -f "sshd: nobody2"')
      expect([await running, await behind]).toEqual(['outcome-unknown', 'outcome-unknown'])
      expect(await outcome(connection, 'echo again')).toBe('0 "again\\n" ""')
    })
  })

  describe('a login', () => {
    const as = async (change: Partial<Endpoint>, options?: PoolOptions) => {
      const connection = await connect(change, options)
      const who = await outcome(connection, 'id -un')
      await connection.close()
      return who
    }
    const keyWith = (name: string, ...words: string[]) => {
      const file = join(lab.directory, name)
      execFileSync('ssh-keygen', ['-q', '-f', file, ...words])
      writeFileSync(join(lab.directory, 'authorized_keys'), readFileSync(`${file}.pub`), { flag: 'a' })
      return file
    }

    it.each([['ed25519', ['-t', 'ed25519']], ['rsa', ['-t', 'rsa']], ['ecdsa', ['-t', 'ecdsa', '-b', '384']], ['rsa in PEM', ['-t', 'rsa', '-m', 'PEM']]])('takes a key of type %s', async (name, words) => {
      expect(await as({ privateKeyFile: keyWith(`id-${name.replaceAll(' ', '')}`, '-N', '', ...words) })).toBe('0 "root\\n" ""')
    })

    it.each(['ed25519', 'rsa'])('proves that it has its key of type %s at once: the server looks it up one time', async type => {
      const lookups = () => lab.inside(`grep -c 'Accepted key' ${join(lab.directory, 'log')}`)
      const privateKeyFile = keyWith(`id-once-${type}`, '-N', '', '-t', type)
      const before = Number(lookups())
      expect(await as({ privateKeyFile })).toBe('0 "root\\n" ""')
      expect(Number(lookups()) - before).toBe(1)
    })

    it('takes an encrypted key with its passphrase', async () => {
      expect(await as({ privateKeyFile: keyWith('id-locked', '-t', 'ed25519', '-N', 'open sesame', '-a', '4'), privateKeyPassphrase: 'open sesame' })).toBe('0 "root\\n" ""')
    })

    it('asks for a passphrase once, and only for a key that the server takes', async () => {
      const asked: string[] = []
      const askPassphrase = async (file: string) => {
        asked.push(file)
        await new Promise(resolve => setTimeout(resolve, 50))
        return asked.length === 1 ? 'wrong' : 'open sesame'
      }
      const good = keyWith('id-asked', '-t', 'ecdsa', '-N', 'open sesame', '-a', '4')
      execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', 'other', '-f', join(lab.directory, 'id-foreign')])
      const pool = poolWith({ askPassphrase })
      const config = join(lab.directory, 'two-keys')
      writeFileSync(config, `Host *\n IdentityFile ${join(lab.directory, 'id-foreign')}\n IdentityFile ${good}\n`)
      const two = poolWith({ askPassphrase, sshConfigFile: config })
      const connections = await Promise.all([1, 2, 3].map(() => two.connect(lab.endpoint({ privateKeyFile: undefined, connectTimeout: 3_000 }))))
      expect(await outcome(connections[2]!, 'id -un')).toBe('0 "root\\n" ""')
      expect(asked).toEqual([good, good])
      await pool.close()
    })

    it('without the passphrase says so', async () => {
      const file = keyWith('id-lost', '-t', 'ed25519', '-N', 'lost', '-a', '4')
      expect(await failureOf(connect({ privateKeyFile: file }))).toMatchObject({ kind: 'authentication', message: expect.stringContaining('it is encrypted and its passphrase is not known'), hint: expect.stringContaining('ansible_private_key_passphrase') })
      expect(await failureOf(connect({ privateKeyFile: file, privateKeyPassphrase: 'wrong' }))).toMatchObject({
        kind: 'authentication', message: expect.stringContaining(`the key ${file} does not open with the passphrase given`), hint: expect.stringContaining('ansible_private_key_passphrase'),
      })
    })

    it.each([
      ['is not there', 'no-such-key', 'does not exist'],
      ['is none', 'known_hosts', 'holds no key that can be used'],
      ['is a public key', 'id.pub', 'it is a public key'],
    ])('with a key file that %s says so', async (_, name, message) => {
      expect(await failureOf(connect({ privateKeyFile: join(lab.directory, name) }))).toMatchObject({ kind: 'authentication', message: expect.stringContaining(message), hint: expect.stringContaining('ansible_ssh_private_key_file') })
    })

    it('with a key that the server does not take says what was tried and what it takes', async () => {
      const file = join(lab.directory, 'id-stranger')
      execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file])
      expect(await failureOf(connect({ privateKeyFile: file, user: 'deploy' }))).toMatchObject({
        kind: 'authentication',
        message: expect.stringMatching(new RegExp(`^lab1 \\(127.0.0.1:${lab.port}\\) does not let deploy in: tried the key ${file}; the server takes publickey, password`)),
        hint: 'Add the public key to ~deploy/.ssh/authorized_keys on lab1 (ssh-copy-id), or check ansible_user.',
      })
    })

    it('with nothing to try says so', async () => {
      expect(await failureOf(connect({ privateKeyFile: undefined }))).toMatchObject({ kind: 'authentication', message: expect.stringContaining('there was no key and no password to try'), hint: expect.stringContaining('ansible_password') })
    })

    it('takes a password, and says when it is wrong', async () => {
      expect(await as({ privateKeyFile: undefined, user: 'deploy', password: passwords.deploy })).toBe('0 "deploy\\n" ""')
      expect(await failureOf(connect({ privateKeyFile: undefined, user: 'deploy', password: 'wrong' }))).toMatchObject({ kind: 'authentication', message: expect.stringContaining('tried the password;') })
    })

    it('answers a server that asks for the password', async () => {
      expect(await as({ port: lab.askingPort, privateKeyFile: undefined, user: 'deploy', password: passwords.deploy })).toBe('0 "deploy\\n" ""')
      expect(await failureOf(connect({ port: lab.askingPort, user: 'deploy' }))).toMatchObject({ kind: 'authentication', hint: 'Give ansible_password or --ask-pass (-k).' })
    })

    it('that the server breaks off is told as such, and not as silence', async () => {
      const failure = await failureOf(connect({ port: lab.askingPort, user: 'expired' }))
      expect(failure).toMatchObject({ kind: 'unreachable', message: `lab1 (127.0.0.1:${lab.askingPort}): the connection was closed while expired logged in`, hint: expect.stringContaining('journalctl -u ssh') })
    })

    it('takes the default key of the user', async () => {
      const home = join(lab.directory, 'home-with-key')
      spawnSync('mkdir', ['-p', join(home, '.ssh')])
      execFileSync('cp', [lab.key, join(home, '.ssh/id_ed25519')])
      expect(await as({ privateKeyFile: undefined }, { home })).toBe('0 "root\\n" ""')
    })

    it('takes a key of the agent, also for an encrypted file, and goes on when the agent will not sign', async () => {
      const socket = join(lab.directory, 'agent.sock')
      const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' })
      expect(await eventually(() => spawnSync('ssh-add', ['-l'], { env: { ...process.env, SSH_AUTH_SOCK: socket } }).status === 1)).toBe(true)
      const add = (...words: string[]) => execFileSync('ssh-add', ['-q', ...words], { env: { ...process.env, SSH_AUTH_SOCK: socket, SSH_ASKPASS_REQUIRE: 'force', SSH_ASKPASS: askpass, DISPLAY: 'x' }, stdio: 'ignore' })
      const askpass = join(lab.directory, 'askpass')
      writeFileSync(askpass, '#!/bin/sh\necho pass phrase\n', { mode: 0o755 })
      try {
        for (const [name, ...words] of [['agent-ed', '-t', 'ed25519'], ['agent-rsa', '-t', 'rsa'], ['agent-ec', '-t', 'ecdsa']] as const) {
          const file = keyWith(name, '-N', 'pass phrase', '-a', '4', ...words)
          add(file)
          expect(await as({ privateKeyFile: file }, { agent: socket })).toBe('0 "root\\n" ""')
          expect(await as({ privateKeyFile: undefined }, { agent: socket })).toBe('0 "root\\n" ""')
          execFileSync('ssh-add', ['-q', '-d', file], { env: { ...process.env, SSH_AUTH_SOCK: socket } })
        }
        // A key that must be confirmed, where nobody confirms: the agent refuses, and the next key has its turn.
        const unconfirmed = keyWith('agent-confirm', '-t', 'ed25519', '-N', '')
        add('-c', unconfirmed)
        writeFileSync(askpass, '#!/bin/sh\nexit 1\n', { mode: 0o755 })
        const config = join(lab.directory, 'confirm-config')
        writeFileSync(config, `Host *\n IdentityFile ${unconfirmed}\n IdentityFile ${lab.key}\n`)
        expect(await as({ privateKeyFile: undefined }, { agent: socket, sshConfigFile: config })).toBe('0 "root\\n" ""')
      } finally {
        agent.kill()
      }
    }, 20_000)

    it('without its agent says so', async () => {
      expect(await failureOf(connect({ privateKeyFile: undefined }, { agent: '/no/agent' }))).toMatchObject({ message: expect.stringContaining('the agent does not answer') })
    })

    it('follows ~/.ssh/config', async () => {
      const config = join(lab.directory, 'config')
      writeFileSync(config, `Host named\n HostName 127.0.0.1\n Port ${lab.port}\n User deploy\n IdentityFile ${lab.key}\n UserKnownHostsFile ${lab.knownHosts}\n`)
      expect(await as({ name: 'named', address: undefined, port: undefined, user: undefined, privateKeyFile: undefined, knownHostsFiles: undefined }, { sshConfigFile: config })).toBe('0 "deploy\\n" ""')
    })

    it('goes through a command (ProxyCommand)', async () => {
      const config = join(lab.directory, 'config-command')
      writeFileSync(config, `Host named\n ProxyCommand ${process.execPath} -e "const s=require('net').connect(${lab.port},'127.0.0.1');process.stdin.pipe(s).pipe(process.stdout)" %h %p\n`)
      expect(await as({ name: 'named', address: undefined, hostKeys: 'off' }, { sshConfigFile: config })).toBe('0 "root\\n" ""')
    })

    it('by a command leaves nothing of it behind, and says when it fails', async () => {
      const config = join(lab.directory, 'config-command')
      const mark = `mp-proxy-${process.pid}`
      writeFileSync(config, `Host named\n ProxyCommand ${process.execPath} -e "const s=require('net').connect(${lab.port},'127.0.0.1');process.stdin.on('data',d=>s.write(d));s.pipe(process.stdout);setInterval(()=>{},1e3)" ${mark}\nHost broken\n ProxyCommand false\n`)
      const counted = () => Number(spawnSync('pgrep', ['-fc', mark], { encoding: 'utf8' }).stdout)
      const connection = await connect({ name: 'named', address: undefined, hostKeys: 'off' }, { sshConfigFile: config })
      expect(counted()).toBe(1)
      await connection.close()
      expect(await eventually(() => counted() === 0)).toBe(true)
      expect(await failureOf(connect({ name: 'broken', address: undefined, connectTimeout: 3_000 }, { sshConfigFile: config }))).toMatchObject({
        kind: 'unreachable', message: expect.stringContaining('the ProxyCommand of ~/.ssh/config ends before the login'), hint: 'Try it by hand: false',
      })
    })

    it('that the account does not allow says what it said', async () => {
      const connection = await connect({ user: 'barred' })
      expect(await failureOf(connection.run({ program: 'true', deadline: 5_000 }))).toMatchObject({ kind: 'unreachable', message: expect.stringContaining('This account is currently not available') })
    })
  })

  describe('a host', () => {
    it('that refuses connections is unreachable', async () => {
      const port = await freePort()
      expect(await failureOf(connect({ port }))).toMatchObject({ kind: 'unreachable', message: `lab1 (127.0.0.1:${port}): connection refused`, hint: `Check that sshd runs there and listens on port ${port} (ansible_port).` })
    })
    it('with an unknown name is unreachable', async () => {
      expect(await failureOf(connect({ address: 'no-such-host.invalid' }))).toMatchObject({ kind: 'unreachable', message: expect.stringMatching(/^lab1 \(no-such-host\.invalid:\d+\): the name no-such-host\.invalid (is not known|could not be looked up)$/) })
    })
    it('that answers with something else than SSH is unreachable', async () => {
      const server = createServer((_, response) => response.end()).listen(0, '127.0.0.1')
      await new Promise(resolve => server.once('listening', resolve))
      expect(await failureOf(connect({ port: (server.address() as AddressInfo).port, connectTimeout: 1_000 }))).toMatchObject({ kind: 'unreachable' })
      server.close()
    })
  })

  describe('a host key', () => {
    const knownHosts = (name: string, content: string) => {
      const file = join(lab.directory, name)
      writeFileSync(file, content)
      return { knownHostsFiles: [file] }
    }
    const publicKey = (name: string) => readFileSync(join(lab.directory, `${name}.pub`), 'utf8').split(' ').slice(0, 2).join(' ')
    const place = () => `[127.0.0.1]:${lab.port}`

    it('that is not known is refused, with its fingerprint and what to do', async () => {
      const { message, hint, kind } = await failureOf(connect(knownHosts('kh-empty', '')))
      const printed = execFileSync('ssh-keygen', ['-lf', join(lab.directory, 'host.pub')], { encoding: 'utf8' }).split(' ')[1]
      expect([kind, message]).toEqual(['host-key', `lab1 (127.0.0.1:${lab.port}): its host key is not known: ssh-ed25519 ${printed}`])
      expect(hint).toContain(`ssh-keyscan -p ${lab.port} 127.0.0.1 >> `)
      expect(hint).toContain('--host-keys accept-new')
    })
    it('that has changed is refused under every policy that checks, and names the line', async () => {
      const known = knownHosts('kh-changed', `# one\n${place()} ${publicKey('host2')}\n`)
      for (const hostKeys of ['strict', 'accept-new'] as const) {
        const { kind, message, hint } = await failureOf(connect({ ...known, hostKeys }))
        expect(kind).toBe('host-key')
        expect(message).toContain(`its host key has changed: it shows ssh-ed25519 SHA256:`)
        expect(message).toContain(`${known.knownHostsFiles[0]}:2`)
        expect(hint).toContain(`ssh-keygen -f ${known.knownHostsFiles[0]} -R '${place()}'`)
      }
      expect(await outcome(await connect({ ...known, hostKeys: 'off' }), 'echo in')).toBe('0 "in\\n" ""')
    })
    it('of another type is asked for when that is the one that is known', async () => {
      expect(await outcome(await connect(knownHosts('kh-rsa', `${place()} ${publicKey('host_rsa')}\n`)), 'echo in')).toBe('0 "in\\n" ""')
    })
    it('that is revoked is refused', async () => {
      expect(await failureOf(connect(knownHosts('kh-revoked', `${place()} ${publicKey('host')}\n@revoked * ${publicKey('host')}\n`)))).toMatchObject({ kind: 'host-key', message: expect.stringContaining('is revoked') })
    })
    it('that only an authority stands for is refused, and says so', async () => {
      expect(await failureOf(connect(knownHosts('kh-authority', `@cert-authority * ${publicKey('host2')}\n`)))).toMatchObject({ kind: 'host-key', message: expect.stringContaining('host certificates are not supported') })
    })
    it('that is new is written down under accept-new, and known from then on', async () => {
      const known = knownHosts('kh-new', 'x')
      await (await connect({ ...known, hostKeys: 'accept-new' })).close()
      expect(readFileSync(known.knownHostsFiles[0]!, 'utf8')).toBe(`x\n${place()} ${publicKey('host')}\n`)
      expect(await outcome(await connect({ ...known, hostKeys: 'strict' }), 'echo in')).toBe('0 "in\\n" ""')
      expect(spawnSync('ssh', ['-F', '/dev/null', '-i', lab.key, '-o', `UserKnownHostsFile=${known.knownHostsFiles[0]}`, '-o', 'BatchMode=yes', '-p', String(lab.port), 'root@127.0.0.1', 'echo OpenSSH knows it'], { encoding: 'utf8' }).stdout).toBe('OpenSSH knows it\n')
    })
    it('that is new is hashed where OpenSSH would hash it', async () => {
      const known = knownHosts('kh-hashed', '')
      const config = join(lab.directory, 'config-hash')
      writeFileSync(config, 'HashKnownHosts yes\n')
      await (await connect({ ...known, hostKeys: 'accept-new' }, { sshConfigFile: config })).close()
      expect(readFileSync(known.knownHostsFiles[0]!, 'utf8')).toMatch(/^\|1\|\S+\|\S+ ssh-ed25519 \S+\n$/)
      expect(await outcome(await connect({ ...known }), 'echo in')).toBe('0 "in\\n" ""')
    })
    it('that cannot be written down is refused', async () => {
      expect(await failureOf(connect({ knownHostsFiles: ['/proc/no/known_hosts'], hostKeys: 'accept-new' }))).toMatchObject({ kind: 'host-key', message: expect.stringContaining('could not be written down') })
    })
  })

  describe('a jump host', () => {
    it('is passed, with one login for all hosts behind it', async () => {
      const pool = poolWith()
      const jump = `deploy@127.0.0.1:${lab.port}`
      const behind = await Promise.all([lab.port, lab.askingPort, lab.strictPort].map((port, index) => pool.connect(lab.endpoint({
        name: `behind${index}`, port, proxyJump: [jump], ...(port === lab.askingPort ? { user: 'nobody2', password: passwords.deploy } : {}),
      }))))
      expect(await Promise.all(behind.map(connection => outcome(connection, 'id -un')))).toEqual(['0 "root\\n" ""', '0 "nobody2\\n" ""', '0 "root\\n" ""'])
      expect(lab.inside('ps -eo args | grep -c "^sshd: deploy$"').trim()).toBe('1')
      await behind[0]!.close()
      expect(await outcome(behind[1]!, 'id -un')).toBe('0 "nobody2\\n" ""')
      await pool.close()
      expect(await eventually(() => lab.inside('ps -eo args | grep -c "^sshd: deploy$"').trim() === '0')).toBe(true)
    })
    it('can lie behind another', async () => {
      const connection = await connect({ proxyJump: [`free@127.0.0.1:${lab.port}`, `deploy@127.0.0.1:${lab.port}`] })
      expect(await outcome(connection, 'id -un')).toBe('0 "root\\n" ""')
      await connection.close()
      expect(await eventually(() => lab.inside('ps -eo args | grep -cE "^sshd: (free|deploy)$"').trim() === '0')).toBe(true)
    })
    it('of ~/.ssh/config is passed', async () => {
      const config = join(lab.directory, 'config-jump')
      writeFileSync(config, `Host bastion\n HostName 127.0.0.1\n Port ${lab.port}\n User deploy\nHost 127.0.0.1\n ProxyJump bastion\n`)
      const pool = poolWith({ sshConfigFile: config })
      const connection = await pool.connect(lab.endpoint())
      expect(await outcome(connection, 'id -un')).toBe('0 "root\\n" ""')
      expect(lab.inside('ps -eo args | grep -c "^sshd: deploy$"').trim()).toBe('1')
      await pool.close()
    })
    it('has its own host key checked', async () => {
      const file = join(lab.directory, 'kh-jump')
      writeFileSync(file, readFileSync(lab.knownHosts, 'utf8').split('\n').filter(line => line.includes(`:${lab.strictPort} `)).join('\n'))
      expect(await failureOf(connect({ port: lab.strictPort, proxyJump: [`root@127.0.0.1:${lab.port}`], knownHostsFiles: [file] }))).toMatchObject({
        kind: 'host-key', message: expect.stringContaining(`lab1: its jump host 127.0.0.1:${lab.port} (127.0.0.1:${lab.port})`.replace(`127.0.0.1:${lab.port} (`, '127.0.0.1 (')),
      })
    })
    it('that does not forward makes the host behind it unreachable', async () => {
      expect(await failureOf(connect({ proxyJump: [`root@127.0.0.1:${lab.strictPort}`] }))).toMatchObject({ kind: 'unreachable', message: expect.stringContaining('cannot be reached from the jump host 127.0.0.1') })
    })
    it('that cannot be reached says which one it is', async () => {
      const port = await freePort()
      expect(await failureOf(connect({ proxyJump: [`root@127.0.0.1:${port}`] }))).toMatchObject({ kind: 'unreachable', message: `lab1: its jump host 127.0.0.1 (127.0.0.1:${port}): connection refused` })
    })
    it('that leads to itself is a mistake', async () => {
      const config = join(lab.directory, 'config-circle')
      writeFileSync(config, 'Host *\n ProxyJump bastion\n')
      await expect(connect({}, { sshConfigFile: config })).rejects.toMatchObject({ code: 'connection-setup', message: expect.stringContaining('jumphost loop') })
      writeFileSync(config, 'Host a\n ProxyJump b\nHost b\n ProxyJump a\n')
      expect(await failureOf(connect({ name: 'a', address: undefined }, { sshConfigFile: config }))).toMatchObject({ kind: 'unreachable', message: expect.stringContaining('in a circle') })
    })
    it('carries the whole protocol', async () => {
      const connection = await connect({ proxyJump: [`free@127.0.0.1:${lab.port}`] })
      expect(shown(await connection.run({ program: 'head -c 3000000 /dev/zero | wc -c', deadline: 10_000 }))).toBe('0 "3000000\\n" ""')
      expect((await connection.run({ program: 'head -c 3000000 /dev/zero', deadline: 10_000 })).stdout.length).toBe(3_000_000)
    })
  })
})
