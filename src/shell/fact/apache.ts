import { namedInHeader } from '../../host/apache-header.ts'
import type { ApacheModule } from '../../host/fact.ts'
import { observed, type FactReader } from './reader.ts'

/** Debian's layout: a module is a `.load` in mods-available, and enabled by a link of the same name in mods-enabled. */
export const apacheModules: FactReader<'apacheModules'> = {
  kind: 'apacheModules',
  // Comments that name others, and all that is no comment, since only what stands above it counts.
  program: () => `mp_section apacheModules
if [ -d /etc/apache2/mods-available ]; then
cd /etc/apache2/mods-available && { printf 'here\\n'; grep -E '^(# (Depends|Conflicts):|[[:space:]]*[^#[:space:]])' /dev/null *.load 2>/dev/null; printf '%s\\n' *; }
mp_section 'apacheModules enabled'
cd /etc/apache2/mods-enabled 2>/dev/null && printf '%s\\n' *
cd /
fi
`,
  parse(sections) {
    const [available, enabled] = [sections.text('apacheModules'), sections.text('apacheModules enabled')]
    // Hosts of one kind say the same.
    const key = `${available}\0${enabled}`
    let modules = parsed.get(key)
    if (modules === undefined) parsed.set(key, (modules = parseModules(available, enabled)))
    return [observed<'apacheModules'>(modules)]
  },
}

const parsed = new Map<string, readonly ApacheModule[] | null>()

function parseModules(available: string, enabledNames: string): readonly ApacheModule[] | null {
  const [here, ...lines] = available.split('\n')
  if (here !== 'here') return null
  const enabled = new Set(enabledNames.split('\n'))
  const files = new Set<string>()
  const said = new Map<string, string[]>()
  for (const line of lines) {
    const colon = line.indexOf(':')
    if (colon < 0) files.add(line)
    else {
      const file = line.slice(0, colon)
      const own = said.get(file)
      if (own) own.push(line.slice(colon + 1))
      else said.set(file, [line.slice(colon + 1)])
    }
  }
  return [...files].filter(file => file.endsWith('.load') && file !== '*.load').map((file): ApacheModule => {
    const name = file.slice(0, -'.load'.length)
    const own = said.get(file) ?? []
    return {
      name, enabled: enabled.has(file), configured: files.has(`${name}.conf`),
      depends: namedInHeader(own, 'Depends'), conflicts: namedInHeader(own, 'Conflicts'),
      identifiers: own.flatMap(text => /^\s*LoadModule\s+(\S+)/i.exec(text)?.[1] ?? []),
    }
  })
}

/** The whole tree, as Apache itself judges it. */
export const apacheCheck: FactReader<'apacheCheck'> = {
  kind: 'apacheCheck',
  program: () => `mp_section apacheCheck
mp_a=; for mp_f in apache2ctl apachectl httpd; do command -v $mp_f >/dev/null && { mp_a=$mp_f; break; }; done
if [ -n "$mp_a" ]; then mp_o=$($mp_a -t 2>&1); printf '%s\\n%s' $? "$mp_o"; else printf '127\\nno Apache is installed'; fi
`,
  parse(sections, keys) {
    const [status, ...output] = sections.text('apacheCheck').split('\n')
    return keys.map(() => observed<'apacheCheck'>({ valid: status === '0', output: output.join('\n').trim() }))
  },
}
