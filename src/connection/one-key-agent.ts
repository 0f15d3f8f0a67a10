import type { BaseAgent, ParsedKey, SignCallback, SigningRequestOptions } from 'ssh2'

export type Sign = (data: Buffer, hash: string | undefined) => Promise<Buffer>

/**
 * An agent with one key, which is how ssh2 is told to sign only when the server would take the key.
 *
 * @param Base ssh2's own class, handed in since ssh2 is loaded late
 * @param refused told why there is no signature
 */
export function oneKeyAgent(Base: typeof BaseAgent, key: ParsedKey, sign: Sign, refused: (why: string) => void): BaseAgent {
  return new (class extends Base<ParsedKey> {
    override getIdentities(done: (error: undefined, keys: ParsedKey[]) => void): void {
      done(undefined, [key])
    }

    /** An error here would end the login: a signature that the server refuses lets the next key have its turn, as with OpenSSH. */
    override sign(_: unknown, data: Buffer, options: SigningRequestOptions | SignCallback, done?: SignCallback): void {
      const answer = (typeof options === 'function' ? options : done) ?? (() => {})
      const hash = typeof options === 'function' ? undefined : options.hash
      sign(data, hash).then(signature => answer(undefined, signature), error => {
        refused((error as Error).message)
        answer(undefined, Buffer.alloc(64))
      })
    }
  })()
}
