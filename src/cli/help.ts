import { exitCodes, exitMeanings } from '../core/exit-codes.ts'
import type { Argument, Command } from './commands.ts'
import { commands } from './commands.ts'
import { helpFlag, versionFlag, type Flag } from './flags.ts'

/** What `matrix-provision --help` says. */
export function programHelp(): string {
  const widest = Math.max(...commands.map(({ name }) => name.length))
  return [
    'Usage: matrix-provision COMMAND [ARGUMENTS] [FLAGS]',
    '',
    'Provisions Matrix homeservers behind Apache over SSH. Reads Ansible playbooks; needs nothing on the hosts but a shell.',
    '',
    'Commands:',
    ...commands.map(({ name, summary }) => `  ${name.padEnd(widest)}  ${summary}`),
    '',
    'Examples:',
    ...examples([
      ['matrix-provision plan playbooks/site.yml -i inventory.yml', 'see what would change'],
      ['matrix-provision apply playbooks/site.yml -i inventory.yml', 'change it'],
    ]),
    '',
    ...flagLines('Flags', [helpFlag, versionFlag]),
    '',
    'Exit codes:',
    ...Object.entries(exitMeanings).map(([name, meaning]) => `  ${String(exitCodes[name as keyof typeof exitCodes]).padStart(3)}  ${meaning.replaceAll('`', '')}`),
    '',
    'matrix-provision COMMAND --help tells all about a command.',
  ].flatMap(line => wrap(line)).join('\n')
}

/** What `matrix-provision COMMAND --help` says. */
export function commandHelp(command: Command): string {
  const groups = Map.groupBy([...command.flags, { ...helpFlag, group: command.flags.at(-1)?.group ?? helpFlag.group }], ({ group }) => group)
  return [
    `Usage: matrix-provision ${[command.name, ...command.arguments.map(argumentText), '[FLAGS]'].join(' ')}`,
    '',
    `${command.summary}.`,
    ...(command.about ?? []).flatMap(text => ['', text]),
    '',
    'Examples:',
    ...examples(command.examples),
    ...[...groups].flatMap(([group, flags]) => ['', ...flagLines(group, flags)]),
  ].flatMap(line => wrap(line)).join('\n')
}

/** `-i, --inventory PATH`, as help and messages name a flag. */
export function flagText(flag: Flag): string {
  const names = [...(flag.short ? [`-${flag.short}`] : []), `--${flag.name}`, ...(flag.alias ? [`--${flag.alias}`] : [])]
  return `${names.join(', ')}${flag.value ? ` ${flag.value}` : ''}`
}

const argumentText = ({ name, required, repeat }: Argument): string => (required ? `${name}${repeat ? '...' : ''}` : `[${name}${repeat ? '...' : ''}]`)

const examples = (all: Command['examples']): string[] => all.flatMap(([line, what]) => [`  ${line}`, `      ${what}`])

function flagLines(title: string, flags: readonly Flag[]): string[] {
  const texts = flags.map(flag => (flag.short ? flagText(flag) : `    ${flagText(flag)}`))
  return [`${title}:`, ...flags.flatMap((flag, index) => wrap(`  ${texts[index]!.padEnd(column - 4)}  ${flag.help}`, column))]
}

const column = 36

/** Lines of at most 100 characters; what is behind goes under `indent`. */
function wrap(line: string, indent = line.length - line.trimStart().length): string[] {
  if (line.length <= 100) return [line]
  const cut = line.lastIndexOf(' ', 100)
  return cut <= indent ? [line] : [line.slice(0, cut), ...wrap(`${' '.repeat(indent)}${line.slice(cut + 1)}`, indent)]
}
