import { expect, test } from 'vitest'
import { gate } from '../../src/core/gate.ts'

test('Only so many run at once, in order, and a failure makes room like a success', async () => {
  const limited = gate(2)
  let [running, most] = [0, 0]
  const order: number[] = []
  const outcomes = await Promise.allSettled(Array.from({ length: 20 }, (_, index) => limited(async () => {
    order.push(index)
    most = Math.max(most, ++running)
    await new Promise(resolve => setTimeout(resolve, 1))
    running--
    if (index % 3 === 0) throw new Error('fails')
    return index
  })))
  expect(most).toBe(2)
  expect(order).toEqual(Array.from({ length: 20 }, (_, index) => index))
  expect(outcomes.filter(({ status }) => status === 'rejected').length).toBe(7)
})
