import type { Json } from '../../../core/value.ts'
import type { Parts } from './parts.ts'

/** The host's clock, in its own time zone; texts, as in Ansible. Fractions of seconds are not read. */
export function clockFacts(parts: Parts): { readonly [fact: string]: Json } {
  const [
    year = '',
    month = '',
    day = '',
    hour = '',
    minute = '',
    second = '',
    weekday = '',
    number = '',
    week = '',
    epoch = '',
    zone = '',
    offset = '',
  ] = parts.text('clock').trim().split('|')
  if (epoch === '') return {}
  const utc = new Date(Number(epoch) * 1000).toISOString().slice(0, 19)
  const compact = `${year}${month}${day}T${hour}${minute}${second}`
  return {
    date_time: {
      year,
      month,
      day,
      hour,
      minute,
      second,
      weekday,
      weekday_number: number,
      weeknumber: week,
      epoch,
      epoch_int: epoch,
      date: `${year}-${month}-${day}`,
      time: `${hour}:${minute}:${second}`,
      iso8601: `${utc}Z`,
      iso8601_micro: `${utc}.000000Z`,
      iso8601_basic: `${compact}000000`,
      iso8601_basic_short: compact,
      tz: zone,
      tz_dst: zone,
      tz_offset: offset,
    },
  }
}
