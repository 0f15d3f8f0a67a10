import { crypto, hash } from '../digest.ts'
import { fail } from '../fail.ts'
import { passwordHash } from '../password-hash.ts'
import { integerOf, textOf } from '../python/convert.ts'
import { str } from '../python/text.ts'
import { decryptVault, encryptVault } from '../vault.ts'
import type { Thing } from '../thing.ts'
import { bytesOf } from './encoding.ts'
import { filter, type Filters } from './filter.ts'

const digest = (algorithm: string) => filter('', value => hash(algorithm, bytesOf(value)).toString('hex'))

/** Node's names where they are not Python's. */
const algorithms: Readonly<Record<string, string>> = {
  blake2b: 'blake2b512', blake2s: 'blake2s256', sha3_224: 'sha3-224', sha3_256: 'sha3-256', sha3_384: 'sha3-384', sha3_512: 'sha3-512',
}

const optional = (thing: Thing | undefined, what: string): string | undefined => (thing === undefined || thing === null ? undefined : textOf(thing, what))
const whole = (thing: Thing | undefined, what: string): number | undefined => (thing === undefined || thing === null ? undefined : integerOf(thing, what))

const ansibleNamespace = '361e6d51-faec-444a-9079-341386da8e2e'

/** Filters that make digests, passwords and encrypted text. */
export const hashingFilters: Filters = {
  checksum: digest('sha1'),
  hash: filter('hashtype?', (value, { hashtype = 'sha1' }) => {
    const name = str(hashtype).toLowerCase()
    const algorithm = algorithms[name] ?? name
    if (!crypto().getHashes().some(known => known.toLowerCase() === algorithm)) fail(`unsupported hash type ${str(hashtype)}`)
    return hash(algorithm, bytesOf(value)).toString('hex')
  }),
  md5: digest('md5'),
  password_hash: filter('hashtype? salt? salt_size? rounds? ident?', (value, { hashtype = 'sha512', salt, salt_size, rounds }, context) => {
    const given = optional(salt, 'the salt')
    if (!given) context.impure('password_hash without a salt')
    return passwordHash(str(value), str(hashtype), { salt: given, saltSize: whole(salt_size, 'salt_size'), rounds: whole(rounds, 'rounds') })
  }),
  sha1: digest('sha1'),
  to_uuid: filter('namespace?', (value, { namespace = ansibleNamespace }) => {
    const space = str(namespace).toLowerCase().replaceAll(/[{}-]|urn:uuid:/g, '')
    if (!/^[0-9a-f]{32}$/.test(space)) fail(`Invalid value '${str(namespace)}' for 'namespace': it is no UUID`)
    const bytes = hash('sha1', Buffer.concat([Buffer.from(space, 'hex'), bytesOf(value)])).subarray(0, 16)
    bytes[6] = (bytes[6]! & 0x0f) | 0x50
    bytes[8] = (bytes[8]! & 0x3f) | 0x80
    return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
  }),
  unvault: filter('secret vault_id? vaultid?', (value, { secret }) => decryptVault(textOf(value, 'what is decrypted'), bytesOf(secret))),
  vault: filter('secret salt? vault_id? wrap_object? vaultid?', (value, { secret, salt, vault_id = 'filter_default' }, context) => {
    const given = optional(salt, 'the salt')
    if (given === undefined) context.impure('vault without a salt')
    return encryptVault(bytesOf(value), bytesOf(secret), str(vault_id), given)
  }),
}
