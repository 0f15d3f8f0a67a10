import { namedInHeader } from '../../host/apache-header.ts'
import type { ApacheModuleFile } from '../../host/fact.ts'
import { observed, type FactReader } from './reader.ts'

/** Debian's layout: a module is a `.load` in mods-available, and enabled by a link of the same name in mods-enabled. */
export const apacheModules: FactReader<'apacheModules'> = {
  kind: 'apacheModules',
  program: () => `mp_section apacheModules
if [ -d /etc/apache2/mods-available ]; then
cd /etc/apache2/mods-available && printf '%s\\n' here *
mp_section 'apacheModules enabled'
cd /etc/apache2/mods-enabled 2>/dev/null && printf '%s\\n' *
cd /
fi
`,
  parse(sections) {
    const [here, ...available] = sections.text('apacheModules').split('\n')
    if (here !== 'here') return [observed<'apacheModules'>(null)]
    const files = new Set(available)
    const enabled = new Set(sections.text('apacheModules enabled').split('\n'))
    return [observed<'apacheModules'>(loadFiles(available).map(file => ({ name: nameOf(file), enabled: enabled.has(file), configured: files.has(`${nameOf(file)}.conf`) })))]
  },
}

export const apacheModuleFiles: FactReader<'apacheModuleFiles'> = {
  kind: 'apacheModuleFiles',
  // Comments that name others, and all that is no comment, since only what stands above it counts.
  program: () => `mp_section apacheModuleFiles
if [ -d /etc/apache2/mods-available ]; then
cd /etc/apache2/mods-available && { printf '%s\\n' here *.load; grep -E '^(# (Depends|Conflicts):|[[:space:]]*[^#[:space:]])' /dev/null *.load 2>/dev/null; }
cd /
fi
`,
  parse(sections) {
    const text = sections.text('apacheModuleFiles')
    // Hosts of one kind say the same.
    let files = parsed.get(text)
    if (files === undefined) parsed.set(text, (files = parseFiles(text)))
    return [observed<'apacheModuleFiles'>(files)]
  },
}

const loadFiles = (names: readonly string[]) => names.filter(name => name.endsWith('.load') && name !== '*.load')
const nameOf = (file: string) => file.slice(0, -'.load'.length)

const parsed = new Map<string, readonly ApacheModuleFile[] | null>()

function parseFiles(text: string): readonly ApacheModuleFile[] | null {
  const [here, ...lines] = text.split('\n')
  if (here !== 'here') return null
  const said = new Map<string, string[]>()
  for (const line of lines) {
    const colon = line.indexOf(':')
    if (colon >= 0) said.set(line.slice(0, colon), [...(said.get(line.slice(0, colon)) ?? []), line.slice(colon + 1)])
  }
  return loadFiles(lines.filter(line => !line.includes(':'))).map((file): ApacheModuleFile => {
    const own = said.get(file) ?? []
    return {
      name: nameOf(file), depends: namedInHeader(own, 'Depends'), conflicts: namedInHeader(own, 'Conflicts'),
      identifiers: own.flatMap(line => /^\s*LoadModule\s+(\S+)/i.exec(line)?.[1] ?? []),
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
