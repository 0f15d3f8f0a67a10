/** Everything outside of this process that a verification looks at, so that tests and the lab can supply their own. */
export interface World {
  /** Milliseconds since 1970. */
  now(): number
  /** Bytes that nobody can foresee: keys of the probe, names that nobody has. */
  random(count: number): Uint8Array
  readonly resolver: Resolver
  /** Addresses that the user gives for a name and a port, instead of those in DNS. */
  readonly pins?: readonly Pin[]
  /** One request on a connection of its own. Never throws: what goes wrong is in the result, within the request's deadline. */
  exchange(request: Exchange): Promise<Exchanged>
}

/** `NAME:PORT:ADDRESS`, as curl's `--resolve`. */
export interface Pin {
  readonly name: string
  readonly port: number
  readonly addresses: readonly string[]
}

export interface Resolver {
  /** Addresses of a DNS name of one family, aliases followed; none where the name has none or does not exist. */
  addresses(name: string, family: 4 | 6): Promise<Lookup<string>>
  /** SRV records (RFC 2782), in any order. */
  services(name: string): Promise<Lookup<Service>>
  /** The names that `name` is an alias of (CNAME); none where it is no alias. */
  aliases(name: string): Promise<Lookup<string>>
}

export type Lookup<T> =
  | {
      readonly ok: true
      readonly records: readonly T[]
      /** What else is to be known, as a sentence's rest: `the first 16 of 1000`. */
      readonly note?: string
    }
  /** Nobody could say: `SERVFAIL`, a timeout, no network. That the name has no such record is `ok`. */
  | { readonly ok: false; readonly reason: 'timeout' | 'server-failure' | 'refused' | 'other'; readonly message: string }

export interface Service {
  /** `.` where the service is decidedly not offered. */
  readonly target: string
  readonly port: number
  readonly priority: number
  readonly weight: number
}

export interface Exchange {
  /** IPv4 or IPv6 address, without brackets. */
  readonly address: string
  readonly port: number
  /** Null for a connection without TLS. */
  readonly tls: TlsWish | null
  readonly method: string
  /** The request target as it goes over the wire: raw path and query, an absolute URI, or for CONNECT an authority. */
  readonly target: string
  /** In order, `Host` among them; nothing is added but `Content-Length` and `Connection: close` (over HTTP/1.1). */
  readonly headers: readonly Header[]
  readonly body?: Uint8Array
  /** Milliseconds for all of it, from the connect to the last byte. The connect alone gets half of it at most. */
  readonly deadline: number
  /** The most bytes of a body that are read, before and after decompression. */
  readonly limit: number
}

export type Header = readonly [name: string, value: string]

export interface TlsWish {
  /** Server Name Indication; null sends none (an IP literal, or a look at what a server shows then). */
  readonly servername: string | null
  /** The DNS name or IP address that the certificate must be for. */
  readonly identity: string
  /** Protocols that are offered (ALPN), preferred first. Absent: `http/1.1` alone. With `h2` chosen, HTTP/2 is spoken. */
  readonly alpn?: readonly ('h2' | 'http/1.1')[]
  /** Only this version is offered. */
  readonly version?: 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3'
}

export interface Exchanged {
  /** What TLS showed; absent where it did not come so far. A certificate that is not trusted does not end an exchange. */
  readonly tls?: TlsSession
  readonly answer?: Answer
  /** Why there is no whole answer. */
  readonly failure?: Failure
  /** From the start to the end. */
  readonly milliseconds: number
}

export interface Answer {
  readonly status: number
  readonly reason: string
  readonly version: '1.0' | '1.1' | '2'
  /** As they came, each on its own: a header that is there twice is there twice. Names in lower case. */
  readonly headers: readonly Header[]
  /** Decompressed; as much as came before a failure. */
  readonly body: Uint8Array
}

export interface Failure {
  readonly stage: 'connect' | 'tls' | 'request' | 'headers' | 'body'
  /**
   * `unreachable`: somebody on the way said so. `no-route`: this machine itself has no way there (no IPv6, say), which tells
   * nothing about the server. `private`: an address that other servers cannot reach, and nobody allowed to look there.
   * `bound`: so many requests were made to the server, or such a long time, that no more are. `malformed`: not HTTP, or what was
   * asked cannot be sent.
   */
  readonly reason: 'refused' | 'unreachable' | 'no-route' | 'private' | 'bound' | 'timeout' | 'reset' | 'closed' | 'malformed' | 'too-large' | 'tls'
  /** A sentence's rest: `connection refused`, `no answer within 10 s`, `the body is larger than 50 KiB`. */
  readonly message: string
}

export interface TlsSession {
  readonly protocol: string
  readonly cipher: string
  /** What was chosen by ALPN; null for nothing. */
  readonly alpn: string | null
  /** The server's own first, then those that it leads to, a trusted root last; what was sent beside the chain is not shown. */
  readonly certificates: readonly Certificate[]
  /** Whether the chain, with the certificates sent and no others fetched, leads to a trusted root and is valid now. */
  readonly chain: Judgement
  /** Whether the first certificate is for the identity that was wished for. */
  readonly name: Judgement
}

/** `code` is OpenSSL's word (`CERT_HAS_EXPIRED`, `UNABLE_TO_VERIFY_LEAF_SIGNATURE`), `message` a person's. */
export type Judgement = { readonly ok: true } | { readonly ok: false; readonly code: string; readonly message: string }

export interface Certificate {
  readonly subject: string
  readonly issuer: string
  /** DNS names of the subjectAltName extension, and IP addresses. */
  readonly names: readonly string[]
  readonly addresses: readonly string[]
  /** Milliseconds since 1970. */
  readonly notBefore: number
  readonly notAfter: number
  /** SHA-256 of the DER, in lower-case hexadecimal without colons. */
  readonly fingerprint: string
  /** Subject and issuer are the same. */
  readonly selfSigned: boolean
}

/** The value of the only header of a name, of the first where there are more; undefined where there is none. */
export const header = (answer: Answer, name: string): string | undefined => headers(answer, name)[0]

/** The values of all headers of a name, in the order in which they came. */
export const headers = (answer: Answer, name: string): readonly string[] =>
  answer.headers.filter(([found]) => found === name).map(([, value]) => value)
