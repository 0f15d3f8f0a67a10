import { gatheredProgram, parseGathered } from './gathered.ts'
import { observed, type FactReader } from './reader.ts'

export const gathered: FactReader<'gathered'> = {
  kind: 'gathered',
  program: () => `mp_section gathered\n( ${gatheredProgram}\n) 2>/dev/null\n`,
  parse: (sections, keys) => keys.map(() => observed<'gathered'>(parseGathered(sections.text('gathered')))),
}
