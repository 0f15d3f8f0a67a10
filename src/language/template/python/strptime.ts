import { fail } from '../fail.ts'
import { calendarTime, DateTime } from './date-time.ts'

const days = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']
const months = ['january', 'february', 'march', 'april', 'may', 'june', 'july', 'august', 'september', 'october', 'november', 'december']
const choice = (names: readonly string[]): string => `(${names.join('|')})`
const short = (names: readonly string[]): string[] => names.map(name => name.slice(0, 3))

const forms: Readonly<Record<string, string>> = {
  a: choice(short(days)), A: choice(days), b: choice(short(months)), h: choice(short(months)), B: choice(months),
  d: '(3[01]|[12]\\d|0[1-9]|[1-9]| [1-9])', f: '(\\d{1,6})', H: '(2[0-3]|[01]\\d|\\d)', I: '(1[0-2]|0[1-9]|[1-9])',
  j: '(36[0-6]|3[0-5]\\d|[12]\\d\\d|0[1-9]\\d|00[1-9]|[1-9]\\d|0[1-9]|[1-9])', m: '(1[0-2]|0[1-9]|[1-9])', M: '([0-5]\\d|\\d)',
  p: '(am|pm)', S: '(6[01]|[0-5]\\d|\\d)', w: '([0-6])', u: '([1-7])', y: '(\\d\\d)', Y: '(\\d{4})', z: '([+-]\\d\\d:?[0-5]\\d|Z)', Z: '(utc|gmt)',
}

/** Python's `datetime.strptime`. @throws ProvisionError when the text does not have the form */
export function strptime(text: string, format: string): DateTime {
  const order: string[] = []
  const pattern = format
    .replaceAll('%T', '%H:%M:%S').replaceAll('%D', '%m/%d/%y').replaceAll('%F', '%Y-%m-%d').replaceAll('%R', '%H:%M').replaceAll('%c', '%a %b %d %H:%M:%S %Y')
    .replaceAll(/%(.)|(\s+)|([\\^$.*+?()[\]{}|])/gs, (_, directive?: string, blanks?: string, special?: string) => {
      if (blanks !== undefined) return '\\s+'
      if (special !== undefined) return `\\${special}`
      if (directive === '%') return '%'
      order.push(directive!)
      return forms[directive!] ?? fail(`the format has no directive %${directive}`)
    })
  const match = new RegExp(`^${pattern}$`, 'i').exec(text)
  if (!match) return fail(`'${text}' does not have the form '${format}'`)
  const found = new Map(order.map((directive, at) => [directive, match[at + 1]!.toLowerCase()]))
  const number = (directive: string, otherwise: number) => (found.has(directive) ? Number(found.get(directive)) : otherwise)
  const two = found.has('y') ? number('y', 0) : undefined
  const year = two === undefined ? number('Y', 1900) : two < 69 ? 2000 + two : 1900 + two
  const month = found.has('B') ? months.indexOf(found.get('B')!) + 1 : found.has('b') || found.has('h') ? short(months).indexOf(found.get('b') ?? found.get('h')!) + 1 : number('m', 1)
  const half = found.get('p')
  const hour = found.has('I') ? (number('I', 0) % 12) + (half === 'pm' ? 12 : 0) : number('H', 0)
  const day = found.has('j') ? 1 : number('d', 1)
  const start = calendarTime(year, found.has('j') ? 1 : month, day, hour, number('M', 0), number('S', 0)) + (found.has('j') ? (number('j', 1) - 1) * 86_400_000 : 0)
  const micros = Number((found.get('f') ?? '').padEnd(6, '0'))
  return new DateTime(start + Math.floor(micros / 1000), micros % 1000, zone(found.get('z')) ?? undefined)
}

function zone(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (text === 'z') return 0
  const [, sign, hours, minutes] = /^([+-])(\d\d):?(\d\d)$/.exec(text)!
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes))
}
