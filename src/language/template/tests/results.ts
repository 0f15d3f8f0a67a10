import type { Context } from '../context.ts'
import { dictionaryOf } from '../python/convert.ts'
import { equal } from '../python/compare.ts'
import { truth } from '../python/truth.ts'
import type { Thing, Things } from '../thing.ts'
import { test, type Tests } from './test.ts'

const about = (name: string, body: (result: Things, context: Context) => boolean) =>
  test('', (value, _, context) => body(dictionaryOf(value, `what is tested to be ${name}`), context))

const says = (result: Things, key: string): boolean => truth(result.get(key) ?? false)

/** A loop's result has changed when one of its items has. */
function hasChanged(result: Things): boolean {
  if (result.has('changed')) return says(result, 'changed')
  const items: Thing | undefined = result.get('results')
  return Array.isArray(items) && items[0] instanceof Map && items.some(item => item instanceof Map && says(item, 'changed'))
}

/** Only asynchronous tasks say whether they have begun and ended; others have. */
const asynchronous = (name: string) => about(name, (result, context) => {
  if (result.has(name)) return equal(result.get(name)!, 1)
  context.warn(`'is ${name}' is meant for a task with async, and this one had none`)
  return true
})

const failed = about('failed', result => says(result, 'failed'))
const succeeded = about('successful', result => !says(result, 'failed'))
const changed = about('changed', hasChanged)
const skipped = about('skipped', result => says(result, 'skipped'))

/** Tests of registered results. */
export const resultTests: Tests = {
  change: changed,
  changed,
  failed,
  failure: failed,
  finished: asynchronous('finished'),
  reachable: about('reachable', result => !says(result, 'unreachable')),
  skip: skipped,
  skipped,
  started: asynchronous('started'),
  succeeded,
  success: succeeded,
  successful: succeeded,
  timedout: about('timed out', result => {
    const details = result.get('timedout') ?? false
    return truth(details) && says(dictionaryOf(details, 'timedout'), 'period')
  }),
  unreachable: about('unreachable', result => says(result, 'unreachable')),
}
