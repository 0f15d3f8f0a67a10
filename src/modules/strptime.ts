/**
 * Reads a moment as Python's `time.strptime` does.
 *
 * @param format with the directives that do not hang on a language: %Y %y %m %d %H %I %M %S %p %j %b %B %a %A %f %%
 * @returns seconds since 1970 as if the text meant UTC; undefined where it does not fit the format, or the format is not understood
 */
export function strptime(text: string, format: string): number | undefined {
  const names: string[] = []
  let pattern = ''
  for (const [part, directive] of format.matchAll(/%(.)|\s+|[^%\s]+|%/gs)) {
    if (directive === '%') pattern += '%'
    else if (directive !== undefined) {
      const accepted = directives[directive]
      if (accepted === undefined || names.includes(directive)) return undefined
      names.push(directive)
      pattern += `(${accepted})`
    } else pattern += /^\s/.test(part) ? '\\s+' : part.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
  }
  const match = new RegExp(`^${pattern}$`, 'i').exec(text)
  if (!match) return undefined
  const said = new Map(names.map((name, index) => [name, match[index + 1] ?? '']))
  const number = (name: string) => (said.has(name) ? Number(said.get(name)) : undefined)
  const year = number('Y') ?? century(number('y')) ?? 1900
  const month = number('m') ?? monthNumber(said.get('b') ?? said.get('B')) ?? 1
  const day = number('d') ?? 1
  const hour = number('H') ?? halfDay(number('I'), said.get('p')) ?? 0
  if (day > new Date(Date.UTC(year, month, 0)).getUTCDate()) return undefined
  const date = said.has('j') ? Date.UTC(year, 0, number('j')) : Date.UTC(year, month - 1, day)
  return date / 1000 + hour * 3600 + (number('M') ?? 0) * 60 + (number('S') ?? 0)
}

const months = ['january', 'february', 'march', 'april', 'may', 'june', 'july', 'august', 'september', 'october', 'november', 'december']
const days = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']
const short = (names: readonly string[]) => names.map(name => name.slice(0, 3)).join('|')

const directives: { readonly [letter: string]: string } = {
  Y: '\\d{4}', y: '\\d\\d', m: '1[0-2]|0[1-9]|[1-9]', d: '3[01]|[12]\\d|0[1-9]|[1-9]| [1-9]', H: '2[0-3]|[01]\\d|\\d', I: '1[0-2]|0[1-9]|[1-9]',
  M: '[0-5]\\d|\\d', S: '6[01]|[0-5]\\d|\\d', p: 'am|pm', f: '\\d{1,6}', j: '36[0-6]|3[0-5]\\d|[12]\\d\\d|0[1-9]\\d|00[1-9]|[1-9]\\d|0[1-9]|[1-9]',
  b: short(months), B: months.join('|'), a: short(days), A: days.join('|'),
}

const century = (year: number | undefined) => (year === undefined ? undefined : year + (year <= 68 ? 2000 : 1900))
const halfDay = (hour: number | undefined, half: string | undefined) => (hour === undefined ? undefined : (hour % 12) + (half?.toLowerCase() === 'pm' ? 12 : 0))

function monthNumber(name: string | undefined): number | undefined {
  return name === undefined ? undefined : months.findIndex(month => month.startsWith(name.toLowerCase())) + 1
}
