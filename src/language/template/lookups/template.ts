import { isUnknown, UnknownReached } from '../../../core/unknown.ts'
import type { Raw } from '../../../core/value.ts'
import { aboutFile } from '../about-file.ts'
import { readText } from '../files.ts'
import { saysYes } from '../filters/values.ts'
import { literal } from '../native.ts'
import { dictionaryOf, textOf } from '../python/convert.ts'
import { str } from '../python/text.ts'
import { settle } from '../settle.ts'
import type { Thing } from '../thing.ts'
import type { Syntax } from '../token.ts'
import { foundFile } from './files.ts'
import { lookup, type Lookups } from './lookup.ts'

const delimiters = { variable_start_string: 'variableStart', variable_end_string: 'variableEnd', comment_start_string: 'commentStart', comment_end_string: 'commentEnd' } as const satisfies Record<string, keyof Syntax>

/** The text of a template file; one that looks like a list or dictionary is given as such. */
export const templateLookups: Lookups = {
  template: lookup('convert_data? template_vars? jinja2_native? variable_start_string? variable_end_string? comment_start_string? comment_end_string? trim_blocks? lstrip_blocks?', (terms, options, context) =>
    terms.map(term => {
      const name = textOf(term, 'the name of a template')
      const path = foundFile(name, 'templates', context)
      const own = options.template_vars === undefined ? [] : Array.from(dictionaryOf(options.template_vars, 'template_vars'), ([key, value]) => [str(key), settle(value)] as const)
      const variables = new Map<string, Raw>([...aboutFile(name, path), ...own])
      const text = context.renderWith(variables, readText(path, context.environment), path, syntax(options))
      if (isUnknown(text)) throw new UnknownReached(text)
      return saysYes(options.convert_data ?? true) === true ? literal(text as string) : (text as string)
    })),
}

function syntax(options: { readonly [name: string]: Thing | undefined }): Partial<Syntax> {
  const changes: Record<string, unknown> = {}
  for (const [name, field] of Object.entries(delimiters)) if (options[name] !== undefined && options[name] !== null) changes[field] = str(options[name])
  if (options['trim_blocks'] !== undefined) changes['trimBlocks'] = saysYes(options['trim_blocks']) === true
  if (options['lstrip_blocks'] !== undefined) changes['lstripBlocks'] = saysYes(options['lstrip_blocks']) === true
  return changes as Partial<Syntax>
}
