import { gatheredProgram, parseGathered } from './gathered.ts'
import { observed, type FactReader } from './reader.ts'

export const gathered: FactReader<'gathered'> = {
  kind: 'gathered',
  program: keys => keys.map((key, index) => `mp_section 'gathered ${index}'\n( ${gatheredProgram(key || undefined)}\n) 2>/dev/null\n`).join(''),
  parse: (sections, keys) => keys.map((_, index) => observed<'gathered'>(parseGathered(sections.text(`gathered ${index}`)))),
}
