import { ProvisionError } from '../../core/error.ts'
import type { CommandLine, RunCommand } from '../commands.ts'
import { exitCodes } from '../../core/exit-codes.ts'
import { labDownCommand, labListCommand, labResetCommand, labSshCommand, labUpCommand, type LabUpFlags } from '../lab.ts'

/** Throw-away hosts on this machine. */
export const run: RunCommand = async line => {
  const [action = '', ...words] = line.arguments
  return (await actions[action]!(words, flagsOf(line))) ?? exitCodes.ok
}

const actions: { readonly [name: string]: (words: readonly string[], flags: LabUpFlags) => Promise<number | void> } = {
  up: (words, flags) => {
    const [count = '1'] = atMost(words, 1, 'up takes one number of hosts')
    if (!/^\d+$/.test(count)) throw new ProvisionError('wrong-use', `lab up takes a number of hosts, not ${count}`, { hint: 'For example: matrix-provision lab up 3' })
    return labUpCommand(Number(count), flags, print, note)
  },
  list: words => {
    atMost(words, 0, 'list takes nothing')
    return labListCommand(print)
  },
  ssh: ([host, ...command]) => {
    if (host === undefined) throw new ProvisionError('wrong-use', 'lab ssh needs a host', { hint: 'For example: matrix-provision lab ssh lab1' })
    return labSshCommand(host, command, print)
  },
  reset: (words, flags) => {
    if (words.length === 0) throw new ProvisionError('wrong-use', 'lab reset needs the hosts to make anew', { hint: 'For example: matrix-provision lab reset lab1 lab2' })
    return labResetCommand(words, flags, note)
  },
  down: words => {
    atMost(words, 0, 'down takes the whole lab down; it takes no names')
    return labDownCommand(note)
  },
}

const print = (line: string): void => void process.stdout.write(`${line}\n`)
const note = (line: string): void => void process.stderr.write(`${line}\n`)

const flagsOf = ({ flags }: CommandLine): LabUpFlags => ({
  ...(typeof flags.release === 'string' && { release: flags.release }),
  ...(flags.bare === true && { bare: true }),
  ...(flags.synapse === true && { synapse: true }),
})

function atMost(words: readonly string[], most: number, message: string): readonly string[] {
  if (words.length > most) throw new ProvisionError('wrong-use', `lab ${message}`)
  return words
}
