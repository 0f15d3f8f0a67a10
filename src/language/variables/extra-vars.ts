import { ProvisionError } from '../../core/error.ts'
import { TemplateText, type Raw, type RawDict, type Value } from '../../core/value.ts'
import { parseKeyValues } from '../key-value.ts'
import { copyPlace } from '../positions.ts'
import { loadYaml } from '../text-file.ts'
import { parseYaml, type YamlOptions } from '../yaml.ts'

/**
 * Variables of the command line, as given to `-e`: `key=value …` (values are texts), a dictionary in YAML or JSON, or
 * `@file`. Later ones win (`utils/vars.py`, `load_extra_vars`).
 *
 * @throws ProvisionError `wrong-use` for what is none of these, `file-missing`, `yaml-syntax`
 */
export function parseExtraVars(texts: readonly string[], options: YamlOptions = {}): RawDict {
  const variables: RawDict = new Map<Value, Raw>()
  for (const text of texts) {
    const one = parse(text.trim(), options)
    for (const [name, value] of one) {
      variables.set(name, value)
      copyPlace(one, variables, name)
    }
  }
  return variables
}

function parse(text: string, options: YamlOptions): RawDict {
  if (text === '') return new Map()
  if (text.startsWith('@')) return dictionary(loadYaml(text.slice(1), options), text)
  if (text.startsWith('/') || text.startsWith('.')) throw new ProvisionError('wrong-use', `-e ${text} looks like a file`, { hint: `Put an @ before its name: -e @${text}` })
  if (text.startsWith('{') || text.startsWith('[')) return dictionary(parseYaml(text, '-e', options), text)
  const { named, free } = parseKeyValues(text)
  if (free === undefined) return named
  throw new ProvisionError('wrong-use', `-e ${text}: '${(free instanceof TemplateText ? free.text : free).trim()}' is no key=value`, { hint: 'Put quotes around a value with blanks: -e \'name="a b"\'' })
}

function dictionary(content: Raw, text: string): RawDict {
  if (content instanceof Map) return content as RawDict
  if (content === null) return new Map()
  throw new ProvisionError('wrong-use', `-e ${text} gives no dictionary of variables`, { hint: 'Write -e name=value, -e \'{"name": "value"}\' or -e @file.yml' })
}
