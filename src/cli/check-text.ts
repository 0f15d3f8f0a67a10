import { groups } from '../federation/check/catalogue.ts'
import type { Check, Fault } from '../federation/check.ts'

const vantages = { controller: 'over the network', host: 'on the host', probe: 'with a probe' }

/** All checks, a line each, as `doc checks` shows them. */
export const checksText = (checks: readonly Check[]): string =>
  groupsOf(checks).map(([title, members]) => [title, ...members.map(({ id, title }) => `  ${id.padEnd(8)} ${title}`)].join('\n')).join('\n\n')

/** All about one check, as `doc HTTP-06` shows it. */
export function checkText(check: Check): string {
  const faults = Object.entries(check.faults).flatMap(([kind, fault]) => ['', `${fault.severity} ${kind}: ${fault.means}`, ...known(fault).map(([label, text]) => `    ${`${label}:`.padEnd(11)} ${text}`)])
  return [`${check.id}: ${check.title}`, '', `Looks ${howOf(check)}.`, ...faults].join('\n')
}

/** The catalogue as Markdown; `docs/checks.md` is this text. */
export const checksMarkdown = (checks: readonly Check[]): string =>
  [
    '# Checks of federation',
    '',
    'Written by `matrix-provision doc checks --output markdown` from the checks themselves. How they are made, and what else',
    '`matrix-provision verify` says: [verify.md](verify.md).',
    '',
    'Errors break federation or log-in for somebody, warnings will or may, infos are worth knowing. A check and the words for what',
    'it finds never change their meaning; new ones come.',
    ...groupsOf(checks).flatMap(([title, members]) => ['', `## ${title}`, ...members.flatMap(checkMarkdown)]),
  ].join('\n')

function checkMarkdown(check: Check): string[] {
  const rows = Object.entries(check.faults).flatMap(([kind, fault]) => {
    const more = known(fault).map(([label, text]) => `${label}: ${text}`)
    return [`- ${fault.severity} \`${kind}\`: ${fault.means}.`, ...more.map(text => `  - ${text}`)]
  })
  return ['', `### ${check.id}`, '', `${check.title}. Looks ${howOf(check)}.`, '', ...rows].map(line => line.replaceAll('<', '\\<'))
}

const howOf = ({ vantage, active }: Check) => `${vantages[vantage]}${active ? ', with requests that are sent to own servers only, or with `--active`' : ''}`

const known = ({ cause, users, fix, ours }: Fault): readonly (readonly [label: string, text: string])[] =>
  ([['cause', cause], ['for users', users], ['fix', fix], ['ours', ours]] as const).filter((one): one is readonly [typeof one[0], string] => one[1] !== undefined)

function groupsOf(checks: readonly Check[]): readonly (readonly [title: string, members: readonly Check[]])[] {
  return groups.map(([prefix, title]) => [title, checks.filter(({ id }) => id.startsWith(`${prefix}-`))] as const).filter(([, members]) => members.length > 0)
}
