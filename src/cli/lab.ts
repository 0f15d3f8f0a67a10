import type { LabHost, Release } from '../lab/lab.ts'

/** Shows a line to the user. */
type Say = (line: string) => void

export interface LabUpFlags {
  readonly release?: string
  readonly bare?: boolean
  readonly synapse?: boolean
}

/** `lab up N`: progress goes to `note`, the path of the inventory, alone, to `print`. */
export async function labUpCommand(count: number, { release, bare, synapse }: LabUpFlags, print: Say, note: Say): Promise<void> {
  const { labUp } = await import('../lab/lab.ts')
  const lab = await labUp(count, { release: release as Release | undefined, bare, synapse, onProgress: note })
  print(lab.inventory)
}

/** `lab down` */
export async function labDownCommand(note: Say): Promise<void> {
  const { labDown } = await import('../lab/lab.ts')
  await labDown(note)
}

/** `lab list` */
export async function labListCommand(print: Say): Promise<void> {
  const { labList, users } = await import('../lab/lab.ts')
  const hosts = await labList()
  if (hosts.length === 0) return print('There is no lab. Start one with: matrix-provision lab up 2')
  for (const line of table(hosts)) print(line)
  print('')
  for (const user of users) print(`${user.name.padEnd(9)} ${user.rights}${'password' in user ? ` (password: ${user.password})` : ''}`)
}

/** `lab reset NAME…`; what is not said stays as it was. */
export async function labResetCommand(names: readonly string[], { release, bare, synapse }: LabUpFlags, note: Say): Promise<void> {
  const { labReset } = await import('../lab/lab.ts')
  await labReset(names, { release: release as Release | undefined, bare, synapse }, note)
}

/** `lab ssh [USER@]NAME [COMMAND…]`. @returns the exit status */
export async function labSshCommand(name: string, args: readonly string[], print: Say): Promise<number> {
  const { labSsh } = await import('../lab/lab.ts')
  const outcome = await labSsh(name, args)
  if ('status' in outcome) return outcome.status
  print(outcome.command)
  return 0
}

function table(hosts: readonly LabHost[]): string[] {
  const rows = hosts.map(({ name, state, ssh, address6, release, bare, synapse }) => [
    name,
    state,
    ssh.port === 22 ? ssh.address : `${ssh.address}:${ssh.port}`,
    address6,
    `${release}${bare ? ', without Apache' : ''}${synapse ? ', with Synapse' : ''}`,
  ])
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0))) ?? []
  return rows.map(row => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd())
}
