import { hash } from '../digest.ts'
import { fail } from '../fail.ts'
import type { Thing } from '../thing.ts'
import { isInteger } from './number.ts'
import { str } from './text.ts'

/**
 * Python's `random.Random(seed)`: the Mersenne Twister, seeded and drawn from as Python does, so that
 * `59 | random(seed=inventory_hostname)` is the same minute that Ansible would take.
 */
export class SeededRandom {
  readonly #state = new Uint32Array(624)
  #at = 624

  constructor(seed: Thing) {
    this.#initialise(key(seed))
  }

  /** A whole number below a limit. */
  below(limit: number): number {
    const bits = limit.toString(2).length
    for (;;) {
      const drawn = this.#bits(bits)
      if (drawn < limit) return drawn
    }
  }

  choice<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!
  }

  shuffle<T>(items: T[]): T[] {
    for (let at = items.length - 1; at > 0; at--) {
      const other = this.below(at + 1)
      ;[items[at], items[other]] = [items[other]!, items[at]!]
    }
    return items
  }

  /** A number of up to 53 bits. */
  #bits(count: number): number {
    if (count <= 32) return this.#next() >>> (32 - count)
    const low = this.#next()
    return (this.#next() >>> (64 - count)) * 2 ** 32 + low
  }

  #initialise(words: readonly number[]): void {
    const state = this.#state
    state[0] = 19650218
    for (let at = 1; at < 624; at++) state[at] = Math.imul(1812433253, state[at - 1]! ^ (state[at - 1]! >>> 30)) + at
    let place = 1
    let word = 0
    const advance = () => {
      if (++place < 624) return
      state[0] = state[623]!
      place = 1
    }
    const mixed = (factor: number) => state[place]! ^ Math.imul(state[place - 1]! ^ (state[place - 1]! >>> 30), factor)
    for (let round = Math.max(624, words.length); round > 0; round--) {
      state[place] = mixed(1664525) + words[word]! + word
      advance()
      if (++word >= words.length) word = 0
    }
    for (let round = 623; round > 0; round--) {
      state[place] = mixed(1566083941) - place
      advance()
    }
    state[0] = 0x80000000
  }

  #next(): number {
    if (this.#at >= 624) this.#twist()
    let word = this.#state[this.#at++]!
    word ^= word >>> 11
    word ^= (word << 7) & 0x9d2c5680
    word ^= (word << 15) & 0xefc60000
    return (word ^ (word >>> 18)) >>> 0
  }

  #twist(): void {
    const state = this.#state
    for (let at = 0; at < 624; at++) {
      const word = (state[at]! & 0x80000000) | (state[(at + 1) % 624]! & 0x7fffffff)
      state[at] = state[(at + 397) % 624]! ^ (word >>> 1) ^ (word & 1 ? 0x9908b0df : 0)
    }
    this.#at = 0
  }
}

/** The seed as 32-bit words, the lowest first: an integer by its size, text by its bytes and their SHA-512. */
function key(seed: Thing): number[] {
  const number = isInteger(seed) ? BigInt(seed) : typeof seed === 'string' ? textNumber(seed) : fail(`a seed must be text or an integer: ${str(seed)}`)
  const words: number[] = []
  for (let rest = number < 0n ? -number : number; rest > 0n; rest >>= 32n) words.push(Number(rest & 0xffffffffn))
  return words.length > 0 ? words : [0]
}

function textNumber(text: string): bigint {
  const bytes = Buffer.from(text, 'utf8')
  return BigInt(`0x${bytes.toString('hex')}${hash('sha512', bytes).toString('hex')}`)
}
