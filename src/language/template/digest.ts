/** node:crypto, loaded when something is first hashed: most runs need none of it. */
export const crypto = (): typeof import('node:crypto') => process.getBuiltinModule('node:crypto')

export const hash = (algorithm: string, content: Uint8Array): Buffer => crypto().createHash(algorithm).update(content).digest()
