import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ProvisionError } from '../../src/core/error.ts'
import { escapePattern, type PatternFlags, pattern } from '../../src/core/python-regex.ts'

/** What Python 3.11 gives: pattern, flags, text, findall, match, whether fullmatch, replacement, subn (null: an error), split. */
type Case = readonly [string, string, string, readonly (string | readonly string[])[], string | null, boolean, string, readonly [string, number] | null, readonly (string | null)[]]

const cases: readonly Case[] = [
  ['a{1,2}\\b', 'm', '1\nc.a', ['a'], null, false, '\\\\', ['1\nc.\\', 1], ['1\nc.', '']],
  ['\\B[a-c]?|', '', '1é', ['', '', ''], '', false, 'x\\.y', ['x\\.y1x\\.yéx\\.y', 3], ['', '1', 'é', '']],
  ['.$\\B', '', '-  aca{', ['{'], null, false, '[\\g<0>]', ['-  aca[{]', 1], ['-  aca', '']],
  ['a*$', 'i', '}\n.\n', ['', ''], null, false, '\\\\', ['}\n.\\\n\\', 2], ['}\n.', '\n', '']],
  ['\\S', 'm', 'éc}X', ['é', 'c', '}', 'X'], 'é', false, '[\\g<0>]', ['[é][c][}][X]', 4], ['', '', '', '', '']],
  ['(a)\\s$|', '', '}bc', ['', '', '', ''], '', false, '\\\\', ['\\}\\b\\c\\', 4], ['', null, '}', null, 'b', null, 'c', null, '']],
  ['(?i)[a-c]', '', 'bxaé', ['b', 'a'], 'b', false, 'x\\.y', ['x\\.yxx\\.yé', 2], ['', 'x', 'é']],
  ['b+', 'm', ']}-]b-cAaX', ['b'], null, false, '-', [']}-]--cAaX', 1], [']}-]', '-cAaX']],
  ['(?=a)?', '', 'éa]é\n', ['', '', '', '', '', ''], '', false, '[\\g<0>]', ['[]é[]a[]][]é[]\n[]', 6], ['', 'é', 'a', ']', 'é', '\n', '']],
  ['\\A', 'i', '.é{', [''], '', false, '-', ['-.é{', 1], ['', '.é{']],
  ['(a)', 'm', 'a  a.', ['a', 'a'], 'a', false, '\\n', ['\n  \n.', 2], ['', 'a', '  ', 'a', '.']],
  ['(?<=a)', '', 'a]c\n}', [''], null, false, '[\\g<0>]', ['a[]]c\n}', 1], ['a', ']c\n}']],
  ['(?P<n0>a)|', 'i', '', [''], '', true, '$1', ['$1', 1], ['', null, '']],
  ['^', 'i', 'éAx', [''], '', false, '\\\\', ['\\éAx', 1], ['', 'éAx']],
  ['\\A', 'm', 'a1cAc', [''], '', false, '\\\\', ['\\a1cAc', 1], ['', 'a1cAc']],
  ['\\b', 'm', '-{AbAbAA', ['', ''], null, false, '\\\\', ['-{\\AbAbAA\\', 2], ['-{', 'AbAbAA', '']],
  ['(a)', 'm', 'c{aac', ['a', 'a'], null, false, '[\\g<0>]', ['c{[a][a]c', 2], ['c{', 'a', '', 'a', 'c']],
  ['\\D', 'i', 'AA}c', ['A', 'A', '}', 'c'], 'A', false, '\\1', null, ['', '', '', '', '']],
  ['\\d', 'i', 'x\n-]-A1-A\n', ['1'], null, false, '$1', ['x\n-]-A$1-A\n', 1], ['x\n-]-A', '-A\n']],
  ['(?<=a)(b|c)|', '', 'b 1-', ['', '', '', '', ''], '', false, '\\\\', ['\\b\\ \\1\\-\\', 5], ['', null, 'b', null, ' ', null, '1', null, '-', null, '']],
  ['é', '', '{{.é-', ['é'], null, false, 'x\\.y', ['{{.x\\.y-', 1], ['{{.', '-']],
  ['\\Z|\\S\\n', 'm', 'a', [''], null, false, 'x\\.y', ['ax\\.y', 1], ['a', '']],
  ['\\S', 'i', '-{c\n{ a.]a', ['-', '{', 'c', '{', 'a', '.', ']', 'a'], '-', false, '\\1', null, ['', '', '', '\n', ' ', '', '', '', '']],
  ['a*\\A\\d|', '', '', [''], '', true, '\\1', null, ['', '']],
  ['\\d', '', '1bbb{cac]', ['1'], '1', false, '-', ['-bbb{cac]', 1], ['', 'bbb{cac]']],
  ['[\\w-]', '', ' ]{}éb}c', ['é', 'b', 'c'], null, false, '$1', [' ]{}$1$1}$1', 3], [' ]{}', '', '}', '']],
  ['[a-c].', '', '{éXbc1X A', ['bc'], null, false, '\\1', null, ['{éX', '1X A']],
  ['$a*', '', '].c', [''], null, false, '$1', ['].c$1', 1], ['].c', '']],
  ['\\b', 'm', ']é}A', ['', '', '', ''], null, false, '\\1', null, [']', 'é', '}', 'A', '']],
  ['b', 'm', ' abx', ['b'], null, false, 'x\\.y', [' ax\\.yx', 1], [' a', 'x']],
  ['\\D', '', 'c', ['c'], 'c', true, '-', ['-', 1], ['', '']],
  ['\\b', 'm', '-1c', ['', ''], null, false, '-', ['--1c-', 2], ['-', '1c', '']],
  ['[\\w-]?', 'm', '{.Xax1]}é', ['', '', 'X', 'a', 'x', '1', '', '', 'é', ''], '', false, '\\n', ['\n{\n.\n\n\n\n\n]\n}\n\n', 10], ['', '{', '.', '', '', '', '', ']', '}', '', '']],
  ['(?:x)|[^a]\\s', '', ' }\nb-]\nxé', ['}\n', ']\n', 'x'], null, false, '\\n', [' \nb-\n\né', 3], [' ', 'b-', '', 'é']],
  ['c?[\\w-]b+', 'm', 'c}xb]A.', ['xb'], null, false, 'x\\.y', ['c}x\\.y]A.', 1], ['c}', ']A.']],
  ['(?i)(b|c)\\b', 'm', 'xab{a\nb.A', ['b', 'b'], null, false, '\\1', ['xab{a\nb.A', 2], ['xa', 'b', '{a\n', 'b', '.A']],
  ['\\A\\S+', '', 'b\n', ['b'], 'b', false, '$1', ['$1\n', 1], ['', '\n']],
  ['\\A^|{', '', 'a}{A\n.c\na', ['', '{'], '', false, '\\1', null, ['', 'a}', 'A\n.c\na']],
  ['a(?i:A)', 'm', 'baa', ['aa'], null, false, '\\\\', ['b\\', 1], ['b', '']],
  ['(?!b)a$', 'i', 'ab{ba', ['a'], null, false, '$1', ['ab{b$1', 1], ['ab{b', '']],
  ['[a-c]', '', 'b]x', ['b'], 'b', false, '[\\g<0>]', ['[b]]x', 1], ['', ']x']],
  ['\\.[]a]|(a)', 'm', 'a-{1.bcab', ['a', 'a'], 'a', false, '-', ['--{1.bc-b', 2], ['', 'a', '-{1.bc', 'a', 'b']],
  ['^', 'm', ' }{Xb 1a{', [''], '', false, '\\n', ['\n }{Xb 1a{', 1], ['', ' }{Xb 1a{']],
  ['[a-c]', '', 'b AAXb.', ['b', 'b'], 'b', false, '\\1', null, ['', ' AAX', '.']],
  ['(?!b)', '', '}Ab{A éaé ', ['', '', '', '', '', '', '', '', '', ''], '', false, '\\1', null, ['', '}', 'Ab', '{', 'A', ' ', 'é', 'a', 'é', ' ', '']],
  ['\\.\\w', 'i', 'aaa.A-', ['.A'], null, false, '$1', ['aaa$1-', 1], ['aaa', '-']],
  ['c?', 'm', '', [''], '', true, '[\\g<0>]', ['[]', 1], ['', '']],
  ['b+.[]a]', 'i', 'xbabbéaA', ['bbéa'], null, false, '[\\g<0>]', ['xba[bbéa]A', 1], ['xba', 'A']],
  ['\\B', 'i', '}', ['', ''], '', false, '$1', ['$1}$1', 2], ['', '}', '']],
  ['é', 'm', '1bbé\n', ['é'], null, false, 'x\\.y', ['1bbx\\.y\n', 1], ['1bb', '\n']],
  ['$', 'm', '\nx', ['', ''], '', false, 'x\\.y', ['x\\.y\nxx\\.y', 2], ['', '\nx', '']],
  ['a*', 'i', 'c\n c', ['', '', '', '', ''], '', false, '-', ['-c-\n- -c-', 5], ['', 'c', '\n', ' ', 'c', '']],
  ['b', '', 'cc.b.aa Xb', ['b', 'b'], null, false, '\\1', null, ['cc.', '.aa X', '']],
  ['(?!b)[\\w-]a*\\B', 'i', 'Xba }b.\n', ['X'], 'X', false, '\\1', null, ['', 'ba }b.\n']],
  ['\\B', '', ']Xxa{X', ['', '', ''], '', false, '[\\g<0>]', ['[]]X[]x[]a{X', 3], ['', ']X', 'x', 'a{X']],
  ['{\\B{-|', '', 'bc]a\n{A-', ['', '', '', '', '', '', '', '', ''], '', false, '\\1', null, ['', 'b', 'c', ']', 'a', '\n', '{', 'A', '-', '']],
  ['\\Z', 'm', '-A\n}', [''], null, false, '\\1', null, ['-A\n}', '']],
  ['(?=a)', '', 'céca}', [''], null, false, '$1', ['céc$1a}', 1], ['céc', 'a}']],
  ['(?!b)', 'i', 'xé', ['', '', ''], '', false, '\\1', null, ['', 'x', 'é', '']],
  ['[a-c]', 'm', '1A1a-', ['a'], null, false, '\\\\', ['1A1\\-', 1], ['1A1', '-']],
  ['c?', 'i', '}', ['', ''], '', false, '\\\\', ['\\}\\', 2], ['', '}', '']],
  ['c?', 'i', '\n', ['', ''], '', false, '[\\g<0>]', ['[]\n[]', 2], ['', '\n', '']],
  ['\\d', 'm', '--1aé-', ['1'], null, false, '$1', ['--$1aé-', 1], ['--', 'aé-']],
  ['[[a-c]\\w', '', 'bA', ['bA'], 'bA', true, '\\1', null, ['', '']],
  ['\\w', '', 'XA-', ['X', 'A'], 'X', false, '\\1', null, ['', '', '-']],
  ['$', 'm', ']a', [''], null, false, '\\n', [']a\n', 1], [']a', '']],
  ['a*', '', '1\nb-é', ['', '', '', '', '', ''], '', false, '[\\g<0>]', ['[]1[]\n[]b[]-[]é[]', 6], ['', '1', '\n', 'b', '-', 'é', '']],
  ['(?i:A)', 'm', 'cbA', ['A'], null, false, '\\1', null, ['cb', '']],
  ['\\B\\D', 'm', ']]ax]xé é', [']', ']', 'x', 'é'], ']', false, '\\n', ['\n\na\n]x\n é', 4], ['', '', 'a', ']x', ' é']],
  ['(?<=a)?', 'm', 'c', ['', ''], '', false, '-', ['-c-', 2], ['', 'c', '']],
  ['\\S\\b\\S', '', '1bb}1.\n', ['b}', '1.'], null, false, 'x\\.y', ['1bx\\.yx\\.y\n', 2], ['1b', '', '\n']],
  ['a*', '', 'cé', ['', '', ''], '', false, 'x\\.y', ['x\\.ycx\\.yéx\\.y', 3], ['', 'c', 'é', '']],
  ['[\\w-].{,2}', 'm', 'c1', ['c1'], 'c1', true, '[\\g<0>]', ['[c1]', 1], ['', '']],
  ['a[a-c]', 'm', 'aa]{', ['aa'], 'aa', false, '\\\\', ['\\]{', 1], ['', ']{']],
  ['\\D', 'm', '{bXabbxaé', ['{', 'b', 'X', 'a', 'b', 'b', 'x', 'a', 'é'], '{', false, 'x\\.y', ['x\\.yx\\.yx\\.yx\\.yx\\.yx\\.yx\\.yx\\.yx\\.y', 9], ['', '', '', '', '', '', '', '', '', '']],
  ['\\S(b|c)a{1,2}[^a](?!b)', 'i', 'xcA{1ccc-', ['c'], 'xcA{', false, '[\\g<0>]', ['[xcA{]1ccc-', 1], ['', 'c', '1ccc-']],
  ['[^a]', 'i', ' 1bé-ab]b.', [' ', '1', 'b', 'é', '-', 'b', ']', 'b', '.'], ' ', false, '\\\\', ['\\\\\\\\\\a\\\\\\\\', 9], ['', '', '', '', '', 'a', '', '', '', '']],
  ['(?P<n0>a)?', '', ' .1-c', ['', '', '', '', '', ''], '', false, '-', ['- -.-1---c-', 6], ['', null, ' ', null, '.', null, '1', null, '-', null, 'c', null, '']],
  ['\\w', 'i', 'axécé. }', ['a', 'x', 'é', 'c', 'é'], 'a', false, '[\\g<0>]', ['[a][x][é][c][é]. }', 5], ['', '', '', '', '', '. }']],
  ['[\\w-][\\w-]', 'i', '1 ba', ['ba'], null, false, '$1', ['1 $1', 1], ['1 ', '']],
  ['\\D', '', 'c x}', ['c', ' ', 'x', '}'], 'c', false, '\\1', null, ['', '', '', '', '']],
  ['(?=a)', 'm', 'bc1aA]c.', [''], null, false, 'x\\.y', ['bc1x\\.yaA]c.', 1], ['bc1', 'aA]c.']],
  ['(?i)', '', '1ca- }\nb {', ['', '', '', '', '', '', '', '', '', '', ''], '', false, '$1', ['$11$1c$1a$1-$1 $1}$1\n$1b$1 $1{$1', 11], ['', '1', 'c', 'a', '-', ' ', '}', '\n', 'b', ' ', '{', '']],
  ['[\\w-]\\W', 'i', '\n]{.A{bbé', ['A{'], null, false, '-', ['\n]{.-bbé', 1], ['\n]{.', 'bbé']],
  ['\\W', 'm', 'béb]-Acc', [']', '-'], null, false, '\\\\', ['béb\\\\Acc', 2], ['béb', '', 'Acc']],
  ['\\W', 'm', '}', ['}'], '}', true, '\\n', ['\n', 1], ['', '']],
  ['b+(b|c)|', 'm', 'ab}AxA', ['', '', '', '', '', '', ''], '', false, '\\\\', ['\\a\\b\\}\\A\\x\\A\\', 7], ['', null, 'a', null, 'b', null, '}', null, 'A', null, 'x', null, 'A', null, '']],
  ['$', '', 'c{caA--1ab', [''], null, false, '\\1', null, ['c{caA--1ab', '']],
  ['[^a][]a]', '', '\n b1xAca', ['ca'], null, false, 'x\\.y', ['\n b1xAx\\.y', 1], ['\n b1xA', '']],
  ['\\Z|', 'i', 'x1xx] ', ['', '', '', '', '', '', ''], '', false, '\\\\', ['\\x\\1\\x\\x\\]\\ \\', 7], ['', 'x', '1', 'x', 'x', ']', ' ', '']],
  ['[^a]', 'i', '}b', ['}', 'b'], '}', false, 'x\\.y', ['x\\.yx\\.y', 2], ['', '', '']],
  ['a*', 'i', 'ccaaX}', ['', '', 'aa', '', '', ''], '', false, '-', ['-c-c--X-}-', 6], ['', 'c', 'c', '', 'X', '}', '']],
  ['(?i)\\w', 'i', ']xb', ['x', 'b'], null, false, '-', [']--', 2], [']', '', '']],
  ['(?i)\\B', 'm', 'XxaacX-}', ['', '', '', '', '', '', ''], null, false, '[\\g<0>]', ['X[]x[]a[]a[]c[]X-[]}[]', 7], ['X', 'x', 'a', 'a', 'c', 'X-', '}', '']],
  ['\\.', 'i', '.', ['.'], '.', true, '-', ['-', 1], ['', '']],
  ['\\w', 'm', 'x} X.1a', ['x', 'X', '1', 'a'], 'x', false, 'x\\.y', ['x\\.y} x\\.y.x\\.yx\\.y', 4], ['', '} ', '.', '', '']],
  ['(?!b)', 'i', 'céaé', ['', '', '', '', ''], '', false, 'x\\.y', ['x\\.ycx\\.yéx\\.yax\\.yéx\\.y', 5], ['', 'c', 'é', 'a', 'é', '']],
  ['é\\.|', 'm', ']b ', ['', '', '', ''], '', false, '\\1', null, ['', ']', 'b', ' ', '']],
  ['^(b|c)?', 'm', '\nécac é', ['', ''], '', false, '[\\g<0>]', ['[]\n[]écac é', 2], ['', null, '\n', null, 'écac é']],
  ['c?\\W\\D', 'm', '.a-ba', ['.a', '-b'], '.a', false, '[\\g<0>]', ['[.a][-b]a', 2], ['', '', 'a']],
  ['\\B|', 'i', ' X', ['', '', ''], '', false, '$1', ['$1 $1X$1', 3], ['', ' ', 'X', '']],
  ['.', 'i', '1aabx', ['1', 'a', 'a', 'b', 'x'], '1', false, '\\\\', ['\\\\\\\\\\', 5], ['', '', '', '', '', '']],
  ['[^a]\\w', 'm', '{AX.bb\n\nx', ['{A', '.b', '\nx'], '{A', false, '\\n', ['\nX\nb\n\n', 3], ['', 'X', 'b\n', '']],
  ['(?!b)\\w', '', '{éa}c', ['é', 'a', 'c'], null, false, '\\\\', ['{\\\\}\\', 3], ['{', '', '}', '']],
  ['.', '', '}ccA  ]]}A', ['}', 'c', 'c', 'A', ' ', ' ', ']', ']', '}', 'A'], '}', false, 'x\\.y', ['x\\.yx\\.yx\\.yx\\.yx\\.yx\\.yx\\.yx\\.yx\\.yx\\.y', 10], ['', '', '', '', '', '', '', '', '', '', '']],
  ['[]a]b+\\sa{1,2}|', '', 'b{', ['', '', ''], '', false, '\\\\', ['\\b\\{\\', 3], ['', 'b', '{', '']],
  ['(?i).c?', '', 'b', ['b'], 'b', true, '\\n', ['\n', 1], ['', '']],
  ['-', 'm', 'a }-é}{1}', ['-'], null, false, '-', ['a }-é}{1}', 1], ['a }', 'é}{1}']],
  ['(?i:A)', 'i', '\n-bbé a]x', ['a'], null, false, 'x\\.y', ['\n-bbé x\\.y]x', 1], ['\n-bbé ', ']x']],
  ['\\S-+', 'i', 'aa-c-A]-b', ['a-', 'c-', ']-'], null, false, '\\1', null, ['a', '', 'A', 'b']],
  ['[a-c]', '', 'acc-}}}a{', ['a', 'c', 'c', 'a'], 'a', false, '$1', ['$1$1$1-}}}$1{', 4], ['', '', '', '-}}}', '{']],
  [' ', 'm', 'a{ \nc}. .', [' ', ' '], null, false, '-', ['a{-\nc}.-.', 2], ['a{', '\nc}.', '.']],
  ['\\B', 'm', '}acAx- ', ['', '', '', '', '', ''], '', false, '\\n', ['\n}a\nc\nA\nx-\n \n', 6], ['', '}a', 'c', 'A', 'x-', ' ', '']],
  ['\\D\\w+[^a]', 'm', 'cbéc  {ab', ['cbéc ', '{ab'], 'cbéc ', false, '$1', ['$1 $1', 2], ['', ' ', '']],
  ['\\B', 'm', 'é bAb abé]', ['', '', '', '', ''], null, false, '$1', ['é b$1A$1b a$1b$1é]$1', 5], ['é b', 'A', 'b a', 'b', 'é]', '']],
  ['^\\w', 'm', 'cc{éc1', ['c'], 'c', false, '$1', ['$1c{éc1', 1], ['', 'c{éc1']],
  ['}{', '', ' c Aa}{.', ['}{'], null, false, '-', [' c Aa-.', 1], [' c Aa', '.']],
  ['\\w', 'm', 'b', ['b'], 'b', true, '\\1', null, ['', '']],
  ['(?!b)', 'm', 'A-béa1', ['', '', '', '', '', ''], '', false, '\\n', ['\nA\n-b\né\na\n1\n', 6], ['', 'A', '-b', 'é', 'a', '1', '']],
  ['\\B', 'm', 'bba1Aa}}c1', ['', '', '', '', '', '', ''], null, false, '$1', ['b$1b$1a$11$1A$1a}$1}c$11', 7], ['b', 'b', 'a', '1', 'A', 'a}', '}c', '1']],
  ['\\n?', 'i', 'bxa]AX{b', ['', '', '', '', '', '', '', '', ''], '', false, '\\1', null, ['', 'b', 'x', 'a', ']', 'A', 'X', '{', 'b', '']],
  ['\\A', '', 'Xb}AXb1 ', [''], '', false, '\\1', null, ['', 'Xb}AXb1 ']],
  ['\\w', 'i', '1.', ['1'], '1', false, 'x\\.y', ['x\\.y.', 1], ['', '.']],
  ['^[]a]', 'm', 'aA\nA\n-b.', ['a'], 'a', false, '[\\g<0>]', ['[a]A\nA\n-b.', 1], ['', 'A\nA\n-b.']],
  ['\\w(?=a)(?P<n2>a)[]a]|', 'i', 'c-1\n{', ['', '', '', '', '', ''], '', false, '$1', ['$1c$1-$11$1\n$1{$1', 6], ['', null, 'c', null, '-', null, '1', null, '\n', null, '{', null, '']],
  ['b[a-c]{,2}.', '', 'bX \naX', ['bX'], 'bX', false, '-', ['- \naX', 1], ['', ' \naX']],
  ['b+', '', 'abAa1b.ac]', ['b', 'b'], null, false, 'x\\.y', ['ax\\.yAa1x\\.y.ac]', 2], ['a', 'Aa1', '.ac]']],
  ['(b|c)[\\w-][\\w-](a)|', 'm', 'Xbaa', [['', ''], ['', ''], ['', ''], ['', ''], ['', '']], '', false, '\\\\', ['\\X\\b\\a\\a\\', 5], ['', null, null, 'X', null, null, 'b', null, null, 'a', null, null, 'a', null, null, '']],
  ['(?P<n0>a)', '', 'éaa', ['a', 'a'], null, false, '\\1', ['éaa', 2], ['é', 'a', '', 'a', '']],
  ['[]a]', 'm', 'éAAca-', ['a'], null, false, '\\\\', ['éAAc\\-', 1], ['éAAc', '-']],
  ['\\d', '', '', [], null, false, '[\\g<0>]', ['', 0], ['']],
  ['\\n\\Z\\b', 'i', '1]éc c', [], null, false, '$1', ['1]éc c', 0], ['1]éc c']],
  ['\\b\\Za*-\\A', 'm', 'Xc]', [], null, false, '\\1', null, ['Xc]']],
  ['c?(?:x)', 'm', 'ab', [], null, false, '\\\\', ['ab', 0], ['ab']],
  ['(?:x)(a)', 'i', 'é', [], null, false, '-', ['é', 0], ['é']],
  ['(b|c)', 'i', 'x{-}', [], null, false, '\\1', ['x{-}', 0], ['x{-}']],
  ['\\s', 'm', ']c}a-{-c', [], null, false, '$1', [']c}a-{-c', 0], [']c}a-{-c']],
  ['\\Z\\Aa*?.', 'm', 'b', [], null, false, '[\\g<0>]', ['b', 0], ['b']],
  ['\\s\\W\\A\\b', 'i', '-a]Xécc1-', [], null, false, '\\1', null, ['-a]Xécc1-']],
  ['-', 'i', 'éc1{', [], null, false, '$1', ['éc1{', 0], ['éc1{']],
  ['(a)é', 'm', '.1\nbA1c{a{', [], null, false, 'x\\.y', ['.1\nbA1c{a{', 0], ['.1\nbA1c{a{']],
  [' }', '', 'xbc{.é', [], null, false, 'x\\.y', ['xbc{.é', 0], ['xbc{.é']],
  ['[^a]b+\\W-c?', 'i', '', [], null, false, '[\\g<0>]', ['', 0], ['']],
  ['b+\\d-[\\w-](?i:A)', 'i', 'Aé\n.', [], null, false, '$1', ['Aé\n.', 0], ['Aé\n.']],
  ['\\B\\B(?<=a)\\B', 'm', '\n1}x', [], null, false, '-', ['\n1}x', 0], ['\n1}x']],
  ['}(?P<n1>a) {,2}a*', 'm', '-éaxx-', [], null, false, '-', ['-éaxx-', 0], ['-éaxx-']],
  ['(?!b)\\B\\A', 'i', '', [], null, false, '\\\\', ['', 0], ['']],
  ['\\B[a-c](a)', '', 'bc1', [], null, false, '$1', ['bc1', 0], ['bc1']],
  ['\\d', '', 'cxxb-', [], null, false, 'x\\.y', ['cxxb-', 0], ['cxxb-']],
  ['b+$\\Z\\sb+', 'i', '\n x\nb', [], null, false, '$1', ['\n x\nb', 0], ['\n x\nb']],
]

const flagsOf = (letters: string): PatternFlags => ({ ignoreCase: letters.includes('i'), multiline: letters.includes('m'), dotAll: letters.includes('s') })

describe('a pattern does what it does in Python', () => {
  test.each(cases)('%j (%s) on %j', (text, flags, subject, all, first, whole, replacement, replaced, parts) => {
    const compiled = pattern(text, flagsOf(flags))
    expect(compiled.findAll(subject)).toEqual(all)
    expect(compiled.match(subject)?.text ?? null).toBe(first)
    expect(compiled.fullMatch(subject) !== undefined).toBe(whole)
    expect(compiled.split(subject).map(part => part ?? null)).toEqual(parts)
    if (replaced === null) expect(() => compiled.substitute(subject, replacement)).toThrow(ProvisionError)
    else expect(Object.values(compiled.substitute(subject, replacement))).toEqual(replaced)
  })

  test.each([
    ['^(?P<a>.*)_name$', 'foo_name', '\\g<a>-\\1-\\g<0>', 'foo-foo-foo_name'],
    ['(?x) a  b # comment\n c', 'abc', 'x', 'x'],
    ['(?i)FOO', 'a foo', 'x', 'a x'],
    ['(?i:a)b', 'Ab AB', 'x', 'x AB'],
    ['(?i:[a-c])d', 'Bd bD', 'x', 'x bD'],
    ['(?s)a.b', 'a\nb', 'x', 'x'],
    ['(?s:.)b', '\nb', 'x', 'x'],
    ['(?m)^', 'a\nb', '# ', '# a\n# b'],
    ['$', 'a\n', 'x', 'ax\nx'],
    ['\\Z', 'a\n', 'x', 'a\nx'],
    ['\\Aa', 'aa', 'x', 'xa'],
    ['\\bé', 'é aé', 'x', 'x aé'],
    ['\\d', '٣x', '#', '#x'],
    ['(?a)\\d', '٣x3', '#', '٣x#'],
    ['.', '😀', 'x', 'x'],
    ['(?P<q>[\'"]).*?(?P=q)', 'a "b" c', '-', 'a - c'],
    ['a|(b)', 'ab', '[\\1]', '[][b]'],
    ['x', 'x', '\\n\\t\\\\\\x'.replace('\\x', ''), '\n\t\\'],
    ['[^]]', ']a', 'x', ']x'],
    ['[\\w.-]+', 'a-b.c d', 'x', 'x x'],
    ['[[:&&~~]', 'a[&', 'x', 'axx'],
    ['a{,2}b', 'aaab', 'x', 'ax'],
    ['{x}', '{x}', 'y', 'y'],
    ['\\x41\\u0042\\103', 'ABC', 'x', 'x'],
    ['(?#comment)a', 'a', 'x', 'x'],
    ['(?<=a)b(?!c)', 'abc ab', 'x', 'abc ax'],
  ])('%j on %j with %j', (text, subject, replacement, expected) => {
    expect(pattern(text).substitute(subject, replacement).text).toBe(expected)
  })

  test('replacing stops at a count', () => expect(pattern('a').substitute('aaa', 'b', 2)).toEqual({ text: 'bba', count: 2 }))
  test('a match knows its groups by number and by name', () => expect(pattern('(?P<key>\\w+)=(\\w+)?').search('x a=')).toMatchObject({ text: 'a=', start: 2, end: 4, groups: ['a', undefined], named: new Map([['key', 'a']]) }))
  test('a replacement can be filled from a match', () => expect(pattern('(a)(b)').expand('\\2\\1', pattern('(a)(b)').search('xab')!)).toBe('ba'))
  test('text is escaped to stand for itself', () => expect(escapePattern('a.b-c d#é')).toBe('a\\.b\\-c\\ d\\#é'))
  test('a pattern is compiled once', () => expect(pattern('abc', { ignoreCase: true })).toBe(pattern('abc', { ignoreCase: true })))
})

test.each([
  '(b|c)[',
  '\\W\\q^',
  '}[]a](',
  '+',
  ')',
  '(\\1',
  '\\1-',
  '}[a*\\Z',
  'c?{,2}',
  '{(?i)}',
  '[\\B',
  '[\\A\\Z',
  '(',
  'a**',
  '[a',
  '\\q',
  '(?P<1>a)',
  '*a',
  'a)',
  '(?>a)',
  'a++',
  '(?(1)a|b)',
  '\\1',
  '(a\\1)',
  '[z-a]',
  '(?P<n>a)(?P<n>b)',
  '(?P=x)',
  'a(?i)b',
  '(?z)',
  '\\',
  '[\\',
  'a{2}{3}',
  '{,2}',
  '^*',
])('%j is refused', text => expect(() => pattern(text)).toThrow(expect.objectContaining({ code: 'pattern', message: expect.stringContaining(text) })))

test.each(['\\q', '\\2', '\\g<x>', 'a\\'])('the replacement %j is refused', replacement => expect(() => pattern('(a)').substitute('a', replacement)).toThrow(expect.objectContaining({ code: 'pattern' })))

const fragments = fc.array(fc.constantFrom('a', '.', '*', '+', '?', '(', ')', '[', ']', '{', '}', '1', ',', '|', '^', '$', '\\', 'd', 'w', 'b', '(?P<n>', '(?:', '(?i)', '-', '#', ' ', '\n', 'é', '😀', '&&'), { maxLength: 12 }).map(parts => parts.join(''))

test('any text is a pattern or refused', () => fc.assert(fc.property(fc.oneof(fragments, fc.string({ unit: 'binary' })), fc.boolean(), (text, verbose) => {
  try {
    pattern(text, { verbose, ignoreCase: !verbose })
  } catch (error) {
    if (!(error instanceof ProvisionError)) throw error
  }
}), { numRuns: 3000 }))

test('escaped text matches itself and nothing else', () => fc.assert(fc.property(fc.string({ unit: 'grapheme' }), text => pattern(escapePattern(text)).match(text)?.text === text)))

test('an expression that does not come to an end is stopped', () => {
  const started = performance.now()
  expect(() => pattern('(a+)+$b').match('a'.repeat(50))).toThrow(expect.objectContaining({ code: 'template-fuel' }))
  expect(performance.now() - started).toBeLessThan(20_000)
  // The next one is not concerned.
  expect(pattern('(a+)+b').match(`${'a'.repeat(50)}b`)?.end).toBe(51)
}, 30_000)
