import { randomBytes } from 'node:crypto'
import type { Sign } from './greeting.ts'

/**
 * The fixed program that holds a shell open on a host, and the frames it is fed with.
 *
 * It is given as an argument (`sh -c LOOP mp …`), so it stands in `ps` for all to see and carries nothing of the user.
 * Requests come as frames on stdin: a header line `NONCE BYTES` for the loop and one with both nonces for its worker, read by the
 * builtin `read`, which takes a pipe byte by byte, then the body, read by `dd` with `iflag=fullblock`, which takes exactly what
 * it is told (BusyBox `head -c` reads ahead and swallows the next frames). Where dd does not know that flag it fails before it
 * reads, and `dd bs=1` takes over.
 *
 * The loop (LOOP) reads a header and starts a worker for the body (WORKER): a fresh sh in a session of its own, by `setsid` in
 * place. Its process id is that of its process group, which is how a request that passes its deadline is killed with all its
 * children. It is announced on both streams before the program runs; if that fails nobody listens any more, and nothing runs.
 * A frame that is cut off has the wrong length and is not run either. A worker that waits for the next header would save
 * a millisecond a request, and cost two on each host that is right already and gets one.
 *
 * Both texts are one line without single quotes, exclamation marks and newlines, so that every login shell (bash, zsh,
 * fish, tcsh) hands them on unchanged.
 */

const lines = (text: string): string => text.trim().split('\n').map(line => line.trim()).join(' ')

/**
 * Arguments: two halves of the greeting, the sh for workers, WORKER, `pty` or `pipe`, and optionally the LC_ALL that users'
 * programs are to see (`=VALUE`; empty: none), where it is not that of the environment.
 *
 * On a terminal (`pty`) stderr is the same stream as stdout. There the programs' stderr goes to a file without a name and
 * is handed over when the program has ended, as `STDOUT end STDERR end`. Where no such file can be made, the two are mixed.
 */
const LOOP = lines(`
  [ -x . ] || cd / ;
  o=\${6-\${LC_ALL+=$LC_ALL}} ; u=$(umask) ; s= ; i=0 ; e=3 ; c= ; LC_ALL=C ; export LC_ALL ; unset MP_OWN mp_frame ;
  command -v setsid >/dev/null 2>&1 && s=setsid ;
  exec 3>&2 2>/dev/null ;
  if [ "$5" = pty ] ; then stty raw -echo || exit ; e=1 ; umask 077 ;
    t=$(mktemp) && exec 8>"$t" 9<"$t" && rm -f "$t" && e=8 && c="cat <&9" ; umask $u ; fi ;
  printf "%s%s %s %s\\n" "$1" "$2" $$ "\${s:-none}" ;
  [ "$5" = pty ] || printf "%s%s %s %s\\n" "$1" "$2" $$ "\${s:-none}" >&3 ;
  read -r h h h mp_frame || exit ; [ \${#mp_frame} -eq 32 ] || exit ;
  while read -r h n && [ "$h" = "$mp_frame" ] ; do i=$((i + 1)) ;
    ( exec $s $3 -c "$4" mp "$u" "$o" "$5" "$n" 2>&$e 3>&- 8>&- 9>&- ) ; r=$? ;
    printf "%s:e:%s:%s\\n" $mp_frame $i $r || exit ;
    if [ "$5" = pty ] ; then eval "$c" ; printf "%s:e:%s:%s\\n" $mp_frame $i $r || exit ;
    else printf "%s:e:%s:%s\\n" $mp_frame $i $r >&3 || exit ; fi ; done
`)

/** Arguments: the umask and the LC_ALL of users' programs, `pty` or `pipe`, the length of the frame's body. */
const WORKER = lines(`
  unset mp_frame MP_NONCE ; read -r mp_frame MP_NONCE || exit ; mp_umask=$1 ; mp_own=$2 ; mp_size=$4 ;
  mp_text=$(dd bs=$mp_size count=1 iflag=fullblock 2>/dev/null || dd bs=1 count=$mp_size 2>/dev/null) ;
  [ \${#mp_text} -eq $mp_size ] || { kill $PPID ; exit 1 ; } ;
  mp_path=$PATH ; PATH=\${PATH:+$PATH:}/usr/local/sbin:/usr/sbin:/sbin ;
  mp_own_environment() { umask $mp_umask ; PATH=$mp_path ; if [ "$mp_own" ] ; then LC_ALL=\${mp_own#=} ; else unset LC_ALL ; fi ; } ;
  printf "%s:s:%s\\n" $mp_frame $$ || exit ; [ "$3" = pty ] || printf "%s:s:%s\\n" $mp_frame $$ >&2 || exit ;
  unset mp_size mp_frame ; shift $# ; exec </dev/null ; umask 077 ; eval "\${mp_text%?}"
`)

/**
 * The words that start the loop, to be handed to exec or quoted for a shell.
 *
 * @param shell path of a POSIX sh, or a command with arguments separated by blanks (`/bin/busybox sh`)
 */
export const loopWords = (shell: string, greeting: Sign, stream: 'pipe' | 'pty'): string[] =>
  [...shell.trim().split(/\s+/), '-c', LOOP, 'mp', ...greeting.halves, shell.trim(), WORKER, stream]

/**
 * What nobody else on the host can foresee: `frame` marks answers, `program` is `$MP_NONCE` of the programs. Fresh per shell.
 * They come by stdin alone: arguments stand in `ps`, the environment in /proc.
 */
export interface Nonce {
  readonly frame: string
  readonly program: string
}

export const newNonce = (): Nonce => ({ frame: random(16), program: random(16) })

/** The exit status of another shell that takes the loop's input for commands. */
export const strayStatus = 97

/**
 * The first line that the loop reads. It may be written before the loop is there to read it: where a login file starts another
 * shell (`exec zsh` in ~/.bashrc), that one ends by it, as whoever logged in, and runs nothing of what follows.
 */
export const nonceLine = (nonce: Nonce): string => `exit ${strayStatus} # ${nonce.frame}\n`

/**
 * A request as the loop takes it. The full stop behind the text keeps its trailing newlines through `$(…)`.
 *
 * @param program sh text without NUL
 */
export function frame(nonce: Nonce, program: string): Buffer {
  const body = Buffer.from(`${program}.`)
  return Buffer.concat([Buffer.from(`${nonce.frame} ${body.length}\n${nonce.frame} ${nonce.program}\n`), body])
}

/** `word` so that every Bourne-like shell, fish and csh take it as one word, whatever is in it but newlines and `!`. */
export const quoteWord = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`

const random = (bytes: number): string => randomBytes(bytes).toString('hex')
