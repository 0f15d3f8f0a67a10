import { pattern } from '../../../core/python-regex.ts'
import { fail } from '../fail.ts'
import { readBytes } from '../files.ts'
import { saysYes } from '../filters/values.ts'
import { decode } from '../python/codec.ts'
import { textOf } from '../python/convert.ts'
import { str } from '../python/text.ts'
import type { Thing } from '../thing.ts'
import { foundFile } from './files.ts'
import { lookup, type Lookups } from './lookup.ts'

/** A value of an INI file, or of a Java properties file. */
export const iniLookups: Lookups = {
  ini: lookup('file? section? type? re? encoding? default? case_sensitive? allow_no_value? allow_none? interpolation?', (terms, given, context) => terms.flatMap(term => {
    const [key, options] = inline(textOf(term, 'the key that ini looks for'))
    const option = (name: keyof typeof given, usual: Thing): Thing => options.get(name) ?? given[name] ?? usual
    const yes = (name: keyof typeof given, usual: boolean) => saysYes(option(name, usual)) === true
    const properties = str(option('type', 'ini')) === 'properties'
    const file = str(option('file', 'ansible.ini'))
    const text = decode(readBytes(foundFile(file, 'files', context), context.environment), str(option('encoding', 'utf-8')))
    const spelling = yes('case_sensitive', false) ? (name: string) => name : (name: string) => name.toLowerCase()
    const sections = parseIni(properties ? `[properties]\n${text}` : text, spelling, yes('allow_no_value', false) || yes('allow_none', false), file)
    const name = properties ? 'properties' : str(option('section', 'global'))
    const section = sections.get(name) ?? (name === 'DEFAULT' ? new Map<string, string | null>() : fail(`No section '${name}' in ${file}`, `It has ${[...sections.keys()].filter(each => each !== 'DEFAULT').join(', ') || 'none'}.`))
    const members = new Map([...(sections.get('DEFAULT') ?? []), ...section])
    const value = (raw: string | null): Thing => (raw !== null && yes('interpolation', true) ? interpolated(raw, members, spelling) : raw)
    if (yes('re', false)) return [...members].filter(([each]) => pattern(key).match(each) !== undefined).map(([, raw]) => value(raw))
    const raw = members.get(spelling(key))
    if (raw !== undefined) return raw === null ? [] : [value(raw)]
    const otherwise = option('default', '')
    return otherwise === null ? [] : Array.isArray(otherwise) ? otherwise : [otherwise]
  })),
}

/** `key section=name file=name`, the older way to give options. */
function inline(term: string): [string, ReadonlyMap<string, string>] {
  if (!/[\s=]/.test(term.trim())) return [term, new Map()]
  const options = new Map<string, string>()
  let key = ''
  let last: string | undefined
  for (const word of term.trim().split(/\s+/)) {
    const found = /^(file|section|type|re|encoding|default|case_sensitive|allow_no_value|allow_none|interpolation)=(.*)$/s.exec(word)
    if (found) {
      last = found[1]!
      options.set(last, found[2]!)
    } else if (/^\w+=/.test(word) && last === undefined && key !== '') fail(`'${word.split('=')[0]}' is not a valid option`)
    else if (last === undefined) key += (key === '' ? '' : ' ') + word
    else options.set(last, `${options.get(last)} ${word}`)
  }
  return key === '' ? fail(`No key to lookup was provided as first term with in string inline options: ${term}`) : [key, options]
}

type Section = Map<string, string | null>

/** As Python's configparser reads it. */
function parseIni(text: string, spelling: (name: string) => string, allowNoValue: boolean, file: string): Map<string, Section> {
  const sections = new Map<string, Section>()
  let section: Section | undefined
  let last: string | undefined
  text.split(/\r\n|\r|\n/).forEach((line, at) => {
    const bad = (message: string): never => fail(`${file}:${at + 1}: ${message}`)
    if (/^\s*[#;]/.test(line)) return
    if (line.trim() === '') return
    const head = /^\[(.+)\]/.exec(line.trim())
    if (/^\s/.test(line) && section && last !== undefined && !head) return void section.set(last, `${section.get(last) ?? ''}\n${line.trim()}`)
    if (head) {
      if (sections.has(head[1]!) && head[1] !== 'DEFAULT') bad(`the section '${head[1]}' is there twice`)
      section = sections.get(head[1]!) ?? new Map()
      sections.set(head[1]!, section)
      last = undefined
      return
    }
    if (!section) return bad('this line stands in no section')
    const found = /^(.*?)\s*(?:[=:]\s*(.*))?$/s.exec(line.trim())!
    const name = spelling(found[1]!.trim())
    if (section.has(name)) fail(`Duplicate option in '${file}': '${name}' is there twice, the second time in line ${at + 1}`)
    if (found[2] === undefined && !allowNoValue) bad('this line has no value')
    section.set(name, found[2] ?? null)
    last = name
  })
  return sections
}

function interpolated(text: string, members: Section, spelling: (name: string) => string, depth = 0): string {
  if (depth > 10) fail('values of the INI file refer to each other in a circle')
  return text.replaceAll(/%(?:%|\(([^)]+)\)s|)/g, (all, name: string | undefined) => {
    if (all === '%%') return '%'
    if (name === undefined) return fail(`'%' in '${text}' must be followed by '%' or '(name)s'`, 'Say interpolation=False to take the text as it is.')
    const value = members.get(spelling(name))
    return value === undefined || value === null ? fail(`'%(${name})s' in '${text}' refers to nothing`) : interpolated(value, members, spelling, depth + 1)
  })
}
