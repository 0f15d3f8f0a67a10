import type { Answer } from './connection.ts'
import { markCutter, type Mark } from './mark.ts'

export interface AnswerEvents {
  /** @param index counts requests from 1 */
  begun(index: number, pid: number): void
  /** Called in the order of the requests. */
  answered(answer: Answer): void
}

export interface AnswerReader {
  stdout(chunk: Buffer): void
  stderr(chunk: Buffer): void
}

interface Half {
  /** Index of the request that comes next. */
  index: number
  /** Collects between the marks. What background programs of earlier requests write outside of them is dropped. */
  chunks: Buffer[] | undefined
  readonly finished: { readonly status: number; readonly bytes: Buffer }[]
}

/**
 * Puts answers together from what the loop writes.
 *
 * @param merged whether stdout carries both halves, as on a terminal: start, stdout, end, stderr, end
 * @throws Error from the functions returned when something is no frame
 */
export function answerReader(nonce: string, merged: boolean, events: AnswerEvents): AnswerReader {
  const stdout: Half = { index: 1, chunks: undefined, finished: [] }
  const stderr: Half = { index: 1, chunks: undefined, finished: [] }

  const take = (half: Half, piece: Buffer | Mark) => {
    if (Buffer.isBuffer(piece)) {
      half.chunks?.push(piece)
    } else if (piece.mark === 'start') {
      half.chunks = []
      if (half === stdout) events.begun(half.index, piece.pid)
    } else {
      if (piece.index !== half.index++) throw new Error('the shell lost count of its answers')
      half.finished.push({ status: piece.status, bytes: Buffer.concat(half.chunks ?? []) })
      half.chunks = undefined
      if (stdout.finished.length > 0 && stderr.finished.length > 0) {
        const [out, err] = [stdout.finished.shift()!, stderr.finished.shift()!]
        events.answered({ status: statusOf(out.status), stdout: out.bytes, stderr: err.bytes })
      }
    }
  }

  let current = stdout
  const takeMerged = (_: Half, piece: Buffer | Mark) => {
    if (!Buffer.isBuffer(piece) && piece.mark === 'start') take(stderr, piece)
    take(current, piece)
    if (!Buffer.isBuffer(piece) && piece.mark === 'end') current = current === stdout ? stderr : stdout
  }

  const reader = (half: Half) => {
    const cut = markCutter(nonce)
    return (chunk: Buffer) => {
      for (const piece of cut(chunk)) (merged ? takeMerged : take)(half, piece)
    }
  }
  return { stdout: reader(stdout), stderr: reader(stderr) }
}

/** ksh counts signals from 256. */
const statusOf = (status: number): number => (status > 255 ? status - 128 : status)
