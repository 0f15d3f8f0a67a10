import { catalogue } from '../../../src/federation/check/catalogue.ts'
import type { Fault } from './fault.ts'
import { faults } from './faults.ts'
import { healthySetups } from './healthy.ts'

const [begin, end] = ['<!-- Written by npm run docs: -->\n', '<!-- . -->\n'] as const

/** docs/verify.md with what is tried here in its place. */
export function withTables(text: string): string {
  const [before, rest] = text.split(begin)
  const after = rest?.split(end)[1]
  if (after === undefined) throw new Error(`docs/verify.md has no place for the tables: ${begin.trim()} and ${end.trim()}`)
  return `${before}${begin}${tables()}${end}${after}`
}

const tables = (): string => `
${faults.length} faults are injected; each is named by its check, ${faults.filter(({ line }) => line).length} of them with the line that is to blame.

| Fault | Users notice | Check | Fix |
|---|---|---|---|
${faults.map(row).join('')}
${healthySetups.length} set-ups that are unusual and healthy raise no alarm:

${healthySetups.map(({ unusual }) => `- ${unusual}\n`).join('')}`

function row({ broken, expect: [id, kind] }: Fault): string {
  const known = catalogue.find(check => check.id === id)?.faults[kind]
  if (!known) throw new Error(`No check ${id} finds ${kind}`)
  const check = `[${id}](checks.md#${id.toLowerCase()}) ${kind} (${known.severity})`
  return `| ${sentence(broken)} | ${escaped(known.users ?? 'nothing yet')} | ${check} | ${escaped(known.fix ?? '')} |\n`
}

const sentence = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1)

/** Nothing in it means anything in Markdown. */
const escaped = (text: string): string => text.replaceAll(/[\\|<>*_]/g, '\\$&')
