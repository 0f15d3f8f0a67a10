import { pipeline, Readable, type Duplex } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib'
import type { Header } from '../world.ts'
import { Broken } from './failure.ts'

/** A body is compressed no more often than this. */
const mostCodings = 3

type Bytes = AsyncIterable<Uint8Array>

/**
 * Reads a body and decompresses it as Content-Encoding says; what is compressed in an unknown way stays as it came.
 *
 * @param limit bytes, both as they come and decompressed
 * @param chunks get what comes, also when the end is missing
 * @throws what broke the stream; Broken when there is more than the limit
 */
export async function readBody(body: Bytes, headers: readonly Header[], limit: number, chunks: Uint8Array[]): Promise<void> {
  const codings = headers.filter(([name]) => name === 'content-encoding').flatMap(([, value]) => value.toLowerCase().split(',')).map(coding => coding.trim())
  const applied = codings.filter(coding => coding !== '' && coding !== 'identity').reverse()
  let bytes = bounded(body, limit)
  if (applied.length > mostCodings) throw new Broken('malformed', `the body is compressed ${applied.length} times`)
  if (applied.every(coding => decoders[coding])) for (const coding of applied) bytes = bounded(decoded(bytes, decoders[coding]!), limit)
  for await (const chunk of bytes) chunks.push(chunk)
}

/** By the first byte, since many a server means raw deflate by `deflate`, and others with zlib's header as the standard says (RFC 9110, 8.4.1.2). */
const decoders: { readonly [coding: string]: (first: number) => Duplex } = {
  gzip: () => createGunzip(), 'x-gzip': () => createGunzip(), br: () => createBrotliDecompress(),
  deflate: first => ((first & 0x0f) === 8 ? createInflate() : createInflateRaw()),
}

async function* decoded(source: Bytes, decoder: (first: number) => Duplex): Bytes {
  const iterator = source[Symbol.asyncIterator]()
  const start = await iterator.next()
  // An answer without a body may well say how it would be compressed.
  if (start.done) return
  const stream = decoder(start.value[0]!)
  pipeline(Readable.from(resumed(start.value, iterator)), stream, () => {}) // what goes wrong comes out of the stream
  yield* stream
}

async function* resumed(first: Uint8Array, rest: AsyncIterator<Uint8Array>): Bytes {
  yield first
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value
}

async function* bounded(source: Bytes, limit: number): Bytes {
  let total = 0
  for await (const chunk of source) {
    const room = limit - total
    total += chunk.length
    yield total <= limit ? chunk : chunk.subarray(0, room)
    if (total > limit) throw new Broken('too-large', `the body is larger than ${limit % 1024 === 0 ? `${limit / 1024} KiB` : `${limit} bytes`}`)
  }
}
