import { describe, expect, test } from 'vitest'
import { failure, shown } from './given.ts'

// What ansible-core 2.18 gives for the same expressions, printed as the item of a list, with the variables of given.ts.
const results = [
  ['d | to_json', '\'{"b": 1, "a": "x", "C": null}\''],
  ['d | to_nice_json', '\'{\\n    "C": null,\\n    "a": "x",\\n    "b": 1\\n}\''],
  ['d | to_nice_json(indent=2)', '\'{\\n  "C": null,\\n  "a": "x",\\n  "b": 1\\n}\''],
  ['d | to_json(sort_keys=true)', '\'{"C": null, "a": "x", "b": 1}\''],
  ['d | to_json(indent=2)', '\'{\\n  "b": 1,\\n  "a": "x",\\n  "C": null\\n}\''],
  ["d | to_json(separators=(',', ':'))", '\'{"b":1,"a":"x","C":null}\''],
  ['mixed | to_json', '\'[1, "a", null, true, 2.0]\''],
  ['[1.0, 1e20, 0.1, big, none, true, \'é"\\n\\u2028😀/\'] | to_json', '\'[1.0, 1e+20, 0.1, 12345678901234567890, null, true, "\\\\u00e9\\\\"\\\\n\\\\u2028\\\\ud83d\\\\ude00/"]\''],
  ["'é' | to_json(ensure_ascii=false)", '\'"é"\''],
  ['[] | to_nice_json', "'[]'"],
  ['{} | to_nice_json', "'{}'"],
  ["{'a': []} | to_nice_json", '\'{\\n    "a": []\\n}\''],
  ["{'a': {'b': [1, {'c': none}]}} | to_nice_json", '\'{\\n    "a": {\\n        "b": [\\n            1,\\n            {\\n                "c": null\\n            }\\n        ]\\n    }\\n}\''],
  ["{1: 'a', none: 'b', true: 'c', 1.5: 'd'} | to_json", '\'{"1": "c", "null": "b", "1.5": "d"}\''],
  ['\'{"a": [1, 2.0, null, true], "b": "\\\\u00e9\\\\n"}\' | from_json', "{'a': [1, 2.0, None, True], 'b': 'é\\n'}"],
  ["'[1, 1e3, -0.5, 12345678901234567890, NaN]' | from_json", '[1, 1000.0, -0.5, 12345678901234567890, nan]'],
] as const

const mistakes = [
  ["'{bad' | from_json", 'template-error'],
  ['\'"x" y\' | from_json', 'template-error'],
  ["'' | from_json", 'template-error'],
] as const

describe('JSON', () => {
  test.each(results)('%s is %s', (expression, text) => expect(shown(expression)).toBe(text))
  test.each(mistakes)('%s is the mistake %s', (expression, code) => expect(failure(`{{ ${expression} }}`).code).toBe(code))
})
