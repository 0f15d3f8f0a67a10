import { quote, quoteAll } from '../quote.ts'
import { observed, type FactReader } from './reader.ts'

/**
 * `sha256sum` on Linux, `shasum` on macOS, `sha256` on the BSDs: all can print `hash  path`. Only what is a file is read: a
 * pipe would never come to an end.
 */
export const digestPrelude = `if command -v sha256sum >/dev/null; then mp_sha256() { sha256sum "$@"; }
elif command -v shasum >/dev/null; then mp_sha256() { shasum -a 256 "$@"; }
else mp_sha256() { openssl dgst -sha256 -r "$@" | sed 's/ \\*/  /'; }
fi
mp_digest() { for mp_f in "$@"; do shift; [ ! -f "$mp_f" ] || set -- "$@" "$mp_f"; done; [ $# -eq 0 ] || mp_sha256 "$@"; }
`

export const digest: FactReader<'digest'> = {
  kind: 'digest',
  program: paths => `mp_section digest; mp_digest ${quoteAll(paths)} 2>/dev/null\n`,
  parse(sections, paths) {
    const digests = new Map(sections.text('digest').split('\n').map(parseLine))
    return paths.map(path => {
      const value = digests.get(path) ?? null
      return observed<'digest'>(value, value ?? '')
    })
  },
  fingerprint: path => `mp_d=$(mp_digest ${quote(path)} 2>/dev/null); mp_d=\${mp_d#\\\\}; printf %s "\${mp_d%% *}"`,
}

/** `hash  path`; GNU escapes a path with newlines or backslashes and says so by a leading backslash. */
function parseLine(line: string): readonly [string, string] {
  const escaped = line.startsWith('\\')
  const [, hash = '', path = ''] = /^\\?([0-9a-f]{64})[ ][ *](.*)$/.exec(line) ?? []
  return [escaped ? path.replaceAll(/\\([\\n])/g, (_, character: string) => (character === 'n' ? '\n' : '\\')) : path, hash]
}
