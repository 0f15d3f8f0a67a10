import { journalPrelude, listNotes, parseNotes } from '../journal.ts'
import { observed, type FactReader } from './reader.ts'

export const pending: FactReader<'pending'> = {
  kind: 'pending',
  program: () => `${journalPrelude}mp_section pending\n${listNotes}`,
  parse: (sections, keys) => keys.map(() => observed<'pending'>(parseNotes(sections.text('pending')))),
}
