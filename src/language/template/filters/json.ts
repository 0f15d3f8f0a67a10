import { integerOf } from '../python/convert.ts'
import { dumpJson, type JsonStyle, loadJson } from '../python/json.ts'
import { iterate } from '../python/sequence.ts'
import { str } from '../python/text.ts'
import { truth } from '../python/truth.ts'
import { decode } from '../python/codec.ts'
import { typeName } from '../python/type.ts'
import { fail } from '../fail.ts'
import { present, type Thing } from '../thing.ts'
import { filter, type Filters } from './filter.ts'

const indentOf = (indent: Thing): number | string | undefined => (indent === null ? undefined : typeof indent === 'string' ? indent : integerOf(indent, 'indent'))

function separatorsOf(separators: Thing): Pick<JsonStyle, 'itemSeparator' | 'keySeparator'> {
  if (separators === null) return {}
  const [itemSeparator, keySeparator] = iterate(separators).map(str)
  return { itemSeparator, keySeparator }
}

const style = 'indent? sort_keys? ensure_ascii? separators? vault_to_text? preprocess_unsafe? skipkeys? allow_nan? default?'

export const jsonFilters: Filters = {
  from_json: filter('', value => {
    const it = present(value)
    if (it instanceof Uint8Array) return loadJson(decode(it, 'utf-8'))
    return typeof it === 'string' ? loadJson(it) : fail(`from_json needs text, and this is ${typeName(it)}`)
  }),
  to_json: filter(style, (value, { indent = null, sort_keys = false, ensure_ascii = true, separators = null }) =>
    dumpJson(value, { indent: indentOf(indent), sortKeys: truth(sort_keys), ensureAscii: truth(ensure_ascii), ...separatorsOf(separators) })),
  to_nice_json: filter(style, (value, { indent = 4, sort_keys = true, ensure_ascii = true }) =>
    dumpJson(value, { indent: indentOf(indent), sortKeys: truth(sort_keys), ensureAscii: truth(ensure_ascii) })),
  /** Jinja2's own, for scripts in HTML pages. */
  tojson: filter('indent?', (value, { indent = null }) =>
    dumpJson(value, { indent: indentOf(indent), sortKeys: true }).replaceAll(/[<>&']/g, mark => `\\u00${mark.charCodeAt(0).toString(16)}`)),
}
