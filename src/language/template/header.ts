import { ProvisionError } from '../../core/error.ts'
import { parseLiteral } from '../../core/literal.ts'
import { didYouMean } from '../../core/nearest.ts'
import type { Syntax } from './token.ts'

const settings: Readonly<Record<string, keyof Syntax>> = {
  trim_blocks: 'trimBlocks',
  lstrip_blocks: 'lstripBlocks',
  keep_trailing_newline: 'keepTrailingNewline',
  newline_sequence: 'newlineSequence',
  block_start_string: 'blockStart',
  block_end_string: 'blockEnd',
  variable_start_string: 'variableStart',
  variable_end_string: 'variableEnd',
  comment_start_string: 'commentStart',
  comment_end_string: 'commentEnd',
  line_statement_prefix: 'lineStatementPrefix',
  line_comment_prefix: 'lineCommentPrefix',
}

/** A template file without its first line where that says how it is written: `#jinja2: lstrip_blocks: True, …`. */
export function templateHeader(text: string, file: string): { readonly text: string; readonly firstLine: number; readonly syntax: Partial<Syntax> } {
  if (!text.startsWith('#jinja2:')) return { text, firstLine: 1, syntax: {} }
  const end = text.indexOf('\n')
  const line = end < 0 ? text : text.slice(0, end)
  const syntax: Record<string, unknown> = {}
  let column = '#jinja2:'.length
  for (const pair of line.slice(column).replace(/\r$/, '').split(',')) {
    const at = { file, line: 1, column: column + 1 + pair.length - pair.trimStart().length, endColumn: column + 1 + pair.trimEnd().length }
    const bad = (message: string, hint?: string): never => {
      throw new ProvisionError('template-syntax', message, { at, hint })
    }
    const [, name, written] = /^\s*(\w+)\s*:(.*)$/s.exec(pair) ?? bad(`failed to parse jinja2 override '${pair.trim()}': a setting is written name: value`, 'For instance #jinja2: trim_blocks: False, lstrip_blocks: True')
    const setting = settings[name!] ?? bad(`#jinja2: has no setting '${name}'`, didYouMean(name!, Object.keys(settings)))
    const value = parseLiteral(written!.trim())
    const wanted = /Blocks$|keep/.test(setting) ? 'boolean' : 'string'
    syntax[setting] = typeof value === wanted ? value : bad(`'${name}' must be ${wanted === 'boolean' ? 'True or False' : 'text in quotes'}`)
    column += pair.length + 1
  }
  return { text: end < 0 ? '' : text.slice(end + 1), firstLine: 2, syntax: syntax as Partial<Syntax> }
}
