import { ProvisionError } from '../../core/error.ts'
import { didYouMean } from '../../core/nearest.ts'
import type { RawDict } from '../../core/value.ts'
import type { VarsFile, VarsPrompt } from '../playbook.ts'
import { positionOf } from '../positions.ts'
import { staticName, type Place } from './place.ts'
import { dictionary, isVariableName, listOf, placeOf, plainText, saysYes } from './shape.ts'

const keys = ['name', 'prompt', 'default', 'private', 'confirm', 'encrypt', 'salt_size', 'salt', 'unsafe']

/** `vars_prompt` of a play. What is asked may use variables of the play and `-e`. @throws ProvisionError */
export function readPrompts(play: RawDict, place: Place): VarsPrompt[] {
  return (listOf(play, 'vars_prompt') ?? []).map((raw, index) => {
    const at = positionOf(raw) ?? positionOf(play.get('vars_prompt'), index) ?? placeOf(play, 'vars_prompt')!
    const written = dictionary(raw, 'vars_prompt', at)
    for (const key of written.keys()) {
      const keyAt = positionOf(written, key)
      if (!keys.includes(key as string)) throw new ProvisionError('playbook-syntax', `Invalid vars_prompt data structure, found unsupported key '${String(key)}'`, { at: keyAt, hint: didYouMean(String(key), keys) })
    }
    const name = plainText(written, 'name')
    if (name === undefined) throw new ProvisionError('playbook-syntax', "Invalid vars_prompt data structure, missing 'name' key", { at })
    if (!isVariableName(name)) throw new ProvisionError('playbook-syntax', `'${name}' is not a valid variable name`, { at: placeOf(written, 'name') })
    return {
      at, name,
      prompt: (written.get('prompt') ?? null) === null ? name : staticName(written.get('prompt'), 'prompt', place, placeOf(written, 'prompt')),
      default: written.get('default') ?? undefined,
      private: saysYes(plainText(written, 'private') ?? 'yes'),
      confirm: saysYes(plainText(written, 'confirm') ?? 'no'),
      unsafe: saysYes(plainText(written, 'unsafe') ?? 'no'),
      ...encryption(written),
    }
  })
}

const hashes = ['md5_crypt', 'sha256_crypt', 'sha512_crypt']

function encryption(written: RawDict): Pick<VarsPrompt, 'encrypt'> {
  const type = plainText(written, 'encrypt')
  if (type === undefined) return {}
  if (!hashes.includes(type)) throw new ProvisionError('unsupported', `vars_prompt cannot encrypt with ${type}`, { at: placeOf(written, 'encrypt'), hint: didYouMean(type, hashes) ?? `It can with ${hashes.join(', ')}.` })
  const salt = plainText(written, 'salt')
  const size = plainText(written, 'salt_size')
  const longest = type === 'md5_crypt' ? 8 : 16
  if (size !== undefined && !(Number(size) >= 1 && Number(size) <= longest)) throw new ProvisionError('playbook-syntax', `salt_size of ${type} is a number from 1 to ${longest}`, { at: placeOf(written, 'salt_size') })
  if (salt !== undefined && (salt.length > longest || !/^[./0-9A-Za-z]+$/.test(salt))) throw new ProvisionError('playbook-syntax', `the salt of ${type} is at most ${longest} letters, digits, dots and slashes`, { at: placeOf(written, 'salt') })
  return { encrypt: { type, ...(salt !== undefined && { salt }), ...(size !== undefined && { saltSize: Number(size) }) } }
}

/** `vars_files` of a play: a name, or several of which the first that exists counts. @throws ProvisionError */
export function readVarsFiles(play: RawDict): VarsFile[] {
  const list = listOf(play, 'vars_files') ?? []
  return list.map((entry, index) => {
    const at = positionOf(list, index) ?? placeOf(play, 'vars_files')!
    const candidates = Array.isArray(entry) ? entry : [entry]
    for (const one of candidates) if (one === null || Array.isArray(one) || one instanceof Map) throw new ProvisionError('playbook-syntax', 'vars_files takes names of files, or lists of names', { at })
    return { at, candidates }
  })
}
