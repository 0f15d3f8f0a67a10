import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { FactKind, FactKinds } from '../../../src/host/fact.ts'
import { compileReading } from '../../../src/shell/reading.ts'
import { readSections, sectionPrelude } from '../../../src/shell/section.ts'
import { shells } from '../shells.ts'

const directory = mkdtempSync(join(tmpdir(), 'mp-configuration-'))
chmodSync(directory, 0o755)
afterAll(() => rmSync(directory, { recursive: true, force: true }))

/** Makes files below the directory. */
function tree(name: string, files: Readonly<Record<string, string>>): string {
  for (const [path, text] of Object.entries(files)) {
    const file = join(directory, name, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text, { mode: path.startsWith('bin/') ? 0o755 : 0o644 })
  }
  return join(directory, name)
}

const usual = '/usr/sbin:/usr/bin:/sbin:/bin'

function read<K extends FactKind>(shell: string, kind: K, { path = usual, uid = 0, key = '' } = {}): FactKinds[K] {
  const { prelude, program, parse } = compileReading([{ kind, key }])
  const [command = '', ...words] = shell.split(' ')
  const done = spawnSync(command, [...words, '-c', `${sectionPrelude}${prelude}${program}exit 0`], { env: { PATH: path, LC_ALL: 'C', MP_NONCE: 'nonce' }, uid, stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 1e8 })
  expect(done.status).toBe(0)
  const [observation] = parse(readSections(done.stdout), String(done.stderr))
  return observation!.value as FactKinds[K]
}

/** An Apache that says of itself what Debian's says. `includes` is what it lists; without it the files cannot be read by it. */
const apache = (root: string, includes?: readonly string[]) => `#!/bin/sh
case $* in
-V) echo 'Server version: Apache/2.4.71 (Debian)'; echo ' -D HTTPD_ROOT="${root}"'; echo ' -D SERVER_CONFIG_FILE="apache2.conf"';;
*DUMP_INCLUDES*) ${includes ? `printf '%s\\n' 'Included configuration files:' '  (*) ${root}/apache2.conf' ${includes.map(path => `'    (3) ${path}'`).join(' ')} 'Loaded Modules:' ' core_module (static)' ' proxy_module (shared)'` : 'echo "AH00526: Syntax error" >&2; exit 1'};;
esac
`

const files = {
  'apache2.conf': 'Timeout 300\n  IncludeOptional mods/*.load\ninclude "ports.conf"\nIncludeOptional sites/*.conf\nInclude whole\nInclude none.conf\n# Include commented.conf\n',
  'commented.conf': 'X\n',
  'ports.conf': 'Listen 80',
  'mods/a.load': 'LoadModule a_module a.so\n',
  'sites/one.conf': '<VirtualHost *:80>\n\tInclude parts/*.inc\n</VirtualHost>\n',
  'sites/a name.conf': 'X ü\0\n',
  'sites/readme': 'X\n',
  'parts/p.inc': 'IncludeOptional apache2.conf\n',
  'whole/deep/z': 'Z\n',
}

describe.each(shells)('Apache\'s files in $name', ({ shell, missing }) => {
  const paths = (root: string, value: FactKinds['apacheConfiguration']) => value!.files.map(({ path }) => path.slice(root.length + 1))
  const found = ['apache2.conf', 'mods/a.load', 'ports.conf', 'sites/a name.conf', 'sites/one.conf', 'whole/deep/z', 'parts/p.inc']

  test.skipIf(missing)('are found by following the Include lines, where Apache cannot tell', () => {
    const root = tree(`followed ${shell.replaceAll('/', '')}`, files)
    const bin = tree(`bin1 ${shell.replaceAll('/', '')}`, { 'bin/apache2ctl': apache(root) })
    const value = read(shell, 'apacheConfiguration', { path: `${bin}/bin:${usual}` })!
    expect(paths(root, value)).toEqual(found)
    expect(value).toMatchObject({ version: '2.4.71', modules: [], defines: [], root, unread: [] })
    expect(value.files[3]!.text).toBe('X ü\0\n')
    expect(value.files[2]!.text).toBe('Listen 80')
  })

  test.skipIf(missing)('are found by Apache\'s own list too', () => {
    const root = tree(`listed ${shell.replaceAll('/', '')}`, { ...files, 'by-variable.conf': 'V\n' })
    const bin = tree(`bin2 ${shell.replaceAll('/', '')}`, { 'bin/httpd': apache(root, [join(root, 'ports.conf'), join(root, 'by-variable.conf')]) })
    const value = read(shell, 'apacheConfiguration', { path: `${bin}/bin:${usual}` })!
    expect(paths(root, value)).toEqual(['apache2.conf', 'ports.conf', 'by-variable.conf', ...found.slice(1).filter(path => path !== 'ports.conf')])
    expect(value.modules).toEqual(['core_module', 'proxy_module'])
  })

  test.skipIf(missing)('below ServerRoot', () => {
    const root = tree(`root ${shell.replaceAll('/', '')}`, { 'sub/conf.d/a.conf': 'A\n' })
    tree(`root ${shell.replaceAll('/', '')}`, { 'apache2.conf': `ServerRoot "${root}/sub"\nInclude conf.d/*.conf\n` })
    const bin = tree(`bin3 ${shell.replaceAll('/', '')}`, { 'bin/apachectl': apache(root) })
    expect(paths(root, read(shell, 'apacheConfiguration', { path: `${bin}/bin:${usual}` }))).toEqual(['apache2.conf', 'sub/conf.d/a.conf'])
  })

  test.skipIf(missing || process.getuid?.() !== 0)('that may not be read are named', () => {
    const root = tree(`private ${shell.replaceAll('/', '')}`, files)
    chmodSync(join(root, 'sites/one.conf'), 0o600)
    const bin = tree(`bin4 ${shell.replaceAll('/', '')}`, { 'bin/apache2ctl': apache(root) })
    const value = read(shell, 'apacheConfiguration', { path: `${bin}/bin:${usual}`, uid: 65534 })!
    expect(value.unread).toEqual([`${join(root, 'sites/one.conf')}: permission denied`])
    expect(paths(root, value)).toEqual(found.filter(path => path !== 'sites/one.conf' && path !== 'parts/p.inc'))
  })

  test.skipIf(missing || existsSync('/usr/sbin/apache2'))('are none where there is no Apache', () => expect(read(shell, 'apacheConfiguration')).toBeNull())
})

describe.each(shells)('Synapse\'s files in $name', ({ shell, missing }) => {
  const yaml = `server_name: a.test
listeners:
  - {port: 8008, type: http}
macaroon_secret_key: "hush"
registration_shared_secret: |
  hush
  hush
database:
  name: psycopg2
  args: {user: synapse, password: hush, host: localhost}
email:
  smtp_pass: hush   # hush
signing_key_path: /etc/x
report_stats: false
`

  test.skipIf(missing)('are those that the running one was given, without their secrets', async () => {
    const root = tree(`synapse ${shell.replaceAll('/', '')}`, { 'homeserver.yaml': yaml, 'conf.d/b.yaml': 'b: 1\n', 'conf.d/a.yaml': 'a: 1\n', 'conf.d/c.txt': 'c: 1\n' })
    // Something that looks like it in the list of processes.
    const running = spawn('/bin/sh', ['-c', 'sleep 60; :', 'synapse.app.homeserver', '-c', 'homeserver.yaml', `--config-path=${join(root, 'conf.d')}`], { cwd: root, stdio: 'ignore', detached: true })
    try {
      await once(running, 'spawn')
      await expect.poll(() => read(shell, 'synapseConfiguration')?.files.map(({ path }) => path)).toEqual(['homeserver.yaml', 'conf.d/a.yaml', 'conf.d/b.yaml'].map(path => join(root, path)))
      const { files } = read(shell, 'synapseConfiguration')!
      expect(files[0]!.text).toBe(`server_name: a.test
listeners:
  - {port: 8008, type: http}
macaroon_secret_key: null
registration_shared_secret: null


database:
  name: psycopg2
  args: {user: synapse, password: null}
email:
  smtp_pass: null
signing_key_path: /etc/x
report_stats: false
`)
    } finally {
      process.kill(-running.pid!)
    }
  })

  test.skipIf(missing)('are those that are named', () => {
    const root = tree(`it's ${shell.replaceAll('/', '')}`, { 'h.yaml': 'a: 1\n', 'd/2.yaml': 'b: 1\n', 'd/1.yaml': 'c: 1\n' })
    const value = read(shell, 'synapseConfiguration', { key: [join(root, 'h.yaml'), join(root, 'd'), join(root, 'none')].join('\n') })
    expect(value!.files.map(({ path }) => path)).toEqual(['h.yaml', 'd/1.yaml', 'd/2.yaml'].map(path => join(root, path)))
  })

  test.skipIf(missing || process.getuid?.() !== 0)('that may not be read are named', () => {
    const root = tree(`hidden ${shell.replaceAll('/', '')}`, { 'h.yaml': 'a: 1\n', 'd/1.yaml': 'c: 1\n' })
    chmodSync(join(root, 'h.yaml'), 0o600)
    chmodSync(join(root, 'd'), 0o700)
    const key = [join(root, 'h.yaml'), join(root, 'd')].join('\n')
    expect(read(shell, 'synapseConfiguration', { key, uid: 65534 })).toEqual({ files: [], unread: [`${join(root, 'h.yaml')}: permission denied`, `${join(root, 'd')}: permission denied`] })
  })

  test.skipIf(missing)('are none where there is no Synapse', () => expect(read(shell, 'synapseConfiguration')).toBeNull())
})

describe.each(shells)('What listens, in $name', ({ shell, missing }) => {
  test.skipIf(missing)('is told with its address and port', async () => {
    const addresses = ['127.0.0.1', '0.0.0.0', '::1', '::']
    const servers = await Promise.all(addresses.map(async host => {
      const server = createServer().listen({ host, port: 0, ipv6Only: true })
      await once(server, 'listening')
      return server
    }))
    const wanted = servers.map((server, index) => ({ address: addresses[index]!, port: (server.address() as AddressInfo).port }))
    expect(read(shell, 'listening')).toEqual(expect.arrayContaining(wanted))
    for (const server of servers) server.close()
    await Promise.all(servers.map(server => once(server, 'close')))
    const after = read(shell, 'listening')
    for (const one of wanted) expect(after).not.toContainEqual(one)
  })
})
