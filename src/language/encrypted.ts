import { ProvisionError } from '../core/error.ts'
import type { Position } from '../core/position.ts'
import { TemplateText } from '../core/value.ts'

/** A `!vault` value. It is decrypted when its text is first looked at, so that values nobody uses need no password. */
export class EncryptedText extends TemplateText {
  readonly encrypted: string

  /** @param decrypt absent where no password is known: looking at the text is then the error `vault` */
  constructor(encrypted: string, at: Position, decrypt: ((encrypted: string, at: Position) => string) | undefined) {
    super('', at)
    this.encrypted = encrypted
    let text: string | undefined
    Object.defineProperty(this, 'text', {
      get: () => (text ??= decrypt ? decrypt(encrypted, at) : refuse(at)),
    })
  }
}

function refuse(at: Position): never {
  throw new ProvisionError('vault', 'this value is encrypted and no password is known', { at, hint: 'Give the password that it was encrypted with.' })
}

/** Whether a whole file is encrypted (`ansible-vault encrypt FILE`). */
export const isEncrypted = (content: string): boolean => content.startsWith('$ANSIBLE_VAULT;')
