import { quote } from './quote.ts'

/**
 * Where a host remembers which handlers were notified and have not run: a run that is cut in between loses no
 * reload. A directory a journal, an empty file a handler, named percent-encoded, so that writing one down is a single
 * atomic creation. Readable by its owner only: root's is in /var/lib, another user's in their home, or in /var/tmp where
 * they have none. Names are at most 200 bytes long when encoded.
 */
export const journalPrelude = `mp_journal=/var/lib/matrix-provision/pending
[ -w /var/lib ] || mp_journal=\${HOME:-/}/.local/state/matrix-provision/pending
[ -w /var/lib ] || [ -w "\${HOME:-/}" ] || mp_journal=/var/tmp/matrix-provision-$(id -u)/pending
`

/** sh that lists all notes. */
export const listNotes = `for mp_f in "$mp_journal"/*/*; do [ -e "$mp_f" ] && printf '%s\\n' "\${mp_f#"$mp_journal"/}"; done
`

export const parseNotes = (text: string): { readonly journal: string; readonly handler: string }[] =>
  text.split('\n').filter(Boolean).map(line => {
    const [journal = '', handler = ''] = line.split('/').map(decodeURIComponent)
    return { journal, handler }
  })

/** Letters that are safe in a file name, anything else percent-encoded. */
const fileName = (name: string): string => encodeURIComponent(name).replaceAll('*', '%2A').replaceAll("'", '%27').replace(/^\./, '%2E')

const pathOf = (journal: string, handler: string): string => `"$mp_journal"/${quote(fileName(journal))}/${quote(fileName(handler))}`

/** sh that writes handlers down; it must succeed before anything is changed. */
export const writeDown = (journal: string, handlers: readonly string[]): string =>
  handlers.length === 0 ? '' : `{ [ ! -e "\${mp_journal%/*}" ] || [ -O "\${mp_journal%/*}" ] || { echo "\${mp_journal%/*} belongs to somebody else" >&2; false; }; } && mkdir -p "$mp_journal"/${quote(fileName(journal))} && ${handlers.map(handler => `: >${pathOf(journal, handler)}`).join(' && ')}`

/** sh that crosses handlers out, and leaves no empty directory behind. */
export const crossOut = (journal: string, handlers: readonly string[]): string =>
  handlers.length === 0
    ? ''
    : `rm -f ${handlers.map(handler => pathOf(journal, handler)).join(' ')}
rmdir "$mp_journal"/${quote(fileName(journal))} "$mp_journal" "\${mp_journal%/*}" 2>/dev/null`
