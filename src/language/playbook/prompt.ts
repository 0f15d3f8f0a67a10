import { ProvisionError } from '../../core/error.ts'
import { didYouMean } from '../../core/nearest.ts'
import type { RawDict } from '../../core/value.ts'
import type { VarsFile, VarsPrompt } from '../playbook.ts'
import { positionOf } from '../positions.ts'
import { staticName, type Place } from './place.ts'
import { dictionary, isVariableName, listOf, placeOf, plainText, saysYes } from './shape.ts'

const keys = ['name', 'prompt', 'default', 'private', 'confirm', 'encrypt', 'salt_size', 'salt', 'unsafe']
const refused = ['encrypt', 'salt_size', 'salt']

/** `vars_prompt` of a play. What is asked may use variables of the play and `-e`. @throws ProvisionError */
export function readPrompts(play: RawDict, place: Place): VarsPrompt[] {
  return (listOf(play, 'vars_prompt') ?? []).map((raw, index) => {
    const at = positionOf(raw) ?? positionOf(play.get('vars_prompt'), index) ?? placeOf(play, 'vars_prompt')!
    const written = dictionary(raw, 'vars_prompt', at)
    for (const key of written.keys()) {
      const keyAt = positionOf(written, key)
      if (refused.includes(key as string)) throw new ProvisionError('unsupported', `${String(key)} of vars_prompt is not supported`, { at: keyAt, hint: 'Use the filter password_hash where the value is used.' })
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
    }
  })
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
