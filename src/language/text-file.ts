import { readFileSync } from 'node:fs'
import { ProvisionError } from '../core/error.ts'
import { fileTrouble } from '../core/file-trouble.ts'
import type { Position } from '../core/position.ts'
import type { Raw } from '../core/value.ts'
import { isEncrypted } from './encrypted.ts'
import { parseYaml, type YamlOptions } from './yaml.ts'

/**
 * The text of one of the user's files.
 *
 * @param at what names the file, for the error
 * @throws ProvisionError `file-missing` when it cannot be read, `yaml-syntax` when it is not UTF-8
 */
export function readText(path: string, at?: Position): string {
  let content: Buffer
  try {
    content = readFileSync(path)
  } catch (error) {
    throw new ProvisionError('file-missing', `${path} cannot be read: ${fileTrouble((error as NodeJS.ErrnoException).code)}`, { at })
  }
  const text = content.toString('utf8')
  if (text.includes('\ufffd') && !content.equals(Buffer.from(text)))
    throw new ProvisionError('yaml-syntax', `${path} is not UTF-8 text`, { at, hint: 'Save the file as UTF-8.' })
  // Some editors begin a file with a byte order mark.
  return text.replace(/^\ufeff/, '')
}

/** The value of a YAML or JSON file, decrypted where the whole file is encrypted. @throws ProvisionError */
export function loadYaml(path: string, options: YamlOptions = {}, at?: Position): Raw {
  const text = readText(path, at)
  if (!isEncrypted(text)) return parseYaml(text, path, options)
  if (!options.decrypt) throw new ProvisionError('vault', `${path} is encrypted and no password is known`, { at, hint: 'Give the password that it was encrypted with.' })
  return parseYaml(options.decrypt(text, { file: path, line: 1, column: 1 }), path, options)
}
