export interface ListeningSocket {
  /** `0.0.0.0`, `::`, `127.0.0.1`. */
  readonly address: string
  readonly port: number
}

/** A read over HTTP, made from the host. */
export interface HttpRequest {
  readonly method: 'GET' | 'HEAD'
  readonly url: string
  readonly headers?: { readonly [name: string]: string }
  readonly followRedirects?: 'all' | 'safe' | 'none'
  /** Names of headers, in lower case, that go with the first request only and not with those of redirects. */
  readonly unredirected?: readonly string[]
  readonly validateCertificates?: boolean
  /** PEM: whom to trust instead of those whom the host trusts, and who we are. */
  readonly authorities?: string
  readonly certificate?: string
  readonly certificateKey?: string
  /** Sent with the first request and with those of redirects to the same host (HTTP Basic). Never shown. */
  readonly credentials?: { readonly user: string; readonly password: string }
  /** Address to connect to instead of what the URL's name resolves to on the host. */
  readonly address?: string
  /** Seconds. */
  readonly timeout?: number
  /** The most bytes of a body that are read. */
  readonly limit?: number
}

export const httpKey = (request: HttpRequest): string => JSON.stringify(request)

export type HttpAnswer =
  | HttpResponse
  /** No answer came. */
  | { readonly status: -1; readonly url: string; readonly error: string; readonly elapsed?: number }

export interface HttpResponse {
  readonly status: number
  readonly reason: string
  /** Where the last redirect led. */
  readonly url: string
  /** Names in lower case; several of one name are joined with `, `. */
  readonly headers: { readonly [name: string]: string }
  readonly body: Uint8Array
  /** Seconds. */
  readonly elapsed?: number
}
