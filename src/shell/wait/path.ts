import { bytesAsText } from '../../core/byte-pattern.ts'
import type { WaitStep } from '../../host/step.ts'
import { digest, digestPrelude } from '../fact/digest.ts'
import { quote } from '../quote.ts'
import { readSections, sectionPrelude } from '../section.ts'
import { lookDeadline, searchIn, type Look, type Way } from './look.ts'

/**
 * A file. What is searched for in it is a Python expression, so the controller looks; the file travels again only when it is
 * another.
 */
export function lookAtPath({ path, state, search }: Extract<WaitStep['until'], { kind: 'path' }>, { connection, become }: Way): Look {
  const wanted = search !== undefined && state === 'present'
  let known = 'never seen'
  return async () => {
    const program = `${sectionPrelude}${wanted ? digestPrelude : ''}if [ -e ${quote(path)} ]; then
mp_section there
${wanted ? `mp_d=$(${digest.fingerprint!(path)})
mp_section digest; printf %s "$mp_d"
[ "$mp_d" = ${quote(known)} ] || { mp_section text; cat ${quote(path)} 2>/dev/null; mp_section end; }` : ':'}
else mp_section gone; ls -dL ${quote(path)} 2>&1 >/dev/null; fi
exit 0
`
    const answer = await connection.run({ ...(become && { as: become }), program, deadline: lookDeadline })
    const sections = readSections(answer.stdout)
    const there = sections.get('there') !== undefined
    if (state === 'absent') return there ? undefined : {}
    if (!there) {
      const error = sections.text('gone').trim().split(': ').at(-1) ?? ''
      return error === '' || error === 'No such file or directory' ? undefined : { error }
    }
    if (!wanted) return {}
    known = sections.text('digest')
    const text = sections.get('text')
    return text && searchIn(bytesAsText(text), search)
  }
}
