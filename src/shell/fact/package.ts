import { quote } from '../quote.ts'
import { observed, type FactReader } from './reader.ts'

/** Without an architecture. */
const bare = (name: string): string => name.replace(/:.*/, '')

/**
 * dpkg's own database, and what it has written down since (`updates`, empty unless dpkg was interrupted); apt's word on what
 * was installed for others. One small process reads it all; dpkg-query alone takes three times as long.
 */
const prelude = `mp_packages() {
mp_names=" $* "; set --
for mp_f in /var/lib/dpkg/status /var/lib/dpkg/updates/[0-9]* /var/lib/apt/extended_states; do [ -r "$mp_f" ] && set -- "$@" "$mp_f"; done
[ $# -eq 0 ] || awk -v names="$mp_names" '/^Package: /{p=index(names," "$2" ")} p&&/^(Package|Status|Architecture|Version|Auto-Installed): /' "$@"
}
`

export const packages: FactReader<'package'> = {
  kind: 'package',
  // Only the names that are asked for: a host may have thousands that were installed for others.
  program: names => `${prelude}mp_section package; mp_packages ${names.map(name => quote(bare(name))).join(' ')}\n`,
  parse(sections, names) {
    // What comes later is newer. A package may be there for several architectures; the one that is installed counts.
    const found = new Map<string, Map<string, Stanza>>()
    const automatic = new Set<string>()
    for (const stanza of stanzas(sections.text('package'))) {
      const { Package = '', Status, Architecture = '' } = stanza
      if (stanza['Auto-Installed'] === '1') automatic.add(Package)
      if (Status !== undefined) found.set(Package, (found.get(Package) ?? new Map<string, Stanza>()).set(Architecture, stanza))
    }
    return names.map(bare).map(name => {
      const all = [...(found.get(name)?.values() ?? [])].map(({ Status = '', Version = '' }) => ({ status: abbreviation(Status), version: Version }))
      const known = all.find(({ status }) => status[1] === 'i') ?? all[0]
      if (!known) return observed<'package'>({ version: null, residual: false })
      const { status, version } = known
      const isInstalled = status[1] === 'i'
      return observed<'package'>({ version: isInstalled ? version : null, residual: status[1] === 'c', ...(isInstalled && automatic.has(name) && { automatic: true }) }, status + version)
    })
  },
  fingerprint: name => `dpkg-query -W -f '\${db:Status-Abbrev}\${Version}' ${quote(name)} 2>/dev/null`,
}

interface Stanza {
  readonly Package?: string
  readonly Status?: string
  readonly Architecture?: string
  readonly Version?: string
  readonly 'Auto-Installed'?: string
}

/** Each begins with its `Package`. */
function stanzas(text: string): Stanza[] {
  const all: Record<string, string>[] = []
  for (const line of text.split('\n')) {
    const [, field, value = ''] = /^([\w-]+): (.*)$/.exec(line) ?? []
    if (field === 'Package') all.push({})
    if (field !== undefined) all.at(-1)![field] = value
  }
  return all
}

const wishes: { readonly [wish: string]: string } = { unknown: 'u', install: 'i', hold: 'h', deinstall: 'r', purge: 'p' }
const states: { readonly [state: string]: string } = {
  'not-installed': 'n', 'config-files': 'c', 'half-installed': 'H', 'unpacked': 'U', 'half-configured': 'F', 'triggers-awaited': 'W', 'triggers-pending': 't', 'installed': 'i',
}

/** `install ok installed` as dpkg-query abbreviates it: `ii `. */
function abbreviation(status: string): string {
  const [wish = '', error, state = ''] = status.split(' ')
  return `${wishes[wish] ?? '?'}${states[state] ?? '?'}${error === 'reinstreq' ? 'R' : ' '}`
}
