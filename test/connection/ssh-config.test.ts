import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { Endpoint } from '../../src/connection/connection.ts'
import { parseSshG, sshConfigs, type SshConfig } from '../../src/connection/ssh-config.ts'
import { jumpEndpoint, targetOf, type Target } from '../../src/connection/ssh-target.ts'
import { because } from './lab.ts'

const home = userInfo().homedir
const directory = mkdtempSync(join(tmpdir(), 'mp-config-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))
const missing = spawnSync('ssh', ['-V']).error ? 'needs ssh' : undefined

describe(`~/.ssh/config${because(missing)}`, () => {
  const it = test.skipIf(missing)
  const configOf = (text: string, host: string, port?: number, user?: string) => {
    const file = join(directory, `config-${Math.random()}`)
    writeFileSync(file, text)
    return sshConfigs({ home, configFile: file })(host, port, user)
  }
  const cases: [title: string, text: string, host: string, expected: SshConfig][] = [
    ['says where a host is', 'Host lab*\n HostName 10.0.0.%h\n', 'lab1', { hostName: '10.0.0.lab1' }],
    ['says port and user', 'Host lab1\n Port 2222\n User deploy\n', 'lab1', { port: 2222, user: 'deploy' }],
    ['names keys', 'Host lab1\n IdentityFile ~/.ssh/lab-%h\n IdentityFile "/with space/key"\n IdentitiesOnly yes\n', 'lab1', { identityFiles: [`${home}/.ssh/lab-lab1`, '/with space/key'], identitiesOnly: true }],
    ['without keys leaves them to us', 'Host lab1\n Port 23\n', 'lab1', { identityFiles: undefined, identitiesOnly: false }],
    ['names jump hosts', 'Host lab1\n ProxyJump me@a:2222,b\n', 'lab1', { proxyJump: ['me@a:2222', 'b'], proxyCommand: undefined }],
    ['can take jump hosts away', 'Host lab1\n ProxyJump none\nHost *\n ProxyJump b\n', 'lab1', { proxyJump: undefined }],
    ['names a command to connect by', 'Host lab1\n ProxyCommand nc -X 5 %h %p %%\n', 'lab1', { proxyCommand: 'nc -X 5 lab1 22 %' }],
    ['names files of known hosts', 'Host lab1\n UserKnownHostsFile ~/.ssh/lab /x\n GlobalKnownHostsFile none\n', 'lab1', { knownHostsFiles: [`${home}/.ssh/lab`, '/x'] }],
    ['says how host keys are checked', 'Host lab1\n StrictHostKeyChecking accept-new\n HostKeyAlias lab\n HashKnownHosts yes\n', 'lab1', { hostKeys: 'accept-new', hostKeyAlias: 'lab', hashKnownHosts: true }],
    ['turns checking off', 'Host lab1\n StrictHostKeyChecking no\n', 'lab1', { hostKeys: 'off' }],
    ['says how long to wait', 'Host lab1\n ConnectTimeout 7\n', 'lab1', { connectTimeout: 7000 }],
    ['names the agent', 'Host lab1\n IdentityAgent ~/agent.sock\n', 'lab1', { identityAgent: `${home}/agent.sock` }],
    ['is asked where Match decides', 'Match originalhost lab1\n Port 23\n', 'lab1', { port: 23 }],
    ['is asked where words stand with an equals sign', 'host = lab1\n  port=24\n', 'lab1', { port: 24 }],
  ]
  it.each(cases)('%s', async (_, text, host, expected) => {
    expect(await configOf(text, host)).toMatchObject(expected)
  })

  it('sees the port and user of the inventory', async () => {
    expect(await configOf('Match user other\n HostName other.example.org\n', 'lab1', undefined, 'other')).toMatchObject({ hostName: 'other.example.org' })
  })

  const silent: [title: string, text: string][] = [
    ['there is none', ''],
    ['it says nothing that matters', 'Host *\n SendEnv LANG LC_*\n GSSAPIAuthentication yes\n ServerAliveInterval 30\n'],
    ['it speaks of other hosts', 'Host other !lab1\n Port 23\n ProxyJump x\n'],
  ]
  it.each(silent)('is not even asked for when %s', async (_, text) => {
    expect(await configOf(text, 'lab1')).toEqual({ hashKnownHosts: false })
  })
  it('that only says how known hosts are written is read without ssh', async () => {
    expect(await configOf('Host *\n  HashKnownHosts yes\n', 'lab1')).toEqual({ hashKnownHosts: true })
  })
  it('is followed into the files it includes', async () => {
    mkdirSync(join(directory, 'd'), { recursive: true })
    writeFileSync(join(directory, 'd/x.conf'), 'Host lab1\n Port 25\n')
    expect(await configOf(`Include ${directory}/d/*.conf\n`, 'lab1')).toMatchObject({ port: 25 })
    expect(await configOf(`Include ${directory}/d/*.conf\n`, 'lab2')).toEqual({ hashKnownHosts: false })
  })
  it('with a mistake is an error of the user, with what ssh says of it', async () => {
    await expect(configOf('Host lab1\n Port abc\n', 'lab1')).rejects.toMatchObject({ code: 'connection-setup', message: expect.stringContaining('line 2') })
  })
  it('cannot be tricked by a name that looks like a flag', async () => {
    await expect(configOf('Host *\n Port 23\n', '-oProxyCommand=touch /tmp/x')).rejects.toMatchObject({ code: 'connection-setup' })
  })
})

test('Keys that nobody configured are not taken for configured ones', () => {
  const printed = ['id_rsa', 'id_ecdsa', 'id_ed25519'].map(name => `identityfile ~/.ssh/${name}`).join('\n')
  expect(parseSshG(printed, { home: '/h', host: 'a' }).identityFiles).toBeUndefined()
})

describe('A host', () => {
  const base: Endpoint = { name: 'lab1', connection: 'ssh' }
  const defaults = { home: '/home/me', localUser: 'me', agent: '/agent' }
  const cases: [title: string, endpoint: Partial<Endpoint>, config: SshConfig, expected: Partial<Target>][] = [
    ['is where its name says', {}, {}, { host: 'lab1', port: 22, user: 'me', label: 'lab1', hostKeys: 'strict', timeout: 10_000, shell: '/bin/sh', agent: '/agent' }],
    ['is where the inventory says', { address: '10.0.0.1', port: 2222, user: 'x' }, { port: 23, user: 'y' }, { host: '10.0.0.1', port: 2222, user: 'x', label: 'lab1 (10.0.0.1:2222)' }],
    ['is where the configuration says', {}, { hostName: '2001:db8::9', port: 23, user: 'y' }, { host: '2001:db8::9', port: 23, user: 'y', label: 'lab1 ([2001:db8::9]:23)' }],
    ['uses the key of the inventory before those of the configuration', { privateKeyFile: '~/k' }, { identityFiles: ['/c'] }, { keyFiles: ['/home/me/k', '/c'], privateKeyIsExplicit: true }],
    ['may do without the agent', {}, { identityAgent: 'none' }, { agent: undefined }],
    ['may have another agent', {}, { identityAgent: '/other' }, { agent: '/other' }],
    ['is reached by the jump hosts of the inventory', { proxyJump: ['a'] }, { proxyJump: ['b'], proxyCommand: 'nc' }, { jumps: ['a'], proxyCommand: undefined }],
    ['is reached directly when the inventory says so', { proxyJump: [] }, { proxyJump: ['b'] }, { jumps: [] }],
    ['checks keys as the inventory says', { hostKeys: 'strict' }, { hostKeys: 'off' }, { hostKeys: 'strict' }],
    ['checks keys as the configuration says', {}, { hostKeys: 'accept-new', hostKeyAlias: 'alias' }, { hostKeys: 'accept-new', hostKeyName: 'alias' }],
    ['is looked for in our known hosts', { knownHostsFiles: ['~/kh'] }, { knownHostsFiles: ['/c'] }, { knownHostsFiles: ['/home/me/kh'] }],
  ]
  test.each(cases)('%s', (_, endpoint, config, expected) => {
    expect(targetOf({ ...base, ...endpoint }, config, defaults)).toMatchObject(expected)
  })
})

describe('A jump host', () => {
  const behind: Endpoint = { name: 'lab1', connection: 'ssh', password: 'secret', privateKeyFile: '/k', hostKeys: 'accept-new' }
  test.each([
    ['bastion', { name: 'bastion', user: undefined, port: undefined }],
    ['me@bastion:2222', { name: 'bastion', user: 'me', port: 2222 }],
    ['ssh://me@bastion:2222/', { name: 'bastion', user: 'me', port: 2222 }],
    ['me@[2001:db8::9]:22', { name: '2001:db8::9', user: 'me', port: 22 }],
    ['me@corp@bastion', { name: 'bastion', user: 'me@corp' }],
    ['', undefined],
    ['a b', undefined],
  ])('%j', (jump, expected) => {
    if (expected) expect(jumpEndpoint(jump, behind)).toMatchObject(expected)
    else expect(() => jumpEndpoint(jump, behind)).toThrow('is no jump host')
  })
  test('is given the key and never the password of the host behind it', () => {
    expect(jumpEndpoint('bastion', behind)).toMatchObject({ privateKeyFile: '/k', hostKeys: 'accept-new' })
    expect(jumpEndpoint('bastion', behind).password).toBeUndefined()
  })
})
