import type { ConfigurationFiles } from '../../host/fact.ts'
import type { Sections } from '../section.ts'

/** Bytes of a file that are read; no configuration is as large. */
const most = 1024 * 1024

/**
 * `mp_config KIND FILE`: prints a file in a section of its own, each file once, or why it cannot be read. What a section's label
 * cannot hold is left out.
 */
export const configurationPrelude = `mp_config() {
case $2 in *'
'*) return 1;; esac
case $mp_configs in *"
$2
"*) return 1;; esac
mp_configs="$mp_configs$2
"
[ -f "$2" ] || return 1
if [ -r "$2" ]; then mp_section "$1 file $2"; head -c ${most} "$2"; else mp_section "$1 unread $2"; fi
}
`

/** The files that `mp_config` printed, in order. */
export function configurationFiles(sections: Sections, kind: string): ConfigurationFiles {
  const paths = (prefix: string) =>
    sections
      .labels()
      .flatMap(label => (label.startsWith(`${kind} ${prefix} `) ? [label.slice(kind.length + prefix.length + 2)] : []))
  return {
    files: paths('file').map(path => ({ path, text: sections.text(`${kind} file ${path}`) })),
    unread: paths('unread').map(path => `${path}: permission denied`),
  }
}
