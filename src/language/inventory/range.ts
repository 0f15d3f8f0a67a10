/** Why a range in a host's name stands for nothing. */
export class BadRange extends Error {}

/** Names that one line may stand for; a slip of the finger should not fill the memory. */
const mostNames = 65_536

/**
 * All names that a host pattern of an inventory stands for: `web[01:20]`, `db-[a:f]`, `h[0:10:2]`, several ranges in one name
 * (`plugins/inventory/__init__.py`, `expand_hostname_range`).
 *
 * @throws BadRange
 */
export function expandRanges(pattern: string): string[] {
  const open = pattern.indexOf('[')
  if (open < 0) return [pattern]
  const close = pattern.indexOf(']', open)
  if (close < 0) throw new BadRange('a range is not closed: ] is missing')
  const tails = expandRanges(pattern.slice(close + 1))
  const members = rangeMembers(pattern.slice(open + 1, close))
  if (members.length * tails.length > mostNames) throw new BadRange(`the ranges stand for more than ${mostNames} names`)
  return members.flatMap(member => tails.map(tail => pattern.slice(0, open) + member + tail))
}

const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'

function rangeMembers(range: string): string[] {
  const bounds = range.split(':')
  if (bounds.length !== 2 && bounds.length !== 3) throw new BadRange('a range is begin:end or begin:end:step')
  const [begin, end, step] = [bounds[0]! || '0', bounds[1]!, bounds[2] ?? '1']
  if (!end) throw new BadRange('a range needs an end')
  if (!/^[0-9]+$/.test(step) || Number(step) === 0) throw new BadRange(`the step of a range is a number, not '${step}'`)
  const byLetter = begin.length === 1 && end.length === 1 && letters.includes(begin) && letters.includes(end)
  if (!byLetter && !(/^[0-9]+$/.test(begin) && /^[0-9]+$/.test(end))) throw new BadRange(`a range goes between two numbers or two letters, not from '${begin}' to '${end}'`)
  const padded = begin.startsWith('0') && begin.length > 1
  if (padded && begin.length !== end.length) throw new BadRange('both ends of a range with leading zeros have the same length')
  const [from, to] = byLetter ? [letters.indexOf(begin), letters.indexOf(end)] : [Number(begin), Number(end)]
  if (from > to) throw new BadRange(`the range ${begin}:${end} is empty`)
  if ((to - from) / Number(step) > mostNames) throw new BadRange(`the ranges stand for more than ${mostNames} names`)
  const members: string[] = []
  for (let at = from; at <= to; at += Number(step)) members.push(byLetter ? letters[at]! : padded ? String(at).padStart(begin.length, '0') : String(at))
  return members
}
