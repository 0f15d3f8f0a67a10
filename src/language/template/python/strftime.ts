import { type DateTime, zoneText } from './date-time.ts'

const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const months = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December']

/** The text of a time by C's directives, in the C locale. What is no directive stays. */
export function strftime(time: DateTime, format: string): string {
  const { calendar } = time
  const year = calendar.getUTCFullYear()
  const pad = (value: number, width = 2, fill = '0') => String(value).padStart(width, fill)
  const hour12 = calendar.getUTCHours() % 12 || 12
  const expand = (directive: string): string | undefined => {
    switch (directive) {
      case 'a': return days[calendar.getUTCDay()]!.slice(0, 3)
      case 'A': return days[calendar.getUTCDay()]
      case 'b': case 'h': return months[calendar.getUTCMonth()]!.slice(0, 3)
      case 'B': return months[calendar.getUTCMonth()]
      case 'c': return strftime(time, '%a %b %e %H:%M:%S %Y')
      case 'C': return pad(Math.floor(year / 100))
      case 'd': return pad(calendar.getUTCDate())
      case 'D': case 'x': return strftime(time, '%m/%d/%y')
      case 'e': return pad(calendar.getUTCDate(), 2, ' ')
      case 'f': return pad(calendar.getUTCMilliseconds() * 1000 + time.microseconds, 6)
      case 'F': return strftime(time, '%Y-%m-%d')
      case 'g': return pad(isoCalendar(calendar)[0] % 100)
      case 'G': return String(isoCalendar(calendar)[0])
      case 'H': return pad(calendar.getUTCHours())
      case 'I': return pad(hour12)
      case 'j': return pad(dayOfYear(calendar), 3)
      case 'k': return pad(calendar.getUTCHours(), 2, ' ')
      case 'l': return pad(hour12, 2, ' ')
      case 'm': return pad(calendar.getUTCMonth() + 1)
      case 'M': return pad(calendar.getUTCMinutes())
      case 'n': return '\n'
      case 'p': return calendar.getUTCHours() < 12 ? 'AM' : 'PM'
      case 'P': return calendar.getUTCHours() < 12 ? 'am' : 'pm'
      case 'r': return strftime(time, '%I:%M:%S %p')
      case 'R': return strftime(time, '%H:%M')
      case 's': return String(Math.floor(time.timestamp()))
      case 'S': return pad(calendar.getUTCSeconds())
      case 't': return '\t'
      case 'T': case 'X': return strftime(time, '%H:%M:%S')
      case 'u': return String(calendar.getUTCDay() || 7)
      case 'U': return pad(Math.floor((dayOfYear(calendar) + 6 - calendar.getUTCDay()) / 7))
      case 'V': return pad(isoCalendar(calendar)[1])
      case 'w': return String(calendar.getUTCDay())
      case 'W': return pad(Math.floor((dayOfYear(calendar) + 6 - ((calendar.getUTCDay() + 6) % 7)) / 7))
      case 'y': return pad(year % 100)
      case 'Y': return String(year)
      case 'z': return zoneText(time.offset, '')
      case 'Z': return time.offset === 0 ? 'UTC' : ''
      case '%': return '%'
    }
    return undefined
  }
  return format.replaceAll(/%([-_0^#]?)([a-zA-Z%])/g, (all, flag: string, directive: string) => {
    const text = expand(directive)
    if (text === undefined) return all
    if (flag === '-') return text.replace(/^[0 ]+(?=.)/, '')
    if (flag === '_') return text.replace(/^0+(?=.)/, zeros => ' '.repeat(zeros.length))
    return flag === '^' ? text.toUpperCase() : text
  })
}

const dayOfYear = (date: Date): number => Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / 86_400_000) + 1

/** Year, week and day of the week by ISO 8601. */
export function isoCalendar(date: Date): [number, number, number] {
  const weekday = date.getUTCDay() || 7
  const thursday = new Date(date.getTime() + (4 - weekday) * 86_400_000)
  return [thursday.getUTCFullYear(), Math.ceil(dayOfYear(thursday) / 7), weekday]
}
