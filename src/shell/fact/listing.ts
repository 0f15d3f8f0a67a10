import { quote } from '../quote.ts'
import { observed, type FactReader } from './reader.ts'

/** Globs of every shell: no process at all. */
const list = (path: string, separator: string) => `if [ -d ${quote(path)} ]; then
printf '%s${separator}' .
for mp_f in ${quote(path.replace(/\/$/, ''))}/* ${quote(path.replace(/\/$/, ''))}/.[!.]* ${quote(path.replace(/\/$/, ''))}/..?*; do
if [ -e "$mp_f" ] || [ -L "$mp_f" ]; then printf '%s${separator}' "\${mp_f##*/}"; fi
done
fi
`

export const listing: FactReader<'listing'> = {
  kind: 'listing',
  program: paths => paths.map((path, index) => `mp_section 'listing ${index}'\n${list(path, '\\0')}`).join(''),
  parse: (sections, paths) =>
    paths.map((_, index) => {
      const names = sections.text(`listing ${index}`).split('\0').filter(Boolean)
      if (names.length === 0) return observed<'listing'>(null)
      return observed<'listing'>(names.slice(1).sort(), names.join('/') + '/')
    }),
  fingerprint: path => list(path, '/'),
}
