import type { ProvisionError } from '../../../src/core/error.ts'
import { ProvisionError as Mistake } from '../../../src/core/error.ts'
import { type Raw, TemplateText, toValue } from '../../../src/core/value.ts'
import { Evaluation } from '../../../src/language/template/evaluation.ts'
import { loadJson } from '../../../src/language/template/python/json.ts'
import type { Environment, Variables } from '../../../src/language/template/scope.ts'

/** The variables of the tables of cases. */
const json = `{
  "n": 5,
  "f": 2.5,
  "w": 2.0,
  "t": true,
  "none_": null,
  "s": "Hello, World",
  "e": "",
  "u": "naïve Ünïcode ß 😀",
  "l": [3, 1, 2],
  "ls": ["b", "A", "c", "a"],
  "d": {"b": 1, "a": "x", "C": null},
  "users": [{"name": "zoe", "age": 30, "roles": ["admin", "dev"], "home": {"city": "Bonn"}}, {"name": "Bob", "age": 25, "roles": [], "home": {"city": "Ulm"}}, {"name": "amy", "age": 30, "roles": ["dev"]}],
  "nested": [[1, 2], [3, [4, null]], 5],
  "deep": {"a": {"x": 1, "l": [1, 2]}, "b": 2},
  "deep2": {"a": {"y": 2, "l": [2, 3]}, "c": 3},
  "text": "first line\\nsecond line\\n\\nfourth",
  "path": "/etc/apache2/sites-available/matrix.conf",
  "url": "http://user:pw@Example.com:8080/a/b?x=1&y=2#frag",
  "res": {"changed": true, "failed": false, "rc": 0, "stdout": "ok", "stdout_lines": ["ok"]},
  "loopres": {"results": [{"changed": false}, {"changed": true}]},
  "big": 12345678901234567890,
  "numbers": [1, 2.5, -3, 10],
  "mixed": [1, "a", null, true, 2.0],
  "q": "it's \\"quoted\\""
}`

// Times in the tables are those of UTC.
process.env['TZ'] = 'UTC'

export const given = loadJson(json) as Map<string, Raw>

export const variables = (values: ReadonlyMap<string, Raw>): Variables => ({ get: name => values.get(name), names: () => values.keys() })

export const environment: Environment = { directory: '/', shellVariables: { HOME: '/home/user' } }

/** An evaluation of its own for each case: cases may change lists. */
export const evaluation = (more: { readonly [name: string]: unknown } = {}, world: Partial<Environment> = {}) =>
  new Evaluation(variables(new Map<string, Raw>([...given, ...Object.entries(more).map(([name, value]) => [name, raw(value)] as const)])), { ...environment, ...world })

/** Plain data as a variable; templates in it are kept. */
function raw(data: unknown): Raw {
  if (data instanceof TemplateText) return data
  if (Array.isArray(data)) return data.map(raw)
  if (data instanceof Map) return data as Raw
  if (data !== null && typeof data === 'object' && Object.getPrototypeOf(data) === Object.prototype) return new Map(Object.entries(data).map(([key, value]) => [key, raw(value)] as const)) as Raw
  return toValue(data)
}

/** The text of a template file. */
export const rendered = (template: string) => evaluation().renderFile(template, 'case.j2')

/** A value as Python prints it within a list, where its type shows. */
export const shown = (expression: string) => String(evaluation().renderFile(`{{ [${expression}] }}`, 'case.j2')).slice(1, -1)

/** The mistake that rendering a template file ends with. */
export function failure(template: string): ProvisionError {
  try {
    rendered(template)
  } catch (error) {
    if (error instanceof Mistake) return error
    throw error
  }
  throw new Error(`no mistake: ${template}`)
}
