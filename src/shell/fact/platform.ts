import type { Platform } from '../../host/fact.ts'
import { observed, type FactReader } from './reader.ts'

const managers: readonly (readonly [string, Platform['packageManager']])[] = [
  ['apt-get', 'apt'], ['dnf', 'dnf'], ['zypper', 'zypper'], ['apk', 'apk'], ['pkg', 'pkg'],
]

/** What `uname -snrm` prints, read by the shell itself where Linux tells it in files (`arch` is there from 6.1 on). */
const names = `if [ -r /proc/sys/kernel/arch ]; then
for mp_f in ostype hostname osrelease arch; do read -r mp_l </proc/sys/kernel/$mp_f; printf '%s ' "$mp_l"; done; printf '\\n'
else uname -snrm; fi
`

/** What `id` begins with. The first process belongs to root; whoever owns it, too, is root. */
const identity = `if [ -O /proc/1 ]; then printf 'uid=0(root)\\n'; else id; fi
`

export const platform: FactReader<'platform'> = {
  kind: 'platform',
  program: () => `mp_section platform
${names}${identity}printf 'home %s\\n' "$HOME"; printf 'directory '; pwd
for mp_c in ${managers.map(([command]) => command).join(' ')}; do command -v $mp_c >/dev/null && { printf 'manager %s\\n' $mp_c; break; }; done
if [ -d /run/systemd/system ]; then printf 'service systemd\\n'; elif [ -d /run/openrc ]; then printf 'service openrc\\n'; fi
[ -r /etc/os-release ] && while IFS= read -r mp_l; do printf 'os %s\\n' "$mp_l"; done </etc/os-release
`,
  parse(sections) {
    const [named = '', identified = '', ...lines] = sections.text('platform').split('\n')
    // Always in this order (POSIX), and none of them with a blank.
    const [system = '', hostname = '', kernel = '', architecture = ''] = named.split(' ')
    const said = (word: string) => lines.filter(line => line.startsWith(`${word} `)).map(line => line.slice(word.length + 1))
    const [[manager], [service], [home], [directory]] = ['manager', 'service', 'home', 'directory'].map(said) as [string[], string[], string[], string[]]
    const release = new Map(said('os').map(parseAssignment))
    const [, uid = '-1', name = ''] = /^uid=(\d+)\(([^)]*)\)/.exec(identified) ?? []
    return [
      observed<'platform'>({
        system, kernel, architecture, hostname,
        distribution: release.get('ID') ?? '',
        version: release.get('VERSION_ID') ?? '',
        codename: release.get('VERSION_CODENAME') ?? '',
        like: (release.get('ID_LIKE') ?? '').split(' ').filter(Boolean),
        packageManager: managers.find(([command]) => command === manager)?.[1] ?? null,
        serviceManager: (service as Platform['serviceManager'] | undefined) ?? 'other',
        user: { name, uid: Number(uid), home: home ?? '' },
        directory: directory ?? '/',
      }),
    ]
  },
}

const parseAssignment = (line: string): readonly [string, string] => {
  const at = line.indexOf('=')
  return [line.slice(0, at), line.slice(at + 1).replace(/^(["'])(.*)\1$/, '$2')]
}
