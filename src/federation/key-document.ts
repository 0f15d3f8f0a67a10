/** A key document (`GET /_matrix/key/v2/server`) and what it is worth (server-server API, "Retrieving server keys"). */
export interface KeyDocumentResult {
  readonly address: string
  readonly port: number
  readonly exchanged: import('./world.ts').Exchanged
  /** Null where there was no JSON object in the answer. */
  readonly document: KeyDocument | null
  /** What is wrong with it; none: it is good. */
  readonly problems: readonly KeyProblem[]
}

export interface KeyDocument {
  readonly serverName: string | null
  /** Milliseconds since 1970; null where it is no integer. */
  readonly validUntil: number | null
  readonly keys: readonly VerifyKey[]
  /** The document as it came. */
  readonly raw: unknown
}

export interface VerifyKey {
  /** `ed25519:a_1`. */
  readonly id: string
  /** It is 32 bytes of base64. */
  readonly valid: boolean
  /** The document is signed with it. */
  readonly signed: boolean
  /** As it stands in the document. */
  readonly key: string
}

export interface KeyProblem {
  readonly kind:
    | 'no-answer' | 'status' | 'content-type' | 'not-json' | 'duplicate-key' | 'server-name' | 'no-keys' | 'key-id' | 'key-length'
    | 'valid-until-missing' | 'expired' | 'expires-soon' | 'not-signed' | 'signature' | 'not-canonical'
  readonly severity: 'error' | 'warning'
  readonly message: string
}
