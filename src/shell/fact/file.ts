import { absentFile, FactFailure, type FactKind, type FileState } from '../../host/fact.ts'
import { quote, quoteAll } from '../quote.ts'
import { observed, type FactReader } from './reader.ts'

/**
 * The three ways to look at a file, tried in this order. GNU find is the only one that tells all of many files, link targets
 * included, in one process; BusyBox has `stat -c`, the BSDs `stat -f`. What is surely absent is left out before: find then
 * fails only where it is another one, or where there is something to say.
 */
export const filePrelude = `mp_absent() {
{ [ -e "$1" ] || [ -L "$1" ]; } && return 1
mp_d=\${1%/*}
until [ -d "$mp_d/" ]; do [ -e "$mp_d" ] && return; mp_d=\${mp_d%/*}; done
[ -x "$mp_d/" ]
}
mp_file() {
for mp_f; do shift; mp_absent "$mp_f" || set -- "$@" "$mp_f"; done
[ $# -eq 0 ] || find "$@" -maxdepth 0 -printf '%p\\0%y\\0%m\\0%u\\0%g\\0%U\\0%G\\0%s\\0%i\\0%D\\0%n\\0%T@\\0%C@\\0%A@\\0%l\\0\\n' || mp_file_alone "$@"
}
mp_file_print() {
mp_absent "$1" || find "$1" -maxdepth 0 \\( -type d -printf 'd %m %u %g' -o -type l -printf 'l %u %g %l' -o -printf '%y %m %u %g %s %T@' \\) 2>/dev/null || mp_file_print_alone "$1"
}
mp_stat_formats() {
if stat -c %a / >/dev/null 2>&1; then
mp_stat() { stat -c "$1" "$2"; }
mp_all='%a\\0%U\\0%G\\0%u\\0%g\\0%s\\0%i\\0%d\\0%h\\0%Y\\0%Z\\0%X' mp_dir='d %a %U %G' mp_link='%U %G' mp_rest='%a %U %G %s %Y'
else
mp_stat() { stat -f "$1" "$2"; }
mp_all='%Mp%Lp\\0%Su\\0%Sg\\0%u\\0%g\\0%z\\0%i\\0%d\\0%l\\0%m\\0%c\\0%a' mp_dir='d %Mp%Lp %Su %Sg' mp_link='%Su %Sg' mp_rest='%Mp%Lp %Su %Sg %z %m'
fi
mp_stat_formats() { :; }
}
mp_type() {
if [ -L "$1" ]; then printf l; elif [ -d "$1" ]; then printf d; elif [ -f "$1" ]; then printf f; elif [ -b "$1" ]; then printf b
elif [ -c "$1" ]; then printf c; elif [ -p "$1" ]; then printf p; elif [ -S "$1" ]; then printf s; fi
}
mp_file_alone() {
mp_stat_formats
for mp_f; do
mp_t=$(mp_type "$mp_f")
if [ -n "$mp_t" ]; then
mp_l=; [ "$mp_t" = l ] && mp_l=$(readlink "$mp_f")
printf '%s\\0%s\\0' "$mp_f" "$mp_t"; mp_stat "$mp_all" "$mp_f" | tr -d '\\n' | sed 's/\\\\0/\\n/g' | tr '\\n' '\\0'; printf '\\0%s\\0\\n' "$mp_l"
else printf "find: '%s': Permission denied\\n" "$mp_f" >&2
fi; done
}
mp_file_print_alone() {
mp_stat_formats
mp_t=$(mp_type "$1")
case $mp_t in '') ;; d) mp_stat "$mp_dir" "$1" ;; l) printf 'l %s %s' "$(mp_stat "$mp_link" "$1")" "$(readlink "$1")" ;;
*) printf '%s %s' "$mp_t" "$(mp_stat "$mp_rest" "$1")" ;; esac
}
# Where a path leads, by names that are no links: mp_r. Prints each link on the way. Names that are missing stay, as in realpath -m.
# GNU readlink -f never ends on a link to something beneath itself.
mp_real() {
mp_q=$1/ mp_r= mp_n=0
while [ -n "$mp_q" ]; do
mp_c=\${mp_q%%/*} mp_q=\${mp_q#*/}
case $mp_c in
''|.) ;;
..) [ -d "$mp_r/" ] || return 1; mp_r=\${mp_r%/*} ;;
*) if [ -L "$mp_r/$mp_c" ]; then
mp_n=$((mp_n + 1)); [ "$mp_n" -le 40 ] || return 1
printf '%s\\0' "$mp_r/$mp_c"
mp_m=$(readlink "$mp_r/$mp_c"; echo /) mp_m=\${mp_m%??}/
case $mp_m in /*) mp_r= ;; esac
mp_q=$mp_m$mp_q
else mp_r=$mp_r/$mp_c; fi ;;
esac
done
mp_r=\${mp_r:-/}
}
mp_leads() { case $1 in */../*|*/..) ;; *) [ -L "$1" ] ;; esac; }
`

/**
 * Looks at all paths that readers want looked at, those which `followed` has found among them, in one process.
 *
 * @returns sh text that prints the section `states`
 */
export const lookAt = (paths: readonly string[]): string => (paths.length === 0 ? '' : `mp_section states; mp_file ${quoteAll(paths)} "$@"\n`)

export const file: FactReader<'file'> = {
  kind: 'file',
  looksAt: true,
  program: () => '',
  parse(sections, paths, stderr) {
    const states = parseStates(sections.get('states'))
    return paths.map(path => {
      const entry = states.get(path)
      if (entry) return observed<'file'>(entry.state, entry.fingerprint)
      return isDenied(path, stderr) ? { value: denied('file', path), fingerprint: '' } : observed<'file'>(absentFile)
    })
  },
  fingerprint: path => `mp_file_print ${quote(path)}`,
}

export const followed: FactReader<'followed'> = {
  kind: 'followed',
  looksAt: true,
  // Only a link costs a process of its own; everything else leads to itself, unless it is spelled with `..`.
  program: paths => `mp_section followed
set --
for mp_p in ${quoteAll(paths)}; do
if mp_leads "$mp_p"; then
printf '%s\\0' '->' "$mp_p"; mp_real "$mp_p" || mp_r=; printf '%s\\0\\n' "$mp_r"
[ -n "$mp_r" ] && [ -e "$mp_p" ] && set -- "$@" "$mp_r"
fi
done
`,
  parse(sections, paths, stderr) {
    const states = parseStates(sections.get('states'))
    const links = parseLinks(sections.get('followed'))
    return paths.map(path => {
      const { real = '', through = [] } = links.get(path) ?? {}
      const leadsTo = { path: real || path, ...(through.length > 0 && { through }) }
      const entry = states.get(leadsTo.path)
      // A link that leads nowhere: find names the link itself again.
      const there = entry && !(real === '' && entry.state.type === 'link')
      if (there) return observed<'followed'>({ ...entry.state, ...leadsTo }, `${real} ${entry.fingerprint}`)
      return isDenied(path, stderr)
        ? { value: denied('followed', path), fingerprint: '' }
        : observed<'followed'>({ ...absentFile, ...leadsTo }, `${real} `)
    })
  },
  fingerprint: path => `mp_r=; mp_leads ${quote(path)} && { mp_real ${quote(path)} >/dev/null || mp_r=; }; printf '%s ' "$mp_r"; mp_file_print "\${mp_r:-${path.replace(/["$`\\]/g, '\\$&')}}"`,
}

interface Entry {
  readonly state: FileState
  readonly fingerprint: string
}

const types: { readonly [letter: string]: FileState['type'] } = {
  f: 'file', d: 'directory', l: 'link', b: 'block', c: 'character', p: 'fifo', s: 'socket',
}

function parseStates(section: Buffer | undefined): Map<string, Entry> {
  const states = new Map<string, Entry>()
  for (const record of records(section)) {
    const [path, letter, mode, owner, group, uid, gid, size, inode, device, links, modified, changed, accessed, target] = record
    if (path === undefined || letter === undefined || changed === undefined) continue
    const type = types[letter] ?? 'file'
    states.set(path, {
      state: {
        type, mode: parseInt(mode!, 8), owner: owner!, group: group!, uid: Number(uid), gid: Number(gid), size: Number(size), inode: Number(inode),
        device: Number(device), links: Number(links), modified: Number(modified), changed: Number(changed), accessed: Number(accessed), ...(type === 'link' && { target }),
      },
      fingerprint:
        type === 'directory' ? `d ${mode} ${owner} ${group}`
        : type === 'link' ? `l ${owner} ${group} ${target}`
        : `${letter} ${mode} ${owner} ${group} ${size} ${modified}`,
    })
  }
  return states
}

/** Where links lead: empty where nobody can say; and the links on the way. */
const parseLinks = (section: Buffer | undefined): Map<string, { readonly real: string; readonly through: readonly string[] }> =>
  new Map(records(section).flatMap(([arrow, path, ...places]) => (arrow === '->' ? [[path!, { real: places.at(-1) ?? '', through: [...new Set(places.slice(0, -1))] }] as const] : [])))

/** Records end with NUL and newline, their fields with NUL: paths may hold newlines. */
const records = (section: Buffer | undefined): string[][] =>
  section ? section.toString().split('\0\n').filter(Boolean).map(record => record.split('\0')) : []

/** GNU find and our own loop both say `find: '/path': Permission denied` under LC_ALL=C. */
const isDenied = (path: string, stderr: string) => stderr.includes(`${path}': Permission denied`) || stderr.includes(`${path}: Permission denied`)

const denied = (kind: FactKind, path: string) => new FactFailure({ kind, key: path }, `${path} cannot be looked at: permission denied`)
