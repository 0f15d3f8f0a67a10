import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { Unknown, UnknownReached } from '../../../core/unknown.ts'
import type { Context } from '../context.ts'
import { fail } from '../fail.ts'
import { expandHome } from '../files.ts'
import { passwordHash, randomText } from '../password-hash.ts'
import { parseInteger } from '../python/number.ts'
import { SeededRandom } from '../python/random.ts'
import { iterate } from '../python/sequence.ts'
import { str } from '../python/text.ts'
import { textOf } from '../python/convert.ts'
import type { Thing } from '../thing.ts'
import { inlineOptions, lookup, type Lookups } from './lookup.ts'

const names = ['length', 'chars', 'encrypt', 'ident', 'seed']
const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'

/** Sets of characters by the names of Python's string module. */
const sets: Readonly<Record<string, string>> = {
  ascii_letters: letters, ascii_lowercase: letters.slice(0, 26), ascii_uppercase: letters.slice(26), digits: '0123456789', hexdigits: '0123456789abcdefABCDEF', octdigits: '01234567',
  punctuation: '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~',
}

/** A password that is kept in a file of the controller, and made when the file is not there yet. */
export const passwordLookups: Lookups = {
  password: lookup('length? chars? encrypt? ident? seed?', (terms, given, context) => terms.map(term => {
    const { text: name, options } = inlineOptions(textOf(term, 'the file of a password'), names)
    if (name === '') fail('the lookup password needs the name of a file')
    const option = (key: keyof typeof given): Thing => options.get(key) ?? given[key] ?? null
    const path = resolve(context.environment.directory, expandHome(name, context.environment))
    return password(path, {
      length: Number(parseInteger(str(option('length') ?? 20)) ?? fail('the length of a password must be an integer')),
      characters: characters(option('chars')),
      encrypt: option('encrypt') === null ? undefined : str(option('encrypt')),
      seed: option('seed'),
    }, context)
  })),
}

interface Wanted {
  readonly length: number
  readonly characters: string
  readonly encrypt: string | undefined
  readonly seed: Thing
}

/** Sets by name and single characters, with commas between; two commas stand for one. Quotes are never among them. */
function characters(chars: Thing): string {
  if (chars === null) return `${letters}0123456789.,:-_`
  const parts = typeof chars === 'string' ? [...(chars.includes(',,') ? [','] : []), ...chars.replaceAll(',,', ',').split(',')] : iterate(chars).map(str)
  return parts.map(part => sets[part] ?? part).join('').replaceAll(/["']/g, '')
}

function password(path: string, wanted: Wanted, context: Context): string {
  context.impure("the lookup 'password'")
  const isKept = path !== '/dev/null'
  const kept = isKept && existsSync(path) ? readFileSync(path, 'utf8').trimEnd() : undefined
  const [, plain = '', salt] = kept === undefined ? [] : (/^([\s\S]*?)(?: salt=(\S+)(?: ident=\S+)?)?$/.exec(kept) ?? [])
  const needsSalt = wanted.encrypt !== undefined && salt === undefined
  if (kept !== undefined && !needsSalt) return shown(plain, salt, wanted)
  if (isKept && context.environment.dryRun) throw new UnknownReached(new Unknown(`the password file ${path} is not made yet`))
  if (wanted.characters === '') fail('there are no characters to make a password of')
  const secret = kept === undefined ? generated(wanted) : plain
  const fresh = needsSalt ? randomText(/md5/.test(wanted.encrypt!) ? 8 : 16) : salt
  if (isKept) write(path, secret + (fresh === undefined ? '' : ` salt=${fresh}`))
  return shown(secret, fresh, wanted)
}

const shown = (plain: string, salt: string | undefined, { encrypt }: Wanted): string => (encrypt === undefined ? plain : passwordHash(plain, encrypt, { salt }))

function generated({ length, characters: from, seed }: Wanted): string {
  if (!(length > 0 && length <= 100_000)) fail('the length of a password must be positive')
  if (seed === null) return randomText(length, from)
  const random = new SeededRandom(seed)
  return Array.from({ length }, () => random.choice(Array.from(from))).join('')
}

/** Only the owner may read it, and never half of it. */
function write(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const temporary = `${path}.${process.pid}.new`
  writeFileSync(temporary, `${content}\n`, { mode: 0o600 })
  chmodSync(temporary, 0o600)
  renameSync(temporary, path)
}
