import { quoteAll } from '../quote.ts'
import { configurationFiles, configurationPrelude } from './configuration-files.ts'
import { observed, type FactReader } from './reader.ts'

/** `mp_synapse PATH`: a file, or those of a directory in order, as Synapse reads what it is given with `-c`. */
const prelude = `${configurationPrelude}mp_synapse() {
if [ -d "$1" ]; then
if [ -r "$1" ]; then for mp_f in "\${1%/}"/*.yaml; do mp_config "$mp_k" "$mp_f"; done; else mp_section "$mp_k unread $1"; fi
else mp_config "$mp_k" "$1"; fi
}
`

/** What a Synapse that runs was given; where none runs, what Debian's package has. */
const running = `mp_g=
for mp_p in $(grep -lsE 'synapse[._]?(app[._])?homeserver' /proc/[0-9]*/cmdline); do
mp_p=\${mp_p%/cmdline}
# Those in containers have other files.
[ "$(readlink "$mp_p/ns/pid")" = "$(readlink /proc/self/ns/pid)" ] || [ ! -r "$mp_p/environ" ] || continue
mp_w=$(tr '\\000' '\\n' <"$mp_p/cmdline")
mp_d=$(readlink "$mp_p/cwd") mp_l=
while read -r mp_x; do
mp_y=
case $mp_l in -c|--config-path) mp_y=$mp_x;; esac
case $mp_x in --config-path=*) mp_y=\${mp_x#*=};; esac
mp_l=$mp_x
case $mp_y in '') continue;; /*) ;; *) mp_y=$mp_d/$mp_y;; esac
mp_g=1; mp_synapse "$mp_y"
done <<mp_end
$mp_w
mp_end
[ -n "$mp_g" ] && break
done 2>/dev/null
[ -n "$mp_g" ] || { mp_synapse /etc/matrix-synapse/homeserver.yaml; mp_synapse /etc/matrix-synapse/conf.d; }
`

export const synapseConfiguration: FactReader<'synapseConfiguration'> = {
  kind: 'synapseConfiguration',
  program: keys => `(
${prelude}${keys
    .map(
      (key, index) => `mp_k='synapseConfiguration ${index}' mp_configs='
'
${key === '' ? running : `for mp_p in ${quoteAll(key.split('\n'))}; do mp_synapse "$mp_p"; done\n`}`,
    )
    .join('')})
`,
  parse: (sections, keys) =>
    keys.map((_, index) => {
      const { files, unread } = configurationFiles(sections, `synapseConfiguration ${index}`)
      const value = { files: files.map(({ path, text }) => ({ path, text: withoutSecrets(text) })), unread }
      return observed<'synapseConfiguration'>(files.length + unread.length > 0 ? value : null)
    }),
}

/** Passwords and keys are no business of ours: each line stays where it is, without what it keeps secret. */
function withoutSecrets(text: string): string {
  let hidden: number | undefined
  return text
    .split('\n')
    .map(line => {
      const indent = line.search(/\S/)
      if (hidden !== undefined && (indent < 0 || indent > hidden)) return ''
      hidden = undefined
      const [, before, value] =
        /^(.*?["']?\w*(?:secret|password|passphrase|smtp_pass|token|pepper)\w*["']?[ \t]*:[ \t]+)([^\s#].*)$/i.exec(line) ?? []
      if (before === undefined || value === undefined) return line
      // What follows, indented more, belongs to it as well.
      if (!value.startsWith('{') && !value.startsWith('[')) hidden = indent
      return `${before}null${'}'.repeat(braces(before))}`
    })
    .join('\n')
}

/** Braces that a line opens before what is cut off. */
const braces = (text: string): number => Math.max(0, text.split('{').length - text.split('}').length)
