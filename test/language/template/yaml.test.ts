import { describe, expect, test } from 'vitest'
import { failure, shown } from './given.ts'

// What ansible-core 2.18 gives for the same expressions, printed as the item of a list, with the variables of given.ts.
const results = [
  ['\'a: 1\\nb: [x, yes, 012, 1.0, ~, "q"]\\nc:\\n  - d\\n  - 1e3\\n\' | from_yaml', "{'a': 1, 'b': ['x', True, 10, 1.0, None, 'q'], 'c': ['d', '1e3']}"],
  ["'- a\\n- {b: c}' | from_yaml", "['a', {'b': 'c'}]"],
  ["'' | from_yaml", 'None'],
  ["'plain' | from_yaml", "'plain'"],
  ["'---\\na: 1\\n---\\nb: 2\\n' | from_yaml_all | list", "[{'a': 1}, {'b': 2}]"],
  ['d | to_yaml', "'{C: null, a: x, b: 1}\\n'"],
  ['deep | to_yaml', "'a:\\n  l: [1, 2]\\n  x: 1\\nb: 2\\n'"],
  ['deep | to_nice_yaml', "'a:\\n    l:\\n    - 1\\n    - 2\\n    x: 1\\nb: 2\\n'"],
  ['deep | to_nice_yaml(indent=2)', "'a:\\n  l:\\n  - 1\\n  - 2\\n  x: 1\\nb: 2\\n'"],
  ['users | to_yaml', "'- age: 30\\n  home: {city: Bonn}\\n  name: zoe\\n  roles: [admin, dev]\\n- age: 25\\n  home: {city: Ulm}\\n  name: Bob\\n  roles: []\\n- age: 30\\n  name: amy\\n  roles: [dev]\\n'"],
  ['users | to_nice_yaml', "'-   age: 30\\n    home:\\n        city: Bonn\\n    name: zoe\\n    roles:\\n    - admin\\n    - dev\\n-   age: 25\\n    home:\\n        city: Ulm\\n    name: Bob\\n    roles: []\\n-   age: 30\\n    name: amy\\n    roles:\\n    - dev\\n'"],
  ['users | to_nice_yaml(indent=2, sort_keys=false)', "'- name: zoe\\n  age: 30\\n  roles:\\n  - admin\\n  - dev\\n  home:\\n    city: Bonn\\n- name: Bob\\n  age: 25\\n  roles: []\\n  home:\\n    city: Ulm\\n- name: amy\\n  age: 30\\n  roles:\\n  - dev\\n'"],
  ["{'z': 1, 'a': 2} | to_yaml(sort_keys=false)", "'{z: 1, a: 2}\\n'"],
  ["{'l': [1, [2, 3], {'a': 1}], 'e': [], 'ed': {}, 'n': none} | to_nice_yaml", "'e: []\\ned: {}\\nl:\\n- 1\\n-   - 2\\n    - 3\\n-   a: 1\\nn: null\\n'"],
  ["{'l': [1, [2, 3], {'a': 1}], 'e': [], 'ed': {}, 'n': none} | to_yaml", "'e: []\\ned: {}\\nl:\\n- 1\\n- [2, 3]\\n- {a: 1}\\nn: null\\n'"],
  ['[\'yes\', \'no\', \'true\', \'1\', \'1.0\', \'~\', \'null\', \'\', \' x\', \'x \', \'a: b\', \'a #b\', \'#c\', \'- x\', \'-\', \'?\', \'a:b\', \'@x\', \'%x\', \'!x\', \'&x\', \'*x\', \'[x\', \'{x\', "it\'s", \'"q"\', \'a\\nb\', \'a\\n\', \'\\n\', \'tab\\there\', \'é\', \'2001-01-01\', \'12:30\', \'0x1f\', \'1e3\', \'=\', \'<<\', \'on\', \'y\', \'a, b\', \'---\', \'...x\', \'é\\n😀\', \'x\\x00\', \'on\\u2028e\', \'012\', \'1_000\', \'.5\', \'+1\', \'a\\n b\', \'a \\nb\', \'|\', \'>\', \'`\', \'null \', \'Null\', \'.inf\', \'.nan\'] | to_nice_yaml', '\'- \\\'yes\\\'\\n- \\\'no\\\'\\n- \\\'true\\\'\\n- \\\'1\\\'\\n- \\\'1.0\\\'\\n- \\\'~\\\'\\n- \\\'null\\\'\\n- \\\'\\\'\\n- \\\' x\\\'\\n- \\\'x \\\'\\n- \\\'a: b\\\'\\n- \\\'a #b\\\'\\n- \\\'#c\\\'\\n- \\\'- x\\\'\\n- \\\'-\\\'\\n- \\\'?\\\'\\n- a:b\\n- \\\'@x\\\'\\n- \\\'%x\\\'\\n- \\\'!x\\\'\\n- \\\'&x\\\'\\n- \\\'*x\\\'\\n- \\\'[x\\\'\\n- \\\'{x\\\'\\n- it\\\'s\\n- \\\'"q"\\\'\\n- \\\'a\\n\\n    b\\\'\\n- \\\'a\\n\\n    \\\'\\n- \\\'\\n\\n    \\\'\\n- "tab\\\\there"\\n- é\\n- \\\'2001-01-01\\\'\\n- \\\'12:30\\\'\\n- \\\'0x1f\\\'\\n- 1e3\\n- \\\'=\\\'\\n- \\\'<<\\\'\\n- \\\'on\\\'\\n- y\\n- a, b\\n- \\\'---\\\'\\n- \\\'...x\\\'\\n- "é\\\\n\\\\U0001F600"\\n- "x\\\\0"\\n- \\\'on\\u2028    e\\\'\\n- \\\'012\\\'\\n- \\\'1_000\\\'\\n- \\\'.5\\\'\\n- \\\'+1\\\'\\n- "a\\\\n b"\\n- "a \\\\nb"\\n- \\\'|\\\'\\n- \\\'>\\\'\\n- \\\'`\\\'\\n- \\\'null \\\'\\n- \\\'Null\\\'\\n- \\\'.inf\\\'\\n- \\\'.nan\\\'\\n\''],
  ["['yes', 'a: b', 'x, y', '[', 'a\\nb', ''] | to_yaml", '"[\'yes\', \'a: b\', \'x, y\', \'[\', \'a\\n\\n    b\', \'\']\\n"'],
  ["{'yes': 1, '': 2, 'a\\nb': 3, 'long key ' ~ 'x' * 130: 4, none: 5, 1: 6} | to_nice_yaml(sort_keys=false)", '"\'yes\': 1\\n\'\': 2\\n? \'a\\n\\n    b\'\\n: 3\\n? long key xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\\n: 4\\nnull: 5\\n1: 6\\n"'],
  ["'a' | to_yaml", "'a\\n'"],
  ["'1' | to_yaml", '"\'1\'\\n"'],
  ['1 | to_yaml', "'1\\n'"],
  ['none_ | to_yaml', "'null\\n'"],
  ['true | to_nice_yaml', "'true\\n'"],
  ['[1.0, 1e20, 0.1, 1e-7, big] | to_yaml', "'[1.0, 1.0e+20, 0.1, 1.0e-07, 12345678901234567890]\\n'"],
  ["{'t': 'word ' * 40} | to_nice_yaml", '"t: \'word word word word word word word word word word word word word word word word\\n    word word word word word word word word word word word word word word word word\\n    word word word word word word word word \'\\n"'],
  ["{'t': ('word ' * 40) | trim} | to_nice_yaml", "'t: word word word word word word word word word word word word word word word word\\n    word word word word word word word word word word word word word word word word\\n    word word word word word word word word\\n'"],
  ['{\'t\': "it\'s " * 40} | to_nice_yaml', '"t: \'it\'\'s it\'\'s it\'\'s it\'\'s it\'\'s it\'\'s it\'\'s it\'\'s it\'\'s it\'\'s it\'\'s it\'\'s it\'\'s\\n    it\'\'s it\'\'s it\'\'s it\'\'s it\'\'s it\'\'s it\'\'s it\'\'s it\'\'s it\'\'s it\'\'s it\'\'s it\'\'s\\n    it\'\'s it\'\'s it\'\'s it\'\'s it\'\'s it\'\'s it\'\'s it\'\'s it\'\'s it\'\'s it\'\'s it\'\'s it\'\'s\\n    it\'\'s \'\\n"'],
  ["{'t': 'word: ' * 40} | to_nice_yaml", '"t: \'word: word: word: word: word: word: word: word: word: word: word: word: word:\\n    word: word: word: word: word: word: word: word: word: word: word: word: word:\\n    word: word: word: word: word: word: word: word: word: word: word: word: word:\\n    word: \'\\n"'],
  ["{'t': ('word: ' * 40) | trim} | to_nice_yaml", '"t: \'word: word: word: word: word: word: word: word: word: word: word: word: word:\\n    word: word: word: word: word: word: word: word: word: word: word: word: word:\\n    word: word: word: word: word: word: word: word: word: word: word: word: word:\\n    word:\'\\n"'],
  ["{'t': ('wö\\trd ' * 40) | trim} | to_nice_yaml", '\'t: "wö\\\\trd wö\\\\trd wö\\\\trd wö\\\\trd wö\\\\trd wö\\\\trd wö\\\\trd wö\\\\trd wö\\\\trd wö\\\\trd wö\\\\trd wö\\\\trd\\n    wö\\\\trd wö\\\\trd wö\\\\trd wö\\\\trd wö\\\\trd wö\\\\trd wö\\\\trd wö\\\\trd wö\\\\trd wö\\\\trd wö\\\\trd wö\\\\trd\\n    wö\\\\trd wö\\\\trd wö\\\\trd wö\\\\trd wö\\\\trd wö\\\\trd wö\\\\trd wö\\\\trd wö\\\\trd wö\\\\trd wö\\\\trd wö\\\\trd\\n    wö\\\\trd wö\\\\trd wö\\\\trd wö\\\\trd"\\n\''],
  ["{'t': ('line of text number\\n' * 3)} | to_nice_yaml", '"t: \'line of text number\\n\\n    line of text number\\n\\n    line of text number\\n\\n    \'\\n"'],
  ["{'t': ('word ' * 40) | trim} | to_nice_yaml(width=40)", "'t: word word word word word word word word\\n    word word word word word word word word\\n    word word word word word word word word\\n    word word word word word word word word\\n    word word word word word word word word\\n'"],
  ["{'t': ('word ' * 40) | trim} | to_nice_yaml(width=1000)", "'t: word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word word\\n'"],
  ['range(60) | list | to_yaml', "'[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22,\\n  23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42,\\n  43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59]\\n'"],
  ["{'a': range(40) | list, 'b': {'c': 1, 'd': 'x'}} | to_yaml", "'a: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,\\n  22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39]\\nb: {c: 1, d: x}\\n'"],
  ["{'a': 1} | to_yaml(explicit_start=true)", "'--- {a: 1}\\n'"],
  ["{'a': 'x\\ny\\n'} | to_nice_yaml(default_style='|')", '\'"a": |\\n    x\\n    y\\n\''],
  ['{\'a\': \'x\'} | to_nice_yaml(default_style=\'"\')', '\'"a": "x"\\n\''],
  ['[[1, 2], [3]] | to_nice_yaml', "'-   - 1\\n    - 2\\n-   - 3\\n'"],
  ['[[[1]]] | to_nice_yaml', "'-   -   - 1\\n'"],
  ["[{'a': 1, 'b': [1]}, [{'c': 2}]] | to_nice_yaml", "'-   a: 1\\n    b:\\n    - 1\\n-   -   c: 2\\n'"],
  ["{'a': {'b': {'c': [1, {'d': [2]}]}}} | to_nice_yaml(indent=8)", "'a:\\n        b:\\n                c:\\n                - 1\\n                -       d:\\n                        - 2\\n'"],
] as const

const mistakes = [
  ["'a: {{ x }}b' | from_yaml", 'template-error'],
  ["'a: b: c' | from_yaml", 'template-error'],
] as const

describe('YAML is written and read as PyYAML does', () => {
  test.each(results)('%s is %s', (expression, text) => expect(shown(expression)).toBe(text))
  test.each(mistakes)('%s is the mistake %s', (expression, code) => expect(failure(`{{ ${expression} }}`).code).toBe(code))
})
