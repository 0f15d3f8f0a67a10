import type { ApacheEvidence } from '../host-evidence.ts'
import { linesOf, takeWord, wordsOf, type Directive, type Line } from './directive.ts'
import { included } from './glob.ts'
import { patternOf } from './pattern.ts'

/** Includes within includes; Apache stops at 128. */
const deepest = 128
const mostDirectives = 100_000
const longest = 1_000_000

/**
 * Apache's configuration as it is in force: `Include` followed, `<IfModule>`, `<IfDefine>`, `<IfVersion>` and `<IfFile>` decided,
 * macros used, variables replaced, and each directive with the file and line where it stands. What Apache would refuse is read as
 * far as it makes sense.
 */
export function loadConfiguration(evidence: ApacheEvidence): readonly Directive[] {
  const loading = new Loading(evidence)
  const [main] = evidence.files
  if (main) loading.file(main.path, 0)
  return loading.top
}

/** A container that is not closed yet. */
interface Open {
  /** In lower case. */
  readonly name: string
  /** Where directives go: a new list, or for a condition that holds the one around it. */
  readonly into: Directive[]
}

class Loading {
  readonly top: Directive[] = []
  readonly #open: Open[] = []
  readonly #files: ReadonlyMap<string, readonly Line[]>
  readonly #version: readonly number[]
  readonly #modules: Set<string>
  readonly #defines = new Map<string, string>()
  readonly #environment: { readonly [name: string]: string }
  readonly #macros = new Map<string, { readonly parameters: readonly string[]; readonly lines: readonly Line[] }>()
  #root: string
  #count = 0

  constructor({ version, modules, defines, environment, root, files }: ApacheEvidence) {
    this.#files = new Map(files.map(file => [file.path, linesOf(file)]))
    this.#version = (version ?? '2.4.60').split('.').map(Number)
    // What a LoadModule line brings is not there before that line.
    const loaded = new Set([...this.#files.values()].flat().flatMap(({ text }) => /^LoadModule\s+(\S+)/i.exec(text)?.[1] ?? []))
    this.#modules = new Set((modules.length > 0 ? modules : builtIn).filter(module => !loaded.has(module)))
    for (const define of defines) this.#defines.set(define, '')
    this.#environment = environment
    this.#root = root
  }

  file(path: string, depth: number): void {
    this.#read(this.#files.get(path) ?? [], depth)
  }

  #read(lines: readonly Line[], depth: number): void {
    for (let at = 0; at < lines.length; at++) {
      if (this.#count++ > mostDirectives) return
      const line = lines[at]!
      const text = this.#resolved(line.text)
      // What refers to itself doubles each time.
      if (text.length > longest) continue
      if (text.startsWith('</')) this.#close(text)
      else if (!text.startsWith('<')) this.#directive(text, line, depth)
      else {
        const [spelled, parameters] = containerOf(text)
        const name = spelled.toLowerCase()
        const holds = this.#condition(name, parameters)
        if (name === 'macro' || holds === false) {
          const end = endOf(name, lines, at)
          if (name === 'macro') this.#define(parameters, lines.slice(at + 1, end))
          at = end
        } else if (holds) this.#open.push({ name, into: this.#into })
        else {
          const children: Directive[] = []
          this.#into.push({
            name,
            spelled,
            text: parameters,
            words: wordsOf(parameters),
            file: line.file,
            line: line.line,
            children,
          })
          this.#open.push({ name, into: children })
        }
      }
    }
  }

  get #into(): Directive[] {
    return this.#open.at(-1)?.into ?? this.top
  }

  #close(text: string): void {
    const name = /^<\/([^\s>]*)/.exec(text)![1]!.toLowerCase()
    const last = this.#open.findLastIndex(open => open.name === name)
    if (last >= 0) this.#open.length = last
  }

  #directive(text: string, { file, line }: Line, depth: number): void {
    const [spelled, rest] = takeWord(text)
    const name = spelled.toLowerCase()
    const words = wordsOf(rest)
    const [first = ''] = words
    if (name === 'include' || name === 'includeoptional') {
      if (depth >= deepest) return
      for (const path of included(this.#absolute(first), [...this.#files.keys()])) this.file(path, depth + 1)
    } else if (name === 'use') this.#use(words, depth)
    else if (name === 'loadmodule') this.#modules.add(first)
    else if (name === 'define') this.#defines.set(first, words[1] ?? '')
    else if (name === 'undefine') this.#defines.delete(first)
    else {
      if (name === 'serverroot') this.#root = first
      this.#into.push({ name, spelled, text: rest, words, file, line })
    }
  }

  /** Whether what a container holds counts; undefined for a container that is no condition. */
  #condition(name: string, parameters: string): boolean | undefined {
    const negated = parameters.startsWith('!')
    const subject = parameters.slice(negated ? 1 : 0).trim().replace(/^"(.*)"$/, '$1')
    const holds = this.#conditions[name]?.(subject)
    return holds === undefined ? undefined : holds !== negated
  }

  readonly #conditions: { readonly [name: string]: (subject: string) => boolean } = {
    ifmodule: name => sourcesOf(name).some(module => this.#modules.has(module)),
    ifdefine: name => this.#defines.has(name),
    ifversion: subject => isVersion(this.#version, subject),
    // What is not among the files is nothing that is included; whether it is there, nobody can say here.
    iffile: () => true,
  }

  #define(parameters: string, lines: readonly Line[]): void {
    const [name = '', ...names] = wordsOf(parameters)
    this.#macros.set(name.toLowerCase(), { parameters: names, lines })
  }

  #use([name = '', ...values]: readonly string[], depth: number): void {
    const macro = this.#macros.get(name.toLowerCase())
    if (!macro || depth >= deepest) return
    // The longest first, so that $port is not read as $p.
    const parameters = macro.parameters
      .map((parameter, index) => ({ parameter, value: values[index] ?? '' }))
      .sort((one, other) => other.parameter.length - one.parameter.length)
    const used = (text: string) => parameters.reduce((before, { parameter, value }) => before.replaceAll(parameter, () => value), text)
    this.#read(macro.lines.map(line => ({ ...line, text: used(line.text) })), depth + 1)
  }

  /** `${NAME}` by `Define`, else by the environment; what nobody knows stays. */
  #resolved(text: string): string {
    const known = (name: string) => this.#defines.get(name) ?? (Object.hasOwn(this.#environment, name) ? this.#environment[name] : undefined)
    return text.replaceAll(/\$\{([^}]+)\}/g, (whole, name: string) => known(name) ?? whole)
  }

  #absolute(path: string): string {
    return path.startsWith('/') ? path : `${this.#root}/${path}`
  }
}

/** What is in an Apache that does not tell. */
const builtIn = ['core', 'so', 'watchdog', 'http', 'log_config', 'logio', 'version', 'unixd', 'mpm_event'].map(name => `${name}_module`)

/** The identifiers that `<IfModule NAME>` may mean: `proxy_module`, or the name of its source, `mod_proxy.c` or `event.c`. */
function sourcesOf(name: string): readonly string[] {
  const source = /^(?:mod_)?(.+)\.c$/.exec(name)?.[1]
  if (source === undefined) return [name]
  return [`${source}_module`, `mpm_${source}_module`, ...(source === 'http_core' ? ['http_module'] : [])]
}

function containerOf(text: string): readonly [spelled: string, parameters: string] {
  const end = text.lastIndexOf('>')
  const inner = text.slice(1, end > 0 ? end : undefined)
  const spelled = /^\S*/.exec(inner)![0]
  return [spelled, inner.slice(spelled.length).trim()]
}

/** Where a container ends that is not read: the index of its last line. */
function endOf(name: string, lines: readonly Line[], start: number): number {
  let depth = 0
  for (let at = start; at < lines.length; at++) {
    const { text } = lines[at]!
    const found = /^<(\/?)([^\s>]*)/.exec(text)
    if (found?.[2]!.toLowerCase() !== name) continue
    depth += found[1] ? -1 : 1
    if (depth === 0) return at
  }
  return lines.length
}

/** `>= 2.4`, `2.4.7`, `~ ^2\.4`; parts that are not named are 0. */
function isVersion(version: readonly number[], subject: string): boolean {
  const [, operator = '=', wanted = ''] = /^(<=|>=|==|=|<|>|~)?\s*(.*)$/.exec(subject)!
  const pattern = /^\/(.*)\/$/.exec(wanted)?.[1] ?? (operator === '~' ? wanted : undefined)
  if (pattern !== undefined) return patternOf(pattern).test(version.join('.'))
  const parts = wanted.split('.').map(Number)
  const difference = version.map((part, index) => part - (parts[index] ?? 0)).find(part => part !== 0) ?? 0
  return difference === 0 ? operator !== '<' && operator !== '>' : operator.startsWith(difference < 0 ? '<' : '>')
}
