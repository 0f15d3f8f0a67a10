import { integerOf } from '../python/convert.ts'
import { str } from '../python/text.ts'
import { truth } from '../python/truth.ts'
import { dumpYaml, loadYaml } from '../python/yaml.ts'
import { present, type Thing } from '../thing.ts'
import { filter, type Filters } from './filter.ts'

const words = 'indent? default_flow_style? sort_keys? width? default_style? explicit_start? explicit_end? allow_unicode? line_break? canonical?'

interface Given {
  readonly indent?: Thing
  readonly default_flow_style?: Thing
  readonly sort_keys?: Thing
  readonly width?: Thing
  readonly default_style?: Thing
  readonly explicit_start?: Thing
  readonly explicit_end?: Thing
}

function dump(value: Thing, given: Given, usualIndent: number, usualFlow: boolean | undefined): string {
  const { indent = usualIndent, default_flow_style, sort_keys = true, width = 80, default_style = null, explicit_start = false, explicit_end = false } = given
  const by = integerOf(indent, 'indent')
  const most = width === null ? 80 : integerOf(width, 'width')
  return dumpYaml(value, {
    indent: by > 1 && by < 10 ? by : 2,
    width: most > by * 2 ? most : 80,
    flow: default_flow_style === undefined ? usualFlow : default_flow_style === null ? undefined : truth(default_flow_style),
    sortKeys: truth(sort_keys),
    textStyle: default_style === null ? undefined : str(default_style),
    explicitStart: truth(explicit_start),
    explicitEnd: truth(explicit_end),
  })
}

export const yamlFilters: Filters = {
  from_yaml: filter('', value => {
    const it = present(value)
    return typeof it === 'string' ? (loadYaml(it)[0] ?? null) : it
  }),
  from_yaml_all: filter('', value => {
    const it = present(value)
    return typeof it === 'string' ? loadYaml(it) : it
  }),
  to_nice_yaml: filter(words, (value, given) => dump(value, given, 4, false)),
  to_yaml: filter(words, (value, given) => dump(value, given, 2, undefined)),
}
