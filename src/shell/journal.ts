import { quote } from './quote.ts'

/**
 * Where a host remembers which handlers were notified and have not run: a run that is cut in between loses no
 * reload. One file a handler, named by its hash-free, percent-encoded name, so that writing one down is a single
 * atomic creation. Readable by its owner only.
 */
export const journalPrelude = `mp_journal=/var/lib/matrix-provision/pending
[ -w /var/lib ] || mp_journal=\${HOME:-/tmp}/.local/state/matrix-provision/pending
mp_pending() { for mp_f in "$mp_journal/$1"/*; do [ -e "$mp_f" ] && printf '%s\\n' "\${mp_f##*/}"; done; }
`

export const parseHandlers = (text: string): string[] => text.split('\n').filter(Boolean).map(decodeURIComponent).sort()

/** Letters that are safe in a file name, anything else percent-encoded; a journal's name is already so. */
const fileName = (handler: string) => encodeURIComponent(handler).replaceAll('*', '%2A').replace(/^\./, '%2E').slice(0, 240)

/** sh that writes handlers down; it must succeed before anything is changed. */
export const writeDown = (journal: string, handlers: readonly string[]): string =>
  handlers.length === 0
    ? ''
    : `mkdir -p "$mp_journal"/${quote(journal)} && ${handlers.map(handler => `: >"$mp_journal"/${quote(journal)}/${quote(fileName(handler))}`).join(' && ')}`

/** sh that crosses handlers out, and leaves no empty directory behind. */
export const crossOut = (journal: string, handlers: readonly string[]): string =>
  handlers.length === 0
    ? ''
    : `rm -f ${handlers.map(handler => `"$mp_journal"/${quote(journal)}/${quote(fileName(handler))}`).join(' ')}
rmdir "$mp_journal"/${quote(journal)} "$mp_journal" "\${mp_journal%/*}" 2>/dev/null`
