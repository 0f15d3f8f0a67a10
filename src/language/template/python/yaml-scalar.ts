/** Which styles a text may be written in, as PyYAML and libyaml decide. */
export interface ScalarStyles {
  readonly multiline: boolean
  readonly plainInFlow: boolean
  readonly plainInBlock: boolean
  readonly singleQuoted: boolean
  readonly literal: boolean
}

const breaks = '\n\x85\u2028\u2029'
const isBlank = (character: string | undefined): boolean => character === undefined || `\0 \t\r${breaks}`.includes(character)

const isSpecial = (character: string): boolean => {
  const code = character.codePointAt(0)!
  const printable = (code >= 0x20 && code <= 0x7e) || code === 0x0a || code === 0x85 || (code >= 0xa0 && code <= 0xd7ff) || (code >= 0xe000 && code <= 0xfffd)
  return !printable || code === 0xfeff
}

export function scalarStyles(text: string): ScalarStyles {
  if (text === '') return { multiline: false, plainInFlow: false, plainInBlock: true, singleQuoted: true, literal: false }
  const characters = Array.from(text)
  let blockIndicators = /^(?:---|\.\.\.)/.test(text)
  let flowIndicators = blockIndicators
  characters.forEach((character, at) => {
    const before = at === 0 || isBlank(characters[at - 1])
    const behind = isBlank(characters[at + 1])
    if (at === 0) {
      if ('#,[]{}&*!|>\'"%@`'.includes(character)) flowIndicators = blockIndicators = true
      if ('?:'.includes(character)) flowIndicators = true
      if ('?:-'.includes(character) && behind) flowIndicators = blockIndicators = true
    } else {
      if (',?[]{}:'.includes(character)) flowIndicators = true
      if ((character === ':' && behind) || (character === '#' && before)) flowIndicators = blockIndicators = true
    }
  })
  const multiline = characters.some(character => breaks.includes(character))
  const edgeBlank = /^[ \n\x85\u2028\u2029]|[ \n\x85\u2028\u2029]$/.test(text)
  const blankBehindBreak = /[\n\x85\u2028\u2029] /.test(text)
  const breakBehindBlank = / [\n\x85\u2028\u2029]/.test(text)
  const unsafe = breakBehindBlank || characters.some(isSpecial)
  const plain = !edgeBlank && !blankBehindBreak && !unsafe && !multiline
  return {
    multiline,
    plainInFlow: plain && !flowIndicators,
    plainInBlock: plain && !blockIndicators,
    singleQuoted: !blankBehindBreak && !unsafe,
    literal: !text.endsWith(' ') && !unsafe,
  }
}

const resolved: readonly RegExp[] = [
  /^(?:yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$/,
  /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/,
  /^(?:[-+]?0b[0-1_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+)$/,
  /^(?:~|null|Null|NULL|)$/,
  /^(?:[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{4}-[0-9][0-9]?-[0-9][0-9]?(?:[Tt]|[ \t]+)[0-9][0-9]?:[0-9]{2}:[0-9]{2}(?:\.[0-9]*)?(?:[ \t]*(?:Z|[-+][0-9][0-9]?(?::[0-9]{2})?))?)$/,
  /^(?:<<|=|!|&|\*)$/,
]

/** Whether plain text would be read back as something else than text. */
export const readsAsOther = (text: string): boolean => resolved.some(form => form.test(text))
