import { combinatoricFilters } from './combinatorics.ts'
import { dateFilters } from './dates.ts'
import { dictFilters } from './dicts.ts'
import { encodingFilters } from './encoding.ts'
import type { Filter, Filters } from './filter.ts'
import { hashingFilters } from './hashing.ts'
import { jsonFilters } from './json.ts'
import { listFilters } from './lists.ts'
import { mapSelectFilters } from './map-select.ts'
import { markupFilters } from './markup.ts'
import { numberFilters } from './numbers.ts'
import { pathFilters } from './paths.ts'
import { randomFilters } from './random.ts'
import { regexFilters } from './regex.ts'
import { setFilters } from './sets.ts'
import { textFilters } from './text.ts'
import { valueFilters } from './values.ts'
import { yamlFilters } from './yaml.ts'

const families: readonly Filters[] = [
  valueFilters, textFilters, listFilters, mapSelectFilters, dictFilters, setFilters, numberFilters, combinatoricFilters, regexFilters,
  jsonFilters, yamlFilters, pathFilters, encodingFilters, hashingFilters, dateFilters, randomFilters, markupFilters,
]

const all = new Map<string, Filter>(families.flatMap(family => Object.entries(family)))

/** A name without the collection that Ansible's own filters, tests and lookups are in. */
export const shortName = (name: string): string => name.replace(/^ansible\.(?:builtin|legacy)\./, '')

export const filters = (name: string): Filter | undefined => all.get(shortName(name))
export const isFilter = (name: string): boolean => all.has(shortName(name))
export const filterNames = (): readonly string[] => [...all.keys()]
