import type { Account, Group } from '../../host/fact.ts'
import { quote, quoteAll } from '../quote.ts'
import { observed, type FactReader } from './reader.ts'

export const account: FactReader<'account'> = {
  kind: 'account',
  // Supplementary groups are listed with the group, so all groups are read once.
  program: names => `mp_section account; getent passwd ${quoteAll(names)}
mp_section 'account shadow'; getent shadow ${quoteAll(names)} 2>/dev/null
mp_section 'account groups'; getent group
`,
  parse(sections, names) {
    const lines = new Map(rows(sections.text('account')).map(row => [row[0], row]))
    const shadows = new Map(rows(sections.text('account shadow')).map(row => [row[0], row]))
    const groups = rows(sections.text('account groups'))
    return names.map(name => {
      const row = lines.get(name)
      if (!row) return observed<'account'>(null)
      const [, , uid, gid, comment = '', home = '', shell = ''] = row
      const shadow = shadows.get(name)
      const value: Account = {
        name, uid: Number(uid), gid: Number(gid), comment, home, shell,
        group: groups.find(group => group[2] === gid)?.[0] ?? String(gid),
        groups: groups.filter(group => members(group).includes(name)).map(group => group[0]!).sort(),
        password: shadow?.[1] ?? null,
        passwordMinimumDays: days(shadow?.[3]), passwordMaximumDays: days(shadow?.[4]), passwordWarnDays: days(shadow?.[5]), passwordInactiveDays: days(shadow?.[6]), expires: days(shadow?.[7]),
      }
      return observed<'account'>(value, row.join(':'))
    })
  },
  fingerprint: name => `getent passwd ${quote(name)}`,
}

export const group: FactReader<'group'> = {
  kind: 'group',
  program: names => `mp_section group; getent group ${quoteAll(names)}\n`,
  parse(sections, names) {
    const lines = rows(sections.text('group'))
    return names.map(name => {
      const row = lines.find(row => row[0] === name) ?? lines.find(row => row[2] === name)
      if (!row) return observed<'group'>(null)
      const value: Group = { name: row[0]!, gid: Number(row[2]), members: members(row) }
      return observed<'group'>(value, row.join(':'))
    })
  },
  fingerprint: name => `getent group ${quote(name)}`,
}

const rows = (text: string): string[][] => text.split('\n').filter(Boolean).map(line => line.split(':'))
const members = (row: readonly string[]): string[] => (row[3] ?? '').split(',').filter(Boolean)
const days = (field: string | undefined): number | null => (field === undefined || field === '' ? null : Number(field))
