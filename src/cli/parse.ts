import { Command as Parser, CommanderError, Option } from 'commander'
import { ProvisionError } from '../core/error.ts'
import { didYouMean } from '../core/nearest.ts'
import { commands, type Command, type CommandLine, type FlagValues } from './commands.ts'
import { foreignFlags, helpFlag, versionFlag, type Flag } from './flags.ts'
import { flagText } from './help.ts'

/**
 * A command line as values.
 *
 * @param argv without the program's own name; its first word is a command's name
 * @throws ProvisionError `wrong-use`, with the nearest name where one was mistyped
 */
export function parse(argv: readonly string[]): CommandLine {
  const [name = '', ...rest] = argv
  const command = commands.find(candidate => candidate.name === name)
  if (!command) throw unknownCommand(name, rest)
  const parser = parserOf(command)
  try {
    parser.parse(rest, { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError) throw translated(error, command)
    throw error
  }
  const words = parser.args
  for (const [index, argument] of command.arguments.entries()) checkChoice(words[index], argument.choices, argument.name, command)
  const options = parser.optsWithGlobals<{ [key: string]: unknown }>()
  const flags = Object.fromEntries(command.flags.flatMap(flag => (options[key(flag)] === undefined ? [] : [[flag.name, options[key(flag)]]]))) as FlagValues
  return { command: name, arguments: words, flags, verbosity: Math.min(4, Number(options.verbose ?? 0)) }
}

function parserOf(command: Command): Parser {
  const parser = new Parser(`matrix-provision ${command.name}`)
    .exitOverride()
    .configureOutput({ writeErr: () => {}, writeOut: () => {}, outputError: () => {} })
    .helpOption(false)
    .showSuggestionAfterError(false)
  for (const flag of command.flags) parser.addOption(optionOf(flag))
  for (const { name, required, repeat } of command.arguments) parser.argument(required ? `<${name}${repeat ? '...' : ''}>` : `[${name}${repeat ? '...' : ''}]`)
  return parser
}

function optionOf(flag: Flag): Option {
  const long = flag.alias ? `--${flag.alias}, --${flag.name}` : `${flag.short ? `-${flag.short}, ` : ''}--${flag.name}`
  const option = new Option(flag.value ? `${long} <${flag.value}>` : long)
  // Read as a switch of its own, not as what turns another one off.
  if (flag.name.startsWith('no-')) option.negate = false
  option.attributeName = () => key(flag)
  if (flag.choices) option.choices(flag.choices)
  if (flag.name === 'verbose') option.argParser((_value, times: unknown) => Number(times ?? 0) + 1)
  else if (flag.repeat) option.argParser((value: string, before: unknown) => [...((before as string[] | undefined) ?? []), value])
  return option
}

const key = ({ name }: Flag): string => name

function unknownCommand(name: string, rest: readonly string[]): ProvisionError {
  if (/\.ya?ml$/.test(name))
    return new ProvisionError('wrong-use', `${name} is no command`, { hint: `To see what it would change: matrix-provision plan ${[name, ...rest].join(' ')}` })
  const flag = name.startsWith('-')
  const nearest = flag ? undefined : didYouMean(name, commands.map(command => command.name), near => `matrix-provision ${near}`)
  return new ProvisionError('wrong-use', flag ? `A command must come before ${name}` : `${name} is no command`, {
    hint: nearest ?? `Commands: ${commands.map(command => command.name).join(', ')}. matrix-provision --help tells more.`,
  })
}

/** Commander's message in our words, with what would be right. */
function translated(error: CommanderError, command: Command): ProvisionError {
  const quoted = /'([^']*)'/.exec(error.message)?.[1] ?? ''
  const wrong = (message: string, hint = `matrix-provision ${command.name} --help tells what it takes.`) => new ProvisionError('wrong-use', message, { hint })
  if (error.code === 'commander.unknownOption') return unknownFlag(quoted, command)
  if (error.code === 'commander.missingArgument') return wrong(`${command.name} needs ${article(quoted)}`, `For example: ${command.examples[0]![0]}`)
  if (error.code === 'commander.optionMissingArgument') return wrong(`${flagOf(quoted, command)} needs a value`)
  if (error.code === 'commander.excessArguments') return wrong(`${command.name} takes no further arguments`)
  if (error.code === 'commander.invalidArgument') {
    const flag = command.flags.find(candidate => quoted.includes(`--${candidate.name}`))
    const given = /argument '([^']*)' is invalid/.exec(error.message)?.[1] ?? ''
    if (flag?.choices) return wrong(`--${flag.name} cannot be ${given}`, didYouMean(given, flag.choices) ?? `It can be ${flag.choices.join(', ')}.`)
  }
  return wrong(error.message.replace(/^error: /, ''))
}

function unknownFlag(given: string, command: Command): ProvisionError {
  const bare = given.replace(/^--?/, '').replace(/=.*$/s, '')
  const flag = given.startsWith('--') ? `--${bare}` : given
  if (foreignFlags.includes(bare)) return new ProvisionError('unsupported', `ansible-playbook knows ${flag}, matrix-provision does not`)
  if (command.name === 'plan' && (bare === 'check' || bare === 'C')) return new ProvisionError('wrong-use', `plan has no flag ${flag}`, { hint: 'It never changes anything: leave the flag out.' })
  const elsewhere = commands.filter(other => other.flags.some(candidate => candidate.name === bare || candidate.short === bare))
  if (elsewhere.length > 0) return new ProvisionError('wrong-use', `${command.name} has no flag ${flag}`, { hint: `matrix-provision ${elsewhere[0]!.name} has it.` })
  const names = [...command.flags, helpFlag, versionFlag].flatMap(({ name, alias }) => (alias ? [name, alias] : [name]))
  return new ProvisionError('wrong-use', `${command.name} has no flag ${flag}`, {
    hint: didYouMean(bare, names, near => `--${near}`) ?? `matrix-provision ${command.name} --help tells which it has.`,
  })
}

function checkChoice(given: string | undefined, choices: readonly string[] | undefined, name: string, command: Command): void {
  if (given === undefined || !choices || choices.includes(given)) return
  throw new ProvisionError('wrong-use', `${command.name}: ${given} is no ${name.toLowerCase()}`, { hint: didYouMean(given, choices) ?? `It can be ${choices.join(', ')}.` })
}

const flagOf = (commanderText: string, command: Command): string => {
  const flag = command.flags.find(({ name }) => commanderText.includes(`--${name}`))
  return flag ? flagText(flag) : commanderText
}

const article = (argument: string): string => `${/^[AEIOU]/.test(argument) ? 'an' : 'a'} ${argument.toLowerCase()}`
