import { describe, expect, test } from 'vitest'
import { failure, shown } from './given.ts'

// What ansible-core 2.18 gives for the same expressions, printed as the item of a list, with the variables of given.ts.
const results = [
  ["'2024-01-15 10:30:00' | to_datetime", 'datetime.datetime(2024, 1, 15, 10, 30)'],
  ["('2024-01-15 10:30:00' | to_datetime - '2024-01-14 09:00:00' | to_datetime)", 'datetime.timedelta(days=1, seconds=5400)'],
  ["(('2024-01-15 10:30:00' | to_datetime) - ('2024-01-14 09:00:00' | to_datetime)).total_seconds()", '91800.0'],
  ["(('2024-01-15 10:30:00' | to_datetime) - ('2024-01-14 09:00:00' | to_datetime)).days", '1'],
  ["(('2024-01-14 09:00:00' | to_datetime) - ('2024-01-15 10:30:00' | to_datetime))  | string", "'-2 days, 22:30:00'"],
  ["('2024-01-15 10:30:00' | to_datetime).strftime('%A %d %B %Y %j %U %W %V %y %I %p')", "'Monday 15 January 2024 015 02 03 03 24 10 AM'"],
  ["('15/Jan/2024:10:30:00 +0200' | to_datetime('%d/%b/%Y:%H:%M:%S %z')) | string", "'2024-01-15 10:30:00+02:00'"],
  ["('2024-01-15' | to_datetime('%Y-%m-%d')).isoformat()", "'2024-01-15T00:00:00'"],
  ["('2024-01-15T10:30:00.123456' | to_datetime('%Y-%m-%dT%H:%M:%S.%f')) | string", "'2024-01-15 10:30:00.123456'"],
  ["('2024-01-15' | to_datetime('%Y-%m-%d')).year", '2024'],
  ["('2024-01-15' | to_datetime('%Y-%m-%d')).weekday()", '0'],
  ["('2024-01-15' | to_datetime('%Y-%m-%d')).isocalendar() | list", '[2024, 3, 1]'],
  ["('2024-01-15' | to_datetime('%Y-%m-%d')).timestamp()", '1705276800.0'],
  ["('2024-01-15' | to_datetime('%Y-%m-%d')) < ('2024-01-16' | to_datetime('%Y-%m-%d'))", 'True'],
  ["('2024-01-15' | to_datetime('%Y-%m-%d')).date() | string", "'2024-01-15'"],
  ["'%Y-%m-%d %H:%M:%S' | strftime(0)", "'1970-01-01 00:00:00'"],
  ["'%Y-%m-%d' | strftime('1700000000')", "'2023-11-14'"],
  ["'%H:%M' | strftime(1700000000.9, utc=true)", "'22:13'"],
  ["'%a %b %e %c|%x|%X|%D|%T|%s|%%' | strftime(1700000000)", "'Tue Nov 14 Tue Nov 14 22:13:20 2023|11/14/23|22:13:20|11/14/23|22:13:20|1700000000|%'"],
] as const

const mistakes = [
  ["'bad' | to_datetime", 'template-error'],
  ["'%q' | strftime('x')", 'template-error'],
] as const

describe('dates', () => {
  test.each(results)('%s is %s', (expression, text) => expect(shown(expression)).toBe(text))
  test.each(mistakes)('%s is the mistake %s', (expression, code) => expect(failure(`{{ ${expression} }}`).code).toBe(code))
})
