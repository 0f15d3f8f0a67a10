import type { PackageState } from '../../host/fact.ts'
import { quote, quoteAll } from '../quote.ts'
import { observed, type FactReader } from './reader.ts'

const format = '${Package}\\t${db:Status-Abbrev}\\t${Version}\\t${Provides}\\n'

const states = '/var/lib/apt/extended_states'

/** Without an architecture. */
const bare = (name: string): string => name.replace(/:.*/, '')

export const packages: FactReader<'package'> = {
  kind: 'package',
  // Only the names that are asked for: a host may have thousands that were installed for others.
  program: names => `mp_section package; dpkg-query -W -f '${format}' ${quoteAll(names)} 2>/dev/null
mp_section 'package automatic'; [ -r ${states} ] && awk -v names=${quote(` ${names.map(bare).join(' ')} `)} '/^Package: /{p=$2} /^Auto-Installed: 1/&&index(names," "p" "){print p}' ${states}
`,
  parse(sections, names) {
    const automatic = new Set(sections.text('package automatic').split('\n'))
    const found = new Map<string, { state: PackageState; fingerprint: string }>()
    for (const line of sections.text('package').split('\n')) {
      const [name, status, version] = line.split('\t')
      if (!name || status === undefined || version === undefined) continue
      const installed = status[1] === 'i'
      // A foreign architecture's package of the same name is listed too; the installed one counts.
      if (found.get(name)?.state.version) continue
      const state = { version: installed ? version : null, residual: status[1] === 'c', ...(installed && automatic.has(name) && { automatic: true }) }
      found.set(name, { state, fingerprint: `${status}${version}` })
    }
    return names.map(name => {
      const entry = found.get(bare(name))
      return entry ? observed<'package'>(entry.state, entry.fingerprint) : observed<'package'>({ version: null, residual: false })
    })
  },
  fingerprint: name => `dpkg-query -W -f '\${db:Status-Abbrev}\${Version}' ${quote(name)} 2>/dev/null`,
}
