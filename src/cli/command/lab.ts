import { ProvisionError } from '../../core/error.ts'
import type { LabHost, Release } from '../../lab/lab.ts'
import type { CommandLine, RunCommand } from '../commands.ts'
import { exitCodes } from '../exit-codes.ts'

type Action = (line: CommandLine, words: readonly string[]) => Promise<number>

/** Throw-away hosts on this machine. */
export const run: RunCommand = line => {
  const [action = '', ...words] = line.arguments
  return actions[action]!(line, words)
}

const actions: { readonly [name: string]: Action } = {
  up: async (line, words) => {
    const [count = '1'] = atMost(words, 1, 'up takes one number of hosts')
    if (!/^\d+$/.test(count)) throw new ProvisionError('wrong-use', `lab up takes a number of hosts, not ${count}`, { hint: 'For example: matrix-provision lab up 3' })
    const { labUp } = await import('../../lab/lab.ts')
    const { hosts, inventory } = await labUp(Number(count), { ...variant(line), onProgress })
    showHosts(hosts)
    const { relative } = await import('node:path')
    process.stdout.write(`\nReach them with -i ${relative('.', inventory)}, or log in: matrix-provision lab ssh ${hosts[0]?.name ?? 'lab1'}\n`)
    return exitCodes.ok
  },
  list: async (_line, words) => {
    atMost(words, 0, 'list takes nothing')
    const { labList } = await import('../../lab/lab.ts')
    showHosts(await labList())
    return exitCodes.ok
  },
  ssh: async (_line, [host, ...command]) => {
    if (host === undefined) throw new ProvisionError('wrong-use', 'lab ssh needs a host', { hint: 'For example: matrix-provision lab ssh lab1' })
    const { labSsh } = await import('../../lab/lab.ts')
    const outcome = await labSsh(host, command)
    if ('status' in outcome) return outcome.status
    process.stdout.write(`There is no ssh on this machine. Where there is one, this logs in:\n  ${outcome.command}\n`)
    return exitCodes.wrongUse
  },
  reset: async (line, words) => {
    if (words.length === 0) throw new ProvisionError('wrong-use', 'lab reset needs the hosts to make anew', { hint: 'For example: matrix-provision lab reset lab1 lab2' })
    const { labReset } = await import('../../lab/lab.ts')
    showHosts(await labReset(words, variant(line), onProgress))
    return exitCodes.ok
  },
  down: async (_line, words) => {
    atMost(words, 0, 'down takes the whole lab down; it takes no names')
    const { labDown } = await import('../../lab/lab.ts')
    await labDown(onProgress)
    return exitCodes.ok
  },
}

const onProgress = (text: string): void => void process.stderr.write(`${text}\n`)

/** What differs from the usual: only what was asked for. */
const variant = ({ flags }: CommandLine): { release?: Release; bare?: boolean } => ({
  ...(flags.release !== undefined && { release: flags.release as Release }),
  ...(flags.bare === true && { bare: true }),
})

function atMost(words: readonly string[], most: number, message: string): readonly string[] {
  if (words.length > most) throw new ProvisionError('wrong-use', `lab ${message}`)
  return words
}

function showHosts(hosts: readonly LabHost[]): void {
  if (hosts.length === 0) {
    process.stdout.write('There is no lab. Start one with matrix-provision lab up.\n')
    return
  }
  const rows = hosts.map(({ name, state, release, bare, ssh }) => [name, state, `${ssh.address}:${ssh.port}`, `${release}${bare ? ', no Apache' : ''}`])
  const widths = [0, 1, 2].map(column => Math.max(...rows.map(row => row[column]!.length)))
  for (const row of rows) process.stdout.write(`${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd()}\n`)
}
