import type { PackageOffer } from '../../host/fact.ts'
import { quote, quoteAll } from '../quote.ts'
import { observed, type FactReader } from './reader.ts'

/** `apt-cache policy` and `showpkg` of each name: only asked when something is to be installed. */
export const available: FactReader<'available'> = {
  kind: 'available',
  program: keys =>
    keys
      .map((key, index) => {
        const [name = '', release] = key.split(' ')
        return `mp_section 'available ${index}'
apt-cache ${release ? `-t ${quote(release)} ` : ''}policy ${quote(name)} 2>/dev/null
mp_section 'available ${index} showpkg'
apt-cache showpkg ${quote(name)} 2>/dev/null
`
      })
      .join(''),
  parse: (sections, keys) =>
    keys.map((_, index) => {
      const policy = sections.text(`available ${index}`)
      const providers = providersIn(sections.text(`available ${index} showpkg`))
      if (!policy.trim() && providers.length === 0) return observed<'available'>(null)
      const candidate = /^ *Candidate: (.*)$/m.exec(policy)?.[1]
      const offer: PackageOffer = {
        candidate: candidate && candidate !== '(none)' ? candidate : null,
        versions: [...policy.matchAll(/^ (?:\*\*\*|   ) (\S+) -?\d+$/gm)].map(match => match[1]!),
        providers,
      }
      return observed<'available'>(offer.candidate === null && offer.versions.length === 0 && providers.length === 0 ? null : offer)
    }),
}

const providersIn = (showpkg: string): string[] =>
  [...new Set((showpkg.split('Reverse Provides:')[1] ?? '').split('\n').map(line => line.split(' ')[0]!).filter(Boolean))].sort()

export const packageNames: FactReader<'packageNames'> = {
  kind: 'packageNames',
  program: patterns => `mp_section packageNames; apt-cache pkgnames 2>/dev/null\n${patterns.length === 0 ? ':' : ''}`,
  parse(sections, patterns) {
    const names = sections.text('packageNames').split('\n').filter(Boolean).sort()
    return patterns.map(pattern => observed<'packageNames'>(names.filter(name => globExpression(pattern).test(name))))
  },
}

/** A shell pattern of package names: `*`, `?` and `[…]`. */
const globExpression = (pattern: string) =>
  new RegExp(`^${pattern.replace(/[.+^${}()|\\]/g, '\\$&').replaceAll('*', '.*').replaceAll('?', '.').replaceAll('[!', '[^')}$`)

export const aptSimulation: FactReader<'aptSimulation'> = {
  kind: 'aptSimulation',
  program: keys =>
    keys
      .map((key, index) => `mp_section 'aptSimulation ${index}'
mp_o=$(DEBIAN_FRONTEND=noninteractive apt-get -s -q -y ${quoteAll(JSON.parse(key) as string[])} 2>&1); printf '%s\\n%s' $? "$mp_o"
`)
      .join(''),
  parse: (sections, keys) =>
    keys.map((_, index) => {
      const text = sections.text(`aptSimulation ${index}`)
      const status = parseInt(text, 10)
      // The shell takes the last end of a line away.
      const output = text.slice(text.indexOf('\n') + 1).replace(/(?<!\n)$/, '\n')
      return observed<'aptSimulation'>({ status: Number.isNaN(status) ? 127 : status, stdout: output, stderr: status === 0 ? '' : output })
    }),
}

export const debFile: FactReader<'debFile'> = {
  kind: 'debFile',
  program: paths =>
    paths.map((path, index) => `mp_section 'debFile ${index}'; dpkg-deb -f ${quote(path)} Package Version Architecture 2>/dev/null\n`).join(''),
  parse: (sections, paths) =>
    paths.map((_, index) => {
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(sections.text(`debFile ${index}`))?.[1]
      const name = field('Package')
      return observed<'debFile'>(name ? { name, version: field('Version') ?? '', architecture: field('Architecture') ?? '' } : null)
    }),
}
