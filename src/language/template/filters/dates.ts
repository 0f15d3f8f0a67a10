import { DateTime } from '../python/date-time.ts'
import { textOf } from '../python/convert.ts'
import { isNumber, numberOf, parseFloat } from '../python/number.ts'
import { strftime } from '../python/strftime.ts'
import { strptime } from '../python/strptime.ts'
import { str } from '../python/text.ts'
import { truth } from '../python/truth.ts'
import { fail } from '../fail.ts'
import { filter, type Filters } from './filter.ts'

export const dateFilters: Filters = {
  strftime: filter('second? utc?', (value, { second = null, utc = false }, context) => {
    const seconds = second === null ? undefined : isNumber(second) ? numberOf(second) : typeof second === 'string' ? parseFloat(second) : undefined
    if (second !== null && seconds === undefined) fail(`Invalid value for epoch value (${str(second)}): it is no number of seconds`)
    const moment = seconds === undefined ? context.now() : new Date(Math.floor(seconds) * 1000)
    return strftime(DateTime.from(moment, truth(utc)), textOf(value, 'the format'))
  }),
  to_datetime: filter('format?', (value, { format = '%Y-%m-%d %H:%M:%S' }) => strptime(textOf(value, 'what is read as a time'), textOf(format, 'the format'))),
}
