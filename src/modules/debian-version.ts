/**
 * Compares two package versions as dpkg does (Debian policy 5.6.12): negative where `one` is older, 0 where they are equal.
 */
export function compareVersions(one: string, other: string): number {
  const [a, b] = [split(one), split(other)]
  return a.epoch - b.epoch || comparePart(a.upstream, b.upstream) || comparePart(a.revision, b.revision)
}

function split(version: string): { readonly epoch: number; readonly upstream: string; readonly revision: string } {
  const colon = version.indexOf(':')
  const rest = version.slice(colon + 1)
  const dash = rest.lastIndexOf('-')
  return {
    epoch: colon < 0 ? 0 : Number(version.slice(0, colon)) || 0,
    upstream: dash < 0 ? rest : rest.slice(0, dash),
    revision: dash < 0 ? '' : rest.slice(dash + 1),
  }
}

/** Runs of other characters and runs of digits take turns; a part that ends counts as an empty run. */
function comparePart(one: string, other: string): number {
  const [a, b] = [runs(one), runs(other)]
  for (let at = 0; at < Math.max(a.length, b.length); at++) {
    const [x = '', y = ''] = [a[at], b[at]]
    const order = at % 2 === 0 ? compareText(x, y) : compareDigits(x, y)
    if (order !== 0) return order
  }
  return 0
}

const runs = (text: string): string[] => text.split(/(\d+)/)

/** Letters come before all else, and `~` comes before everything, even the end. */
function compareText(one: string, other: string): number {
  for (let at = 0; at < Math.max(one.length, other.length); at++) {
    const order = weight(one[at]) - weight(other[at])
    if (order !== 0) return order
  }
  return 0
}

const weight = (character: string | undefined): number =>
  character === undefined ? 0 : character === '~' ? -1 : /[A-Za-z]/.test(character) ? character.charCodeAt(0) : character.charCodeAt(0) + 256

/** As long as anybody likes: numbers are compared without making them numbers. */
function compareDigits(one: string, other: string): number {
  const [a, b] = [one.replace(/^0+/, ''), other.replace(/^0+/, '')]
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0)
}
