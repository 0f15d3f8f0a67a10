import { journalPrelude, parseHandlers } from '../journal.ts'
import { quote } from '../quote.ts'
import { observed, type FactReader } from './reader.ts'

export const pending: FactReader<'pending'> = {
  kind: 'pending',
  program: journals =>
    journalPrelude + journals.map((journal, index) => `mp_section 'pending ${index}'; mp_pending ${quote(journal)}\n`).join(''),
  parse: (sections, journals) => journals.map((_, index) => observed<'pending'>(parseHandlers(sections.text(`pending ${index}`)))),
}
