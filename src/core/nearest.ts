import { distance } from 'fastest-levenshtein'

/**
 * The names that a mistyped one may have meant, best first: at most three, each within a third of its length (one letter of two, none of one).
 *
 * @param candidates may repeat and come in any order
 */
export function nearest(name: string, candidates: Iterable<string>): string[] {
  const wanted = name.toLowerCase()
  const allowed = name.length < 3 ? name.length - 1 : Math.ceil(name.length / 3)
  const found: { name: string; far: number }[] = []
  for (const candidate of new Set(candidates)) {
    if (candidate === name || Math.abs(candidate.length - name.length) > allowed) continue
    const far = isSwapped(wanted, candidate.toLowerCase()) ? 1 : distance(wanted, candidate.toLowerCase())
    if (far <= allowed) found.push({ name: candidate, far })
  }
  return found.sort((a, b) => a.far - b.far || (a.name < b.name ? -1 : 1)).slice(0, 3).map(({ name }) => name)
}

/** Whether two texts differ by two neighbours that changed places, the commonest slip of the fingers. */
function isSwapped(one: string, other: string): boolean {
  if (one.length !== other.length) return false
  const at = [...one].findIndex((character, index) => character !== other[index])
  return at >= 0 && one[at] === other[at + 1] && one[at + 1] === other[at] && one.slice(at + 2) === other.slice(at + 2)
}

/** `Did you mean apache_port or apache_ports?`, or nothing where no name is near. */
export function didYouMean(name: string, candidates: Iterable<string>, describe = (candidate: string) => candidate): string | undefined {
  const names = nearest(name, candidates).map(describe)
  if (names.length === 0) return undefined
  return `Did you mean ${names.length === 1 ? names[0] : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`}?`
}
