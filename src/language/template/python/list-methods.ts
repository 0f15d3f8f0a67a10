import { fail } from '../fail.ts'
import { bounded } from '../fuel.ts'
import { present, type Thing } from '../thing.ts'
import type { Bound } from '../signature.ts'
import { equal, sorted } from './compare.ts'
import { integerOf } from './convert.ts'
import { iterate } from './sequence.ts'
import { type Method, method } from './method.ts'
import { truth } from './truth.ts'

const define = <const Words extends string>(name: string, words: Words, body: (self: Thing[], values: Bound<Words>) => Thing): Method<Thing[]> => method(name, words, body)

/** Changing methods give None, as in Python. */
const change = (body: () => void): null => (body(), null)

export const tupleMethods: Readonly<Record<string, Method<Thing[]>>> = {
  __proto__: null as never,
  count: define('count', 'value', (self, { value }) => self.filter(item => equal(item, value)).length),
  index: define('index', 'value start? stop?', (self, { value, start = 0, stop = self.length }) => {
    const from = integerOf(start, 'the start')
    const at = self.findIndex((item, index) => index >= (from < 0 ? from + self.length : from) && equal(item, value))
    return at < 0 || at >= integerOf(stop, 'the end') ? fail('the list does not contain what index() looks for') : at
  }),
}

export const listMethods: Readonly<Record<string, Method<Thing[]>>> = {
  __proto__: null as never,
  ...tupleMethods,
  append: define('append', 'object', (self, { object }) => change(() => {
    bounded(self.length + 1)
    self.push(object)
  })),
  clear: define('clear', '', self => change(() => self.splice(0))),
  copy: define('copy', '', self => [...self]),
  extend: define('extend', 'iterable', (self, { iterable }) => change(() => {
    const items = [...iterate(iterable)]
    bounded(self.length + items.length)
    for (const item of items) self.push(item)
  })),
  insert: define('insert', 'index object', (self, { index, object }) => change(() => self.splice(integerOf(index, 'the index'), 0, object))),
  pop: define('pop', 'index?', (self, { index = -1 }) => {
    const at = integerOf(index, 'the index')
    const place = at < 0 ? at + self.length : at
    return place < 0 || place >= self.length ? fail('pop() of an item that the list does not have') : self.splice(place, 1)[0]!
  }),
  remove: define('remove', 'value', (self, { value }) => change(() => {
    const at = self.findIndex(item => equal(item, value))
    if (at < 0) fail('the list does not contain what remove() looks for')
    self.splice(at, 1)
  })),
  reverse: define('reverse', '', self => change(() => self.reverse())),
  sort: define('sort', 'reverse?', (self, { reverse = false }) => change(() => {
    const order = sorted(self, present, truth(reverse))
    self.splice(0, self.length, ...order)
  })),
}
