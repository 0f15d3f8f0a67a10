import { fail } from '../fail.ts'
import { Callable, Opaque, present, type Thing, tuple } from '../thing.ts'
import { bind } from '../signature.ts'
import { integerOf, textOf } from './convert.ts'
import { float } from './number.ts'
import { isoCalendar, strftime } from './strftime.ts'

/** Python's `datetime`: a calendar date and time of day, usually without time zone. */
export class DateTime extends Opaque {
  readonly type: string
  /** Milliseconds since 1970 of the same calendar time in UTC. */
  readonly milliseconds: number
  /** Microseconds beyond those, 0 to 999. */
  readonly microseconds: number
  /** Minutes east of UTC; absent where the time has no zone. */
  readonly offset: number | undefined

  constructor(milliseconds: number, microseconds = 0, offset?: number, type: 'datetime' | 'date' = 'datetime') {
    super()
    this.milliseconds = milliseconds
    this.microseconds = microseconds
    this.offset = offset
    this.type = type
  }

  /** The calendar time of a moment here, or in UTC. */
  static from(moment: Date, utc: boolean): DateTime {
    const here = utc ? moment.getTime() : moment.getTime() - moment.getTimezoneOffset() * 60_000
    return new DateTime(here)
  }

  /** Its fields, read with the getUTC… methods. */
  get calendar(): Date {
    return new Date(this.milliseconds)
  }

  /** Seconds since 1970; a time without zone is taken as the controller's. */
  timestamp(): number {
    const { calendar } = this
    const zone = this.offset ?? -new Date(calendar.getUTCFullYear(), calendar.getUTCMonth(), calendar.getUTCDate(), calendar.getUTCHours(), calendar.getUTCMinutes()).getTimezoneOffset()
    return (this.milliseconds - zone * 60_000) / 1000 + this.microseconds / 1e6
  }

  isoFormat(separator: string): string {
    const date = this.calendar.toISOString().replace(/^\+0*/, '').slice(0, 10)
    if (this.type === 'date') return date
    const fraction = (this.milliseconds - Math.floor(this.milliseconds / 1000) * 1000) * 1000 + this.microseconds
    return date + separator + this.calendar.toISOString().slice(11, 19) + (fraction > 0 ? `.${String(fraction).padStart(6, '0')}` : '') + zoneText(this.offset, ':')
  }

  override text(): string {
    return this.isoFormat(' ')
  }

  override repr(): string {
    const { calendar } = this
    const fields = [calendar.getUTCFullYear(), calendar.getUTCMonth() + 1, calendar.getUTCDate()]
    if (this.type === 'date') return `datetime.date(${fields.join(', ')})`
    const rest = [calendar.getUTCHours(), calendar.getUTCMinutes(), calendar.getUTCSeconds(), calendar.getUTCMilliseconds() * 1000 + this.microseconds]
    while (rest.length > 2 && rest.at(-1) === 0) rest.pop()
    return `datetime.datetime(${[...fields, ...rest].join(', ')})`
  }

  override format(specification: string): string {
    return strftime(this, specification)
  }

  override members(): readonly string[] {
    return ['year', 'month', 'day', 'hour', 'minute', 'second', 'microsecond', 'date', 'isocalendar', 'isoformat', 'isoweekday', 'replace', 'strftime', 'timestamp', 'toordinal', 'weekday']
  }

  override member(name: string): Thing | undefined {
    const { calendar } = this
    switch (name) {
      case 'year': return calendar.getUTCFullYear()
      case 'month': return calendar.getUTCMonth() + 1
      case 'day': return calendar.getUTCDate()
      case 'weekday': return new Callable(name, () => (calendar.getUTCDay() + 6) % 7)
      case 'isoweekday': return new Callable(name, () => calendar.getUTCDay() || 7)
      case 'isocalendar': return new Callable(name, () => tuple(isoCalendar(calendar), ['year', 'week', 'weekday']))
      case 'isoformat': return new Callable(name, given => {
        const { sep = 'T' } = bind('sep?', given, 'isoformat()')
        return this.isoFormat(textOf(sep, 'the separator'))
      })
      case 'strftime': return new Callable(name, given => strftime(this, textOf(bind('format', given, 'strftime()').format, 'the format')))
      case 'toordinal': return new Callable(name, () => Math.floor(this.milliseconds / 86_400_000) + 719_163)
      case 'replace': return new Callable(name, given => this.#replace(bind('year? month? day? hour? minute? second? microsecond?', given, 'replace()')))
    }
    if (this.type === 'date') return undefined
    switch (name) {
      case 'hour': return calendar.getUTCHours()
      case 'minute': return calendar.getUTCMinutes()
      case 'second': return calendar.getUTCSeconds()
      case 'microsecond': return calendar.getUTCMilliseconds() * 1000 + this.microseconds
      case 'timestamp': return new Callable(name, () => float(this.timestamp()))
      case 'date': return new Callable(name, () => new DateTime(Math.floor(this.milliseconds / 86_400_000) * 86_400_000, 0, undefined, 'date'))
    }
    return undefined
  }

  #replace(fields: { readonly [name: string]: Thing | undefined }): DateTime {
    const { calendar } = this
    const take = (name: string, otherwise: number) => (fields[name] === undefined ? otherwise : integerOf(fields[name], name))
    const micro = take('microsecond', calendar.getUTCMilliseconds() * 1000 + this.microseconds)
    const milliseconds = calendarTime(take('year', calendar.getUTCFullYear()), take('month', calendar.getUTCMonth() + 1), take('day', calendar.getUTCDate()),
      take('hour', calendar.getUTCHours()), take('minute', calendar.getUTCMinutes()), take('second', calendar.getUTCSeconds()))
    return new DateTime(milliseconds + Math.floor(micro / 1000), micro % 1000, this.offset, this.type as 'datetime')
  }

  override compare(other: Opaque): number | undefined {
    return other instanceof DateTime && other.type === this.type ? this.#since(other) : undefined
  }

  override operate(operator: string, right: Thing): Thing | undefined {
    const other = present(right)
    if (operator === '-' && other instanceof DateTime) return new TimeDelta(this.#since(other))
    if (!(other instanceof TimeDelta) || (operator !== '-' && operator !== '+')) return undefined
    const micros = this.microseconds + (operator === '+' ? other.micros : -other.micros)
    return new DateTime(this.milliseconds + Math.floor(micros / 1000), ((micros % 1000) + 1000) % 1000, this.offset, this.type as 'datetime')
  }

  /** Microseconds since another time. */
  #since(other: DateTime): number {
    if ((this.offset === undefined) !== (other.offset === undefined)) fail('a time with a zone and one without cannot be compared')
    const zone = ((this.offset ?? 0) - (other.offset ?? 0)) * 60_000
    return (this.milliseconds - other.milliseconds - zone) * 1000 + this.microseconds - other.microseconds
  }
}

/** Python's `timedelta`. */
export class TimeDelta extends Opaque {
  readonly type = 'timedelta'
  readonly micros: number

  constructor(micros: number) {
    super()
    this.micros = micros
  }

  override members(): readonly string[] {
    return ['days', 'seconds', 'microseconds', 'total_seconds']
  }

  override member(name: string): Thing | undefined {
    const days = Math.floor(this.micros / 86_400e6)
    const rest = this.micros - days * 86_400e6
    switch (name) {
      case 'days': return days
      case 'seconds': return Math.floor(rest / 1e6)
      case 'microseconds': return rest % 1e6
      case 'total_seconds': return new Callable(name, () => float(this.micros / 1e6))
    }
    return undefined
  }

  override repr(): string {
    const parts = ['days', 'seconds', 'microseconds'].map(name => [name, this.member(name)] as const).filter(([, value]) => value !== 0)
    return `datetime.timedelta(${parts.length === 0 ? '0' : parts.map(([name, value]) => `${name}=${String(value)}`).join(', ')})`
  }

  override text(): string {
    const days = Math.floor(this.micros / 86_400e6)
    const seconds = Math.floor((this.micros - days * 86_400e6) / 1e6)
    const micros = (this.micros - days * 86_400e6) % 1e6
    const two = (value: number) => String(value).padStart(2, '0')
    const clock = `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}${micros ? `.${String(micros).padStart(6, '0')}` : ''}`
    return days === 0 ? clock : `${days} day${Math.abs(days) === 1 ? '' : 's'}, ${clock}`
  }

  override truth(): boolean {
    return this.micros !== 0
  }

  override compare(other: Opaque): number | undefined {
    return other instanceof TimeDelta ? this.micros - other.micros : undefined
  }

  override operate(operator: string, right: Thing): Thing | undefined {
    const other = present(right)
    if (other instanceof DateTime && operator === '+') return other.operate('+', this)
    if (!(other instanceof TimeDelta)) return undefined
    return operator === '+' ? new TimeDelta(this.micros + other.micros) : operator === '-' ? new TimeDelta(this.micros - other.micros) : undefined
  }
}

/** Milliseconds of a calendar time in UTC. @throws ProvisionError for a day that does not exist */
export function calendarTime(year: number, month: number, day: number, hour = 0, minute = 0, second = 0): number {
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day || year < 1 || year > 9999) fail(`there is no day ${year}-${month}-${day}`)
  if (hour > 23 || minute > 59 || second > 61) fail(`there is no time ${hour}:${minute}:${second}`)
  return date.setUTCHours(hour, minute, second)
}

export function zoneText(offset: number | undefined, separator: string): string {
  if (offset === undefined) return ''
  const size = Math.abs(offset)
  return `${offset < 0 ? '-' : '+'}${String(Math.floor(size / 60)).padStart(2, '0')}${separator}${String(size % 60).padStart(2, '0')}`
}
