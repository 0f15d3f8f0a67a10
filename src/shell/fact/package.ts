import type { PackageState } from '../../host/fact.ts'
import { quote, quoteAll } from '../quote.ts'
import { observed, type FactReader } from './reader.ts'

const format = '${Package}\\t${db:Status-Abbrev}\\t${Version}\\t${Provides}\\n'

export const packages: FactReader<'package'> = {
  kind: 'package',
  program: names => `mp_section package; dpkg-query -W -f '${format}' ${quoteAll(names)} 2>/dev/null\n`,
  parse(sections, names) {
    const states = new Map<string, { state: PackageState; fingerprint: string }>()
    for (const line of sections.text('package').split('\n')) {
      const [name, status, version] = line.split('\t')
      if (!name || status === undefined || version === undefined) continue
      const installed = status[1] === 'i'
      // A foreign architecture's package of the same name is listed too; the installed one counts.
      if (states.get(name)?.state.version) continue
      states.set(name, { state: { version: installed ? version : null, residual: status[1] === 'c' }, fingerprint: `${status}${version}` })
    }
    return names.map(name => {
      const entry = states.get(name.replace(/:.*/, ''))
      return entry ? observed<'package'>(entry.state, entry.fingerprint) : observed<'package'>({ version: null, residual: false })
    })
  },
  fingerprint: name => `dpkg-query -W -f '\${db:Status-Abbrev}\${Version}' ${quote(name)} 2>/dev/null`,
}
