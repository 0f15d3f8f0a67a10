import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { fingerprint, judge, knownFirst, knownHostsLine, parseKnownHosts } from '../../src/connection/known-hosts.ts'
import { knownHostsFiles } from '../../src/connection/known-hosts-files.ts'
import { patternList } from '../../src/connection/patterns.ts'
import { because } from './lab.ts'

const directory = mkdtempSync(join(tmpdir(), 'mp-known-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

/** A key in SSH's form: its type and some bytes. */
const key = (type: string, seed: number): Buffer => {
  const string = (bytes: Buffer) => Buffer.concat([Buffer.from([0, 0, 0, bytes.length]), bytes])
  return Buffer.concat([string(Buffer.from(type)), string(Buffer.alloc(32, seed))])
}
const [one, two, rsa] = [key('ssh-ed25519', 1), key('ssh-ed25519', 2), key('ssh-rsa', 3)]
const line = (hosts: string, of: Buffer) => `${hosts} ${of.toString('latin1', 4, 4 + of[3]!)} ${of.toString('base64')}`
const known = (...lines: string[]) => parseKnownHosts(lines.join('\n'), 'kh')

describe('A host key', () => {
  const cases: [title: string, lines: string[], host: string, port: number, shown: Buffer, verdict: string][] = [
    ['is known by name', [line('lab1', one)], 'lab1', 22, one, 'known'],
    ['is known by one of several names', [line('lab1,10.0.0.1', one)], '10.0.0.1', 22, one, 'known'],
    ['is known whatever the case of the name', [line('Lab1', one)], 'LAB1', 22, one, 'known'],
    ['is known by one of several keys', [line('lab1', rsa), line('lab1', one)], 'lab1', 22, one, 'known'],
    ['is known by a pattern', [line('*.example.org,!bad.example.org', one)], 'a.example.org', 22, one, 'known'],
    ['is not known where a pattern excludes it', [line('*.example.org,!bad.example.org', one)], 'bad.example.org', 22, one, 'unknown'],
    ['is known by a name with its port', [line('[lab1]:2222', one)], 'lab1', 2222, one, 'known'],
    ['on another port is known by the name alone if it is the same', [line('lab1', one)], 'lab1', 2222, one, 'known'],
    ['on another port may differ from that of the name alone', [line('lab1', two)], 'lab1', 2222, one, 'unknown'],
    ['is not known by the name with another port', [line('[lab1]:2222', one)], 'lab1', 22, one, 'unknown'],
    ['has changed', [line('lab1', two)], 'lab1', 22, one, 'changed'],
    ['has changed where only another type was known', [line('lab1', rsa)], 'lab1', 22, one, 'changed'],
    ['is revoked', [line('lab1', one), line('@revoked *', one)], 'lab1', 22, one, 'revoked'],
    ['is not revoked with another', [line('lab1', one), line('@revoked *', two)], 'lab1', 22, one, 'known'],
    ['is not known by an authority', [line('@cert-authority *.org', one)], 'a.org', 22, one, 'unknown'],
    ['is not known by comments and rubbish', [`# ${line('lab1', one)}`, 'lab1', 'lab1 ssh-ed25519', 'lab1 ssh-ed25519 !!!', ''], 'lab1', 22, one, 'unknown'],
    ['is known in spite of blanks, comments and other line ends', [`  ${line('lab1', one)} root@lab1\r`], 'lab1', 22, one, 'known'],
  ]
  test.each(cases)('%s', (_, lines, host, port, shown, verdict) => {
    expect(judge(known(...lines), host, port, shown).verdict).toBe(verdict)
  })
  test('that has changed names the lines that say so', () => {
    expect(judge(known('#', line('lab1', two), line('other', one)), 'lab1', 22, one)).toMatchObject({ known: [{ file: 'kh', line: 2 }] })
  })
  test('of a host that only an authority stands for says which', () => {
    expect(judge(known(line('@cert-authority *.org', two)), 'a.org', 22, one)).toMatchObject({ verdict: 'unknown', authorities: [{ line: 1 }] })
  })
})

test('Known types of keys are asked for first', () => {
  const offered = ['ssh-ed25519', 'ecdsa-sha2-nistp256', 'rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa']
  expect(knownFirst(known(line('lab1', rsa)), 'lab1', 22, offered)).toEqual(['rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa', 'ssh-ed25519', 'ecdsa-sha2-nistp256'])
  expect(knownFirst(known(line('lab1', rsa)), 'lab1', 2222, offered)[0]).toBe('rsa-sha2-512')
  expect(knownFirst(known(line('lab1', rsa)), 'lab2', 22, offered)).toEqual(offered)
})

test('Patterns match as in OpenSSH', () => fc.assert(fc.property(fc.stringMatching(/^[ab.*?]{0,8}$/), fc.stringMatching(/^[ab.]{0,8}$/), (pattern, name) => {
  const simple = (p: string, n: string): boolean => p === '' ? n === '' : p[0] === '*' ? simple(p.slice(1), n) || (n !== '' && simple(p, n.slice(1))) : n !== '' && (p[0] === '?' || p[0] === n[0]) && simple(p.slice(1), n.slice(1))
  expect(patternList([pattern])(name)).toBe(simple(pattern, name))
})))

const keygen = spawnSync('ssh-keygen', ['-?']).error ? 'needs ssh-keygen' : undefined

describe(`OpenSSH agrees${because(keygen)}`, () => {
  const it = test.skipIf(keygen)

  it('on what is known, for plain and hashed lines', () => fc.assert(fc.property(
    fc.array(fc.record({ name: fc.constantFrom('lab1', 'lab2', 'a.example.org', '10.0.0.1'), port: fc.constantFrom(22, 2222), hashed: fc.boolean() }), { maxLength: 4 }),
    fc.constantFrom('lab1', 'lab2', 'a.example.org'), fc.constantFrom(22, 2222), (lines, host, port) => {
      const file = join(directory, 'agree')
      const real = realKey('agree-key')
      writeFileSync(file, lines.map(({ name, port, hashed }) => knownHostsLine(name, port, real, hashed)).join(''))
      const found = spawnSync('ssh-keygen', ['-F', port === 22 ? host : `[${host}]:${port}`, '-f', file], { encoding: 'utf8' }).stdout.includes('found: line')
      const plain = parseKnownHosts(readFileSync(file, 'utf8'), file).some(line => line.matches((port === 22 ? host : `[${host}]:${port}`).toLowerCase()))
      expect(plain).toBe(found)
    }), { numRuns: 25 }))

  it('on hashes that it made itself', () => {
    const file = join(directory, 'hashed')
    const real = realKey('hashed-key')
    writeFileSync(file, knownHostsLine('lab1', 2222, real, false))
    execFileSync('ssh-keygen', ['-H', '-f', file], { stdio: 'ignore' })
    const text = readFileSync(file, 'utf8')
    expect(text).toMatch(/^\|1\|/)
    expect(judge(parseKnownHosts(text, file), 'lab1', 2222, real).verdict).toBe('known')
  })

  it('on fingerprints', () => {
    const real = realKey('fingerprint-key')
    expect(execFileSync('ssh-keygen', ['-lf', join(directory, 'fingerprint-key.pub')], { encoding: 'utf8' })).toContain(fingerprint(real))
  })

  function realKey(name: string): Buffer {
    const file = join(directory, name)
    if (!existsSync(file)) execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file])
    return Buffer.from(readFileSync(`${file}.pub`, 'utf8').split(' ')[1]!, 'base64')
  }
})

describe('A new key', () => {
  test('is written where there was no file, readable by the user only', async () => {
    const file = join(directory, '.ssh', 'known_hosts')
    const files = knownHostsFiles()
    expect(await files.read([file])).toEqual([])
    await files.add(file, 'lab1', 22, one, false)
    expect(readFileSync(file, 'utf8')).toBe(`${line('lab1', one)}\n`)
    expect([statSync(file).mode & 0o777, statSync(join(file, '..')).mode & 0o777]).toEqual([0o600, 0o700])
    expect(await files.read([file])).toMatchObject([{ line: 1 }])
  })
  test('does not run into a last line without a newline', async () => {
    const file = join(directory, 'cut')
    writeFileSync(file, line('lab1', one))
    await knownHostsFiles().add(file, 'lab2', 22, two, false)
    expect(readFileSync(file, 'utf8')).toBe(`${line('lab1', one)}\n${line('lab2', two)}\n`)
  })
  test('of many hosts at once is one whole line each', async () => {
    const file = join(directory, 'many')
    const files = knownHostsFiles()
    await Promise.all(Array.from({ length: 50 }, (_, index) => files.add(file, `lab${index}`, 22, one, index % 2 === 0)))
    const lines = parseKnownHosts(readFileSync(file, 'utf8'), file)
    for (let index = 0; index < 50; index++) expect(judge(lines, `lab${index}`, 22, one).verdict).toBe('known')
  })
})
