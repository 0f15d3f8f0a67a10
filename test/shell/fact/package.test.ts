import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { packages } from '../../../src/shell/fact/package.ts'
import { readSections, sectionPrelude } from '../../../src/shell/section.ts'

const lines = (command: string, ...words: readonly string[]) => spawnSync(command, words, { encoding: 'utf8' }).stdout.split('\n').filter(Boolean)

test.skipIf(!existsSync('/var/lib/dpkg/status') || !existsSync('/usr/bin/apt-mark'))('packages are as dpkg-query and apt-mark tell of them', () => {
  const told = new Map(lines('dpkg-query', '-W', '-f', '${Package}\t${db:Status-Abbrev}${Version}\n').map(line => line.split('\t') as [string, string]))
  const automatic = new Set(lines('apt-mark', 'showauto'))
  const names = [...told.keys(), 'no-such-package']
  const done = spawnSync('/bin/sh', ['-c', sectionPrelude + packages.program(names)], { env: { ...process.env, LC_ALL: 'C', MP_NONCE: 'nonce' } })
  const seen = packages.parse(readSections(done.stdout), names, '')
  expect(Object.fromEntries(names.map((name, index) => [name, seen[index]!.fingerprint]))).toEqual({ ...Object.fromEntries(told), 'no-such-package': '' })
  const installed = names.filter(name => told.get(name)?.[1] === 'i')
  expect(names.filter((_, index) => (seen[index]!.value as { automatic?: true }).automatic)).toEqual(installed.filter(name => automatic.has(name)))
})

test.each([
  ['a package of two architectures is the one that is installed', [['deinstall ok config-files', 'amd64', '1'], ['install ok installed', 'i386', '2']], { version: '2', residual: false }],
  ['what dpkg has written down since it was interrupted is newer', [['install ok installed', 'amd64', '1'], ['install reinstreq half-installed', 'amd64', '1']], { version: null, residual: false }],
  ['configuration that was left behind is told', [['deinstall ok config-files', 'amd64', '1']], { version: null, residual: true }],
])('%s', (_, stanzas, value) => {
  const text = stanzas.map(([status, architecture, version]) => `Package: a\nStatus: ${status}\nArchitecture: ${architecture}\nVersion: ${version}\n`).join('')
  expect(packages.parse(readSections(Buffer.from(`nonce\n\nnonce package\n${text}`)), ['a'], '')[0]!.value).toEqual(value)
})
