import type { Finding } from './check.ts'

/** What is said of a finding beneath its message, each with its label, in the order in which a person asks. */
export function findingLines({ asked, answered, control, cause, where, users, fix, ours }: Finding): readonly (readonly [label: string, text: string])[] {
  const exchange: (readonly [string, string | undefined])[] = asked !== undefined && answered !== undefined ? [['asked', `${asked} → ${answered}`]] : [['asked', asked], ['answered', answered]]
  const place = where && `${where.file}${where.line === undefined ? '' : `:${where.line}`} on ${where.host}`
  const lines: (readonly [string, string | undefined])[] = [...exchange, ['control', control], ['cause', cause], [cause === undefined ? 'cause' : '', place], ['for users', users], ['fix', fix], [fix === undefined ? 'fix' : '', ours && doneByUs(ours, where?.host)]]
  return lines.filter((line): line is readonly [string, string] => line[1] !== undefined)
}

/** `playbooks/site.yml (matrix_fqdn)` as what to type. */
function doneByUs(ours: string, host: string | undefined): string {
  const [, playbook, variables] = /^(\S+\.yml)(?: \((.*)\))?$/.exec(ours) ?? []
  if (playbook === undefined) return `or: the module ${ours}`
  return `or: matrix-provision apply ${playbook}${host === undefined ? '' : ` -l ${host}`}${variables === undefined ? '' : `, with ${variables}`}`
}
