import { createHash } from 'node:crypto'
import { FactFailure } from '../../host/fact.ts'
import { quote } from '../quote.ts'
import { digest } from './digest.ts'
import { observed, type FactReader } from './reader.ts'

export const content: FactReader<'content'> = {
  kind: 'content',
  program: paths =>
    paths
      .map(
        (path, index) => `if [ -f ${quote(path)} ]; then
if [ -r ${quote(path)} ]; then mp_section 'content ${index}'; cat ${quote(path)}; else mp_section 'content denied ${index}'; fi
fi
`,
      )
      .join(''),
  parse: (sections, paths) =>
    paths.map((path, index) => {
      if (sections.get(`content denied ${index}`))
        return { value: new FactFailure({ kind: 'content', key: path }, `${path} cannot be read: permission denied`), fingerprint: '' }
      const bytes = sections.get(`content ${index}`)
      if (!bytes) return observed<'content'>(null)
      return observed<'content'>(Uint8Array.from(bytes), createHash('sha256').update(bytes).digest('hex'))
    }),
  fingerprint: path => digest.fingerprint!(path),
}
