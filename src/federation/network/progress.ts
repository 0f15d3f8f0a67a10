import type { Answer, TlsSession } from '../world.ts'
import type { Stage } from './failure.ts'

/** How far an exchange has come, and what was seen of the peer so far. */
export class Progress {
  stage: Stage = 'connect'
  tls: TlsSession | undefined
  /** What went wrong first: what comes of it later says less. */
  error: unknown
  #head: Omit<Answer, 'body'> | undefined
  readonly #chunks: Uint8Array[] = []

  broken(error: unknown): void {
    this.error ??= error
  }

  /** The head of the answer is there. @returns where the body's bytes go */
  answered(head: Omit<Answer, 'body'>): Uint8Array[] {
    this.#head = head
    return this.#chunks
  }

  get answer(): Answer | undefined {
    return this.#head && { ...this.#head, body: new Uint8Array(Buffer.concat(this.#chunks)) }
  }
}
