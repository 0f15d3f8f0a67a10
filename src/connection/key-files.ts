import { readFileSync } from 'node:fs'
import type { ParsedKey } from 'ssh2'
import { publicHalf } from './public-key.ts'
import { textOf } from './text-of.ts'

/** A private key file as far as it can be read without asking anyone. */
export type KeyFile =
  | { readonly state: 'missing' | 'unreadable' | 'wrong-passphrase'; readonly why: string }
  | { readonly state: 'open'; readonly key: ParsedKey; readonly public: Buffer }
  /** `public` is absent for an encrypted key in an old format without a .pub file beside it. */
  | { readonly state: 'locked'; readonly public: Buffer | undefined; unlock(): Promise<ParsedKey | undefined> }

/** Asks for the passphrase of a key file. @returns undefined when none is to be had */
export type AskPassphrase = (file: string) => Promise<string | undefined>

/** The key files of a run: each is read once, and its passphrase asked for once. */
export interface KeyFiles {
  read(file: string, passphrase?: string): Promise<KeyFile>
}

export function keyFiles(ask: AskPassphrase | undefined): KeyFiles {
  const read = new Map<string, Promise<KeyFile>>()
  return {
    read: (file, passphrase) => {
      const id = `${file}\n${passphrase ?? ''}`
      const known = read.get(id) ?? readKey(file, passphrase, ask)
      read.set(id, known)
      return known
    },
  }
}

async function readKey(file: string, passphrase: string | undefined, ask: AskPassphrase | undefined): Promise<KeyFile> {
  const { default: { utils: { parseKey } } } = await import('ssh2')
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    return code === 'ENOENT' ? { state: 'missing', why: 'does not exist' } : { state: 'unreadable', why: `cannot be read (${message})` }
  }
  const parse = (word?: string): ParsedKey | string => {
    const parsed = parseKey(text, word)
    const key = Array.isArray(parsed) ? (parsed[0] as ParsedKey) : parsed
    return key instanceof Error ? key.message : key.isPrivateKey() ? key : 'it is a public key'
  }
  const key = parse(passphrase)
  if (typeof key !== 'string') return { state: 'open', key, public: key.getPublicSSH() }
  if (passphrase !== undefined && /passphrase|integrity|decrypt/i.test(key)) return { state: 'wrong-passphrase', why: 'does not open with the passphrase given' }
  if (!/no passphrase/i.test(key)) return { state: 'unreadable', why: `holds no key that can be used (${key})` }

  let unlocked: Promise<ParsedKey | undefined> | undefined
  const unlock = async () => {
    for (let attempt = 0; attempt < 3; attempt++) {
      const word = await ask?.(file)
      if (word === undefined) return undefined
      const opened = parse(word)
      if (typeof opened !== 'string') return opened
    }
    return undefined
  }
  return { state: 'locked', public: publicHalf(text) ?? publicBeside(file), unlock: () => (unlocked ??= unlock()) }
}

function publicBeside(file: string): Buffer | undefined {
  const text = textOf(`${file}.pub`) ?? ''
  const encoded = text.trim().split(/\s+/)[1]
  return encoded === undefined ? undefined : Buffer.from(encoded, 'base64')
}
