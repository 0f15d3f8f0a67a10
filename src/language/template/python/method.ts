import { type Bound, bind } from '../signature.ts'
import type { Arguments, Thing } from '../thing.ts'

export type Method<Self> = (self: Self, given: Arguments) => Thing

/** A method by its parameters; `name` is for messages. */
export const method = <Self, const Words extends string>(name: string, words: Words, body: (self: Self, values: Bound<Words>) => Thing): Method<Self> =>
  (self, given) => body(self, bind(words, given, `${name}()`))
