/** What the loop writes between a program's bytes: `NONCE:s:PID` when it starts, `NONCE:e:INDEX:STATUS` when it has ended. */
export type Mark = { readonly mark: 'start'; readonly pid: number } | { readonly mark: 'end'; readonly index: number; readonly status: number }

const longestMark = 48

/**
 * Cuts a stream of the loop into bytes and marks, however the stream is split into chunks. Bytes are handed on as soon as
 * they cannot be part of a mark.
 *
 * @param nonce text that stands before every mark and nowhere else
 */
export function markCutter(nonce: string): (chunk: Buffer) => (Buffer | Mark)[] {
  let held: Buffer = Buffer.alloc(0)

  return chunk => {
    const pieces: (Buffer | Mark)[] = []
    const rest = (held.length === 0 ? chunk : Buffer.concat([held, chunk]))
    let from = 0
    for (;;) {
      const at = rest.indexOf(nonce, from, 'latin1')
      if (at === -1) {
        const keep = Math.max(from, rest.length - nonce.length + 1)
        if (keep > from) pieces.push(rest.subarray(from, keep))
        held = Buffer.from(rest.subarray(keep))
        return pieces
      }
      if (at > from) pieces.push(rest.subarray(from, at))
      const end = rest.indexOf(10, at)
      if (end === -1) {
        if (rest.length - at > nonce.length + longestMark) throw new Error('the shell sent something that is no frame')
        held = Buffer.from(rest.subarray(at))
        return pieces
      }
      pieces.push(parseMark(rest.toString('latin1', at + nonce.length, end)))
      from = end + 1
    }
  }
}

function parseMark(text: string): Mark {
  const [, kind, first, second] = /^:([se]):(\d+)(?::(\d+))?$/.exec(text) ?? []
  if (kind === 's') return { mark: 'start', pid: Number(first) }
  if (kind === 'e' && second !== undefined) return { mark: 'end', index: Number(first), status: Number(second) }
  throw new Error('the shell sent something that is no frame')
}
