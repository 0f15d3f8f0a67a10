import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { answerReader } from '../../src/connection/answers.ts'
import { afterSign, newSign } from '../../src/connection/greeting.ts'
import { frame, loopWords, quoteWord } from '../../src/connection/loop.ts'
import { markCutter, type Mark } from '../../src/connection/mark.ts'
import { shown } from './shells.ts'

/** No end of it is also a start of it: random nonces are like that, but for one in 2^64. */
const nonce = 'a' + 'b'.repeat(31)
const arbitraryBytes = fc.uint8Array({ maxLength: 60 }).map(bytes => Buffer.from(bytes))
const near = fc.constantFrom(nonce.slice(0, 31), nonce.slice(1), `${nonce.slice(0, 20)}:e:1:0\n`).map(text => Buffer.from(text))
const bytes = fc.oneof(arbitraryBytes, near)

/** `stream` in pieces of any size. */
const chunked = (stream: Buffer, sizes: readonly number[]): Buffer[] => {
  const chunks: Buffer[] = []
  for (let at = 0, index = 0; at < stream.length; index++) {
    const size = Math.max(1, sizes[index % Math.max(1, sizes.length)] ?? 1)
    chunks.push(stream.subarray(at, at + size))
    at += size
  }
  return chunks
}

describe('Marks in a stream', () => {
  test('are found wherever the chunks are cut, and no byte is lost', () => fc.assert(fc.property(
    fc.array(fc.tuple(bytes, fc.nat(99), fc.nat(255))), bytes, fc.array(fc.integer({ min: 1, max: 70 })), (parts, tail, sizes) => {
      const stream = Buffer.concat([...parts.flatMap(([before, index, status]) => [before, Buffer.from(`${nonce}:e:${index}:${status}\n`)]), tail])
      const cut = markCutter(nonce)
      const pieces = chunked(stream, sizes).flatMap(cut)
      const marks = pieces.filter((piece): piece is Mark => !Buffer.isBuffer(piece))
      expect(marks).toEqual(parts.map(([, index, status]) => ({ mark: 'end', index, status })))
      const texts = pieces.reduce<Buffer[][]>((all, piece) => Buffer.isBuffer(piece) ? [...all.slice(0, -1), [...all.at(-1)!, piece]] : [...all, []], [[]])
      parts.forEach(([before], index) => expect(Buffer.concat(texts[index]!).equals(before)).toBe(true))
      // The last bytes may be the start of a mark: they are kept until more comes.
      expect(tail.subarray(0, Buffer.concat(texts.at(-1)!).length).equals(Buffer.concat(texts.at(-1)!))).toBe(true)
    })))

  test.each([`${nonce}:x:1\n`, `${nonce}\n`, `${nonce}:e:1\n`, `${nonce}:s:abc\n`, nonce + ':'.repeat(200)])('that are none are refused: %j', text => {
    expect(() => markCutter(nonce)(Buffer.from(text))).toThrow('no frame')
  })
})

describe('Answers', () => {
  const read = (merged: boolean, feed: [stream: 'stdout' | 'stderr', text: string][]) => {
    const events: string[] = []
    const reader = answerReader(nonce, merged, { begun: (index, pid) => events.push(`begun ${index} ${pid}`), answered: answer => events.push(shown(answer)) })
    for (const [stream, text] of feed) reader[stream](Buffer.from(text.replaceAll('N', nonce)))
    return events
  }

  test('are put together from both streams, whichever comes first', () => {
    expect(read(false, [['stderr', 'N:s:7\nerr'], ['stderr', 'N:e:1:3\nN:s:8\n'], ['stdout', 'N:s:7\nout'], ['stdout', 'N:e:1:3\nN:s:8\nb'], ['stdout', 'N:e:2:0\n'], ['stderr', 'N:e:2:0\n']]))
      .toEqual(['begun 1 7', '3 "out" "err"', 'begun 2 8', '0 "b" ""'])
  })
  test('on a terminal come from one stream', () => {
    expect(read(true, [['stdout', 'N:s:7\noutN:e:1:3\nerrN:e:1:3\nN:s:8\nN:e:2:0\nN:e:2:0\n']])).toEqual(['begun 1 7', '3 "out" "err"', 'begun 2 8', '0 "" ""'])
  })
  test('do not hold what stray programs write between them', () => {
    expect(read(false, [['stdout', 'strayN:s:7\nN:e:1:0\nstray'], ['stderr', 'N:s:7\nN:e:1:0\nstrayN:s:8\nN:e:2:0\n'], ['stdout', 'N:s:8\nN:e:2:0\n']]))
      .toEqual(['begun 1 7', '0 "" ""', 'begun 2 8', '0 "" ""'])
  })
  test('out of order are refused', () => {
    expect(() => read(false, [['stdout', 'N:s:7\nN:e:2:0\n']])).toThrow('lost count')
  })
  test('of ksh count signals as other shells do', () => {
    expect(read(false, [['stdout', 'N:s:7\nN:e:1:265\n'], ['stderr', 'N:s:7\nN:e:1:265\n']])).toEqual(['begun 1 7', '137 "" ""'])
  })
})

describe('A greeting', () => {
  test('is found behind any noise, wherever the chunks are cut', () => fc.assert(fc.property(bytes, bytes, fc.array(fc.integer({ min: 1, max: 50 })), (noise, rest, sizes) => {
    const sign = newSign()
    let [line, behind] = ['', Buffer.alloc(0)]
    const read = afterSign(sign, { noise: () => {}, greeted: text => { line = text }, rest: chunk => { behind = Buffer.concat([behind, chunk]) } })
    chunked(Buffer.concat([noise, Buffer.from(`${sign.text} 42 setsid\n`), rest]), sizes).forEach(read)
    expect(line).toBe('42 setsid')
    expect(behind.equals(rest)).toBe(true)
  })))
  test('is not mistaken for its own command line', () => {
    const sign = newSign()
    const words = loopWords('/bin/sh', sign, 'pipe')
    expect(words.join(' ')).not.toContain(sign.text)
    expect(words.join(' ')).toContain(sign.halves.join(' '))
  })
})

describe('The loop', () => {
  test('is handed on unchanged by every login shell', () => {
    for (const word of loopWords('/bin/sh', newSign(), 'pty')) expect(word).not.toMatch(/['!\n]/)
  })
  test('takes a path or a command with arguments', () => {
    expect(loopWords(' /bin/busybox  sh ', newSign(), 'pipe').slice(0, 3)).toEqual(['/bin/busybox', 'sh', '-c'])
  })
  test('gets frames that say their length in bytes', () => {
    expect(frame({ frame: 'F', program: 'P' }, 'echo ö').toString()).toBe('F 8\nF P\necho ö.')
  })
  test.each([['a', 'a'], ['a b', "'a b'"], ["it's", "'it'\\''s'"], ['', "''"], ['$x', "'$x'"], ['/a-b_c.d:e,f=g@h%i+j', '/a-b_c.d:e,f=g@h%i+j']])('%j is quoted as %s', (plain, quoted) => {
    expect(quoteWord(plain)).toBe(quoted)
  })
})
