import { Float } from '../../../core/value.ts'
import type { Thing } from '../thing.ts'
import { type Method, method } from './method.ts'
import { isInteger, numberOf } from './number.ts'

type Number_ = Float | number | bigint | boolean

export const numberMethods: Readonly<Record<string, Method<Number_>>> = {
  __proto__: null as never,
  bit_length: method('bit_length', '', (self: Number_): Thing => {
    const exact = BigInt(Math.trunc(numberOf(self)))
    return exact === 0n ? 0 : (exact < 0n ? -exact : exact).toString(2).length
  }),
  conjugate: method('conjugate', '', (self: Number_): Thing => self),
  is_integer: method('is_integer', '', (self: Number_): Thing => isInteger(self) || self instanceof Float),
}
