import type { Sections } from '../section.ts'
import { configurationFiles, configurationPrelude } from './configuration-files.ts'
import { observed, type FactReader } from './reader.ts'

/**
 * Apache's files, found in two ways, since either can fail: by Apache's own list of what it includes (which needs a valid configuration
 * that may be read), and by following Include lines from the main file (which does not know variables). What is found too much is
 * included by no line. Environment and arguments are those of the process that runs, else of a start that would be made now.
 */
const program = `PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
mp_a=; for mp_f in apache2ctl httpd apachectl; do command -v $mp_f >/dev/null && { mp_a=$mp_f; break; }; done
if [ -n "$mp_a" ]; then
mp_v=$($mp_a -V 2>/dev/null)
mp_section 'apacheConfiguration version'; printf '%s\\n' "$mp_v"
mp_o=$($mp_a -t -D DUMP_INCLUDES -D DUMP_MODULES 2>/dev/null)
mp_section 'apacheConfiguration modules'; printf '%s\\n' "$mp_o"
mp_p=
for mp_f in /proc/[0-9]*/comm; do
{ read -r mp_c <"$mp_f"; } 2>/dev/null || continue
case $mp_c in apache2|httpd|httpd-*) ;; *) continue;; esac
{ read -r mp_i mp_x mp_x mp_y mp_x <"\${mp_f%comm}stat"; } 2>/dev/null || continue
# Its children have the same name; those in containers have another Apache.
mp_c2=; { read -r mp_c2 <"/proc/$mp_y/comm"; } 2>/dev/null
[ "$mp_c2" = "$mp_c" ] && continue
[ "$(readlink "\${mp_f%comm}ns/pid")" = "$(readlink /proc/self/ns/pid)" ] || [ ! -r "\${mp_f%comm}environ" ] || continue
mp_p=\${mp_f%/comm}; break
done 2>/dev/null
if [ -n "$mp_p" ] && [ -r "$mp_p/environ" ]; then
mp_section 'apacheConfiguration environment'; tr '\\000' '\\n' <"$mp_p/environ"
elif [ -r /etc/apache2/envvars ]; then
mp_section 'apacheConfiguration environment'; (unset APACHE_CONFDIR; . /etc/apache2/envvars; env) 2>/dev/null
fi
mp_r=\${mp_v#*'HTTPD_ROOT="'}; mp_r=\${mp_r%%'"'*}
mp_m=\${mp_v#*'SERVER_CONFIG_FILE="'}; mp_m=\${mp_m%%'"'*}
if [ -n "$mp_p" ]; then
mp_w=$(tr '\\000' '\\n' <"$mp_p/cmdline" 2>/dev/null)
mp_section 'apacheConfiguration arguments'; printf '%s\\n' "$mp_w"
mp_l=
while read -r mp_x; do
case $mp_l in -d) mp_r=$mp_x;; -f) mp_m=$mp_x;; esac
mp_l=$mp_x
done <<mp_end
$mp_w
mp_end
fi
case $mp_m in /*) ;; *) mp_m=$mp_r/$mp_m;; esac
mp_section 'apacheConfiguration root'; printf '%s' "$mp_r"
mp_configs='
'
# Lists of files, one a line: those to be read now, and those that they include.
mp_n=$mp_m
while read -r mp_x mp_f; do case $mp_x in '('*')') mp_n="$mp_n
$mp_f";; esac; done <<mp_end
$mp_o
mp_end
mp_z=$(grep -i '^[[:space:]]*ServerRoot[[:space:]]' "$mp_m" 2>/dev/null) && { read -r mp_x mp_r <<mp_end
$mp_z
mp_end
mp_r=\${mp_r#\\"}; mp_r=\${mp_r%\\"}; }
mp_g=0
while [ -n "$mp_n" ] && [ $mp_g -lt 20 ]; do
mp_g=$((mp_g+1))
mp_b=$mp_n mp_n= IFS='
'
set -f; set -- $mp_b; set +f
for mp_f; do shift; mp_config apacheConfiguration "$mp_f" && [ -r "$mp_f" ] && set -- "$@" "$mp_f"; done
[ $# -eq 0 ] && break
mp_b=$(grep -hiE '^[[:space:]]*Include(Optional)?[[:space:]]' "$@" 2>/dev/null)
set -f; set -- $mp_b; set +f
for mp_x; do
mp_x=\${mp_x#*[Ii][Nn][Cc][Ll][Uu][Dd][Ee]}; mp_x=\${mp_x#[Oo][Pp][Tt][Ii][Oo][Nn][Aa][Ll]}
mp_x=\${mp_x#"\${mp_x%%[![:space:]]*}"}; mp_x=\${mp_x%"\${mp_x##*[![:space:]]}"}
mp_x=\${mp_x#\\"}; mp_x=\${mp_x%\\"}
case $mp_x in /*) ;; *) mp_x=$mp_r/$mp_x;; esac
for mp_f in $mp_x; do
if [ -d "$mp_f" ]; then mp_n="$mp_n
$(find "\${mp_f%/}" -type f -o -type l)"
else mp_n="$mp_n
$mp_f"; fi
done; done; done
fi
`

export const apacheConfiguration: FactReader<'apacheConfiguration'> = {
  kind: 'apacheConfiguration',
  program: () => `(
${configurationPrelude}${program})
`,
  parse: sections => [observed<'apacheConfiguration'>(read(sections))],
}

function read(sections: Sections) {
  const part = (name: string) => sections.text(`apacheConfiguration ${name}`)
  const said = part('version')
  if (!sections.get('apacheConfiguration version')) return null
  return {
    version: /^Server version: \S*?\/([\d.]+)/m.exec(said)?.[1] ?? null,
    modules: [...part('modules').matchAll(/^ *(\w+) \((?:static|shared)\)$/gm)].map(([, module]) => module!),
    defines: definesIn(part('arguments').split('\n')),
    environment: Object.fromEntries(
      part('environment')
        .split('\n')
        .flatMap(line => (/^\w+=/.test(line) ? [[line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]] : [])),
    ),
    root: part('root'),
    ...configurationFiles(sections, 'apacheConfiguration'),
  }
}

/** `-D NAME`, `-DNAME`. */
const definesIn = (words: readonly string[]): readonly string[] =>
  words.flatMap((word, index) => (words[index - 1] === '-D' ? [word] : /^-D./.test(word) ? [word.slice(2)] : []))
