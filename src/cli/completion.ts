import { commands, type Argument, type Command } from './commands.ts'
import { helpFlag, type Flag } from './flags.ts'

export type Shell = 'bash' | 'zsh' | 'fish'

/** A script that completes commands, flags, their values and files, made from the declarations. */
export const completionScript = (shell: Shell): string => ({ bash, zsh, fish })[shell]()

const flagsOf = (command: Command): readonly Flag[] => [...command.flags, helpFlag]
const spellings = ({ name, short, alias }: Flag): string[] => [...(short ? [`-${short}`] : []), `--${name}`, ...(alias ? [`--${alias}`] : [])]
const takesFiles = (command: Command): boolean => command.arguments.some(({ completes }) => completes === 'file')
const firstChoices = (command: Command): readonly string[] => command.arguments[0]?.choices ?? []
const takesModule = ({ completes }: Argument): boolean => completes === 'module'

/** Module names come from the program itself when they are asked for. */
const moduleNames = `matrix-provision doc --output plain 2>/dev/null | sed -n 's/^  \\([a-z0-9_]*\\) .*/\\1/p'`

function bash(): string {
  const cases = commands.map(command => {
    const withValue = command.flags.filter(({ value }) => value)
    const values = withValue.map(flag => `        ${spellings(flag).join('|')}) ${flag.choices ? words(flag.choices.join(' ')) : flag.completes === 'file' ? 'COMPREPLY=($(compgen -f -- "$cur"))' : 'COMPREPLY=()'}; return ;;`)
    const rest = takesFiles(command) ? 'COMPREPLY=($(compgen -f -- "$cur"))' : command.arguments.some(takesModule) ? words(`$(${moduleNames})`) : words(firstChoices(command).join(' '))
    return [
      `    ${command.name})`,
      ...(values.length > 0 ? ['      case $prev in', ...values, '      esac'] : []),
      `      if [[ $cur == -* ]]; then ${words(flagsOf(command).flatMap(spellings).join(' '))}; else ${rest}; fi ;;`,
    ].join('\n')
  })
  return `# bash completion for matrix-provision
_matrix_provision() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]}
  if ((COMP_CWORD == 1)); then ${words([...commands.map(({ name }) => name), 'help', '--help', '--version'].join(' '))}; return; fi
  case \${COMP_WORDS[1]} in
${cases.join('\n')}
    help) ${words(commands.map(({ name }) => name).join(' '))} ;;
  esac
}
complete -o filenames -F _matrix_provision matrix-provision
`
}

const words = (list: string): string => `COMPREPLY=($(compgen -W "${list}" -- "$cur"))`

function zsh(): string {
  const cases = commands.map(command => {
    const positional = takesFiles(command) ? ["'*:playbook:_files'"]
      : command.arguments.some(takesModule) ? [`"1:module:($(${moduleNames}))"`]
      : firstChoices(command).length > 0 ? [`'1:${command.arguments[0]!.name.toLowerCase()}:(${firstChoices(command).join(' ')})'`] : []
    return `    ${command.name}) _arguments -s ${[...flagsOf(command).map(zshFlag), ...positional].join(' \\\n      ')} ;;`
  })
  return `#compdef matrix-provision
_matrix_provision() {
  if ((CURRENT == 2)); then
    local -a commands=(${commands.map(({ name, summary }) => single(`${name}:${summary}`)).join(' ')})
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  ((CURRENT--))
  case $command in
${cases.join('\n')}
  esac
}
# Read with source it registers itself; from a directory of $fpath it is the completion.
if [[ $funcstack[1] == _matrix-provision ]]; then _matrix_provision "$@"; else compdef _matrix_provision matrix-provision; fi
`
}

function zshFlag(flag: Flag): string {
  const told = `[${flag.help.replaceAll(/[[\]:\\]/g, '\\$&')}]`
  const value = flag.value ? `:${flag.value.toLowerCase()}:${flag.choices ? `(${flag.choices.join(' ')})` : flag.completes === 'file' ? '_files' : ''}` : ''
  const all = spellings(flag)
  const front = flag.repeat ? single('*') : all.length > 1 ? single(`(${all.join(' ')})`) : ''
  return `${front}${all.length > 1 ? `{${all.join(',')}}` : all[0]}${single(`${told}${value}`)}`
}

function fish(): string {
  const none = "not __fish_seen_subcommand_from " + commands.map(({ name }) => name).join(' ')
  return [
    '# fish completion for matrix-provision',
    'complete -c matrix-provision -f',
    ...commands.map(({ name, summary }) => `complete -c matrix-provision -n ${fishText(none)} -a ${name} -d ${fishText(summary)}`),
    ...commands.flatMap(command => {
      const seen = `complete -c matrix-provision -n ${fishText(`__fish_seen_subcommand_from ${command.name}`)}`
      const positional = takesFiles(command) ? [`${seen} -F`] : command.arguments.some(takesModule) ? [`${seen} -a "(${moduleNames})"`] : firstChoices(command).length > 0 ? [`${seen} -a ${fishText(firstChoices(command).join(' '))}`] : []
      return [...flagsOf(command).map(flag => `${seen} ${fishFlag(flag)}`), ...positional]
    }),
    '',
  ].join('\n')
}

function fishFlag(flag: Flag): string {
  const values = flag.choices ? ` -x -a ${fishText(flag.choices.join(' '))}` : flag.completes === 'file' ? ' -r -F' : flag.value ? ' -x' : ''
  return `${flag.short ? `-s ${flag.short} ` : ''}-l ${flag.name}${flag.alias ? ` -l ${flag.alias}` : ''}${values} -d ${fishText(flag.help)}`
}

const single = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`
const fishText = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
