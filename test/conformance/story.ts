/** What one host, or one item of a loop on it, made of a task; from our events or from Ansible's callbacks. */
export interface Told {
  readonly task: string
  readonly module: string
  readonly host: string
  /** The item's label, where this is one round of a loop. */
  readonly item?: unknown
  readonly status: string
  readonly ignored: boolean
  readonly result: { readonly [name: string]: unknown }
}

/** A run as it is compared: one line a result, hosts of a task in the order of their names. */
export function storyOf(told: readonly Told[], directory: string): string[] {
  const groups: Told[][] = []
  for (const one of told) {
    const last = groups.at(-1)
    if (last?.[0]!.task === one.task) last.push(one)
    else groups.push([one])
  }
  const ordered = groups.flatMap(group => group.toSorted((a, b) => (a.host < b.host ? -1 : a.host > b.host ? 1 : 0)))
  return ordered.map(one => lineOf(one).replaceAll(directory, 'DIR'))
}

const lineOf = ({ task, host, item, status, ignored, module, result }: Told): string =>
  `${host} | ${task}${item === undefined ? '' : ` [${typeof item === 'string' ? item : JSON.stringify(item)}]`} | ${status}${ignored ? ' (ignored)' : ''}${saying(module, status, result) ? said(result) : ''}`

/** What these say is the playbook's own; what others say of a host, or of a mistake, is not compared here. */
const saying = (module: string, status: string, { assertion }: Told['result']): boolean =>
  (module === 'debug' && status === 'ok') || (status === 'failed' && (module === 'fail' || assertion !== undefined))

const bookkeeping = /^(_ansible_.*|changed|failed|skipped|failed_when_result|skip_reason|skipped_reason|false_condition|ansible_loop_var|ansible_index_var|ansible_loop|attempts|evaluated_to|assertion|results|warnings|exception)$/

function said({ ...result }: { [name: string]: unknown }): string {
  if (result.skipped === true || result.results !== undefined) return ''
  for (const key of [result.ansible_loop_var, result.ansible_index_var]) if (typeof key === 'string') delete result[key]
  const words = Object.entries(result).filter(([key]) => !bookkeeping.test(key))
  if (words.length === 0) return ''
  return ` | ${JSON.stringify(words.length === 1 && words[0]![0] === 'msg' ? words[0]![1] : Object.fromEntries(words.sort(([a], [b]) => (a < b ? -1 : 1))))}`
}

/** Ansible's counts as it prints them. */
export const recapLine = (recap: { readonly [name: string]: number }): string =>
  `ok=${recap.ok} changed=${recap.changed} unreachable=${recap.unreachable} failed=${recap.failed ?? recap.failures} skipped=${recap.skipped} rescued=${recap.rescued} ignored=${recap.ignored}`
