import { dirname, resolve } from 'node:path'
import { ProvisionError } from '../../core/error.ts'
import { didYouMean } from '../../core/nearest.ts'
import type { Position } from '../../core/position.ts'
import { Unknown, UnknownReached } from '../../core/unknown.ts'
import { OMIT, type Raw, TemplateText, type Value } from '../../core/value.ts'
import type { Services } from './services.ts'
import { evaluate, judge, understood } from './evaluate.ts'
import { fail } from './fail.ts'
import { existing, readText, templateDirectories } from './files.ts'
import { filterNames, filters } from './filters/index.ts'
import { Frame, type Rendering } from './frame.ts'
import { Fuel } from './fuel.ts'
import { globalFunction, globalNames } from './globals.ts'
import { templateHeader } from './header.ts'
import { Lookups } from './lookups/index.ts'
import { withNewlines } from './newlines.ts'
import { Output } from './output.ts'
import { str } from './python/text.ts'
import { truth } from './python/truth.ts'
import { renderTemplate } from './render.ts'
import { RenderedVariables } from './rendered-variables.ts'
import { type Environment, NotPure, overlaid, type Variables } from './scope.ts'
import { dropOmitted, settle } from './settle.ts'
import { type Expression, parseExpression, parseTemplate, type Place, type Template, templateOf } from './template.ts'
import { testNames, tests } from './tests/index.ts'
import { type Arguments, present, type Thing, unknownAmong } from './thing.ts'
import type { Syntax } from './token.ts'

export interface EvaluationOptions {
  /** Text of several parts that looks like a list or dictionary becomes one, as before Ansible 2.19. */
  readonly literals?: boolean
}

/**
 * Renders the values of one task on one host (or of anything else that has one set of variables). Variables are
 * rendered when they are first used and not again, so an evaluation is good only as long as no variable changes.
 */
export class Evaluation implements Services {
  readonly environment: Environment
  readonly fuel = new Fuel()
  readonly #variables: Variables
  readonly #options: EvaluationOptions
  readonly #rendered: RenderedVariables
  readonly #globals = new Map<string, Thing | undefined>()
  /** The file that is being rendered, and how it is written. */
  #file: { readonly path: string; readonly syntax: Partial<Syntax> } | undefined
  #lookupsAllowed = true

  constructor(variables: Variables, environment: Environment, options: EvaluationOptions = {}) {
    this.#variables = variables
    this.#rendered = new RenderedVariables(variables, this.fuel, template => this.#rendition(template))
    this.environment = environment
    this.#options = options
  }

  /**
   * A value with everything in it rendered. A single `{{ }}` keeps its type; unknown members stay in their places.
   *
   * @throws ProvisionError, NotPure
   */
  evaluate(raw: Raw): Value {
    return this.#settled(() => this.#rendered.thing(raw))
  }

  /** A variable's rendered value; `undefined` where there is none. */
  value(name: string): Value | undefined {
    const raw = this.#variables.get(name)
    // What is no template and holds none is its own value; how a host is reached is asked for by 30 names, for each task.
    if (raw === undefined || raw === null || typeof raw !== 'object') return raw
    return this.#settled(() => this.variable(name)!)
  }

  /** Whether a variable of this name exists; it is not rendered. */
  has(name: string): boolean {
    return this.#variables.get(name) !== undefined
  }

  /** The same with other variables in front. */
  behind(variables: ReadonlyMap<string, Raw>): Evaluation {
    const evaluation = new Evaluation(overlaid(variables, this.#variables), this.environment, this.#options)
    evaluation.#lookupsAllowed = this.#lookupsAllowed
    return evaluation
  }

  /** The value of a bare expression, as in `debug: var=`. */
  expression(text: string, place: Place = {}): Value {
    return this.#settled(() => this.#bare(parseExpression(text, place), (tree, frame) => evaluate(tree, frame)))
  }

  /**
   * Whether conditions hold: an expression, a boolean, or a list whose members must all hold. Empty text and None
   * hold. What is not known makes the answer unknown unless the rest decides it.
   *
   * @param at where the text stands, for conditions that are no `TemplateText`
   */
  condition(raw: Raw, at?: Position): boolean | Unknown {
    if (Array.isArray(raw)) return this.#all(raw, at)
    return this.#guarded(() => this.#judged(raw, at))
  }

  #all(conditions: readonly Raw[], at: Position | undefined): boolean | Unknown {
    let unknown: Unknown | undefined
    for (const condition of conditions) {
      try {
        const holds = this.condition(condition, at)
        if (holds === false) return false
        if (holds instanceof Unknown) unknown ??= holds
      } catch (error) {
        // Conditions behind an unknown one may only be meant for the case that it holds.
        if (!unknown || !(error instanceof ProvisionError) || !['undefined-variable', 'template-error'].includes(error.code)) throw error
      }
    }
    return unknown ?? true
  }

  #judged(raw: Raw, at: Position | undefined): boolean | Unknown {
    if (raw === null || raw === '') return true
    const written = typeof raw === 'string' && /\{[{%]/.test(raw) ? new TemplateText(raw, at) : raw
    if (typeof written === 'string') return this.#bare(parseExpression(written, { at }), judge)
    const value = this.#rendered.thing(written)
    if (typeof value !== 'string' || !(written instanceof TemplateText)) return value instanceof Unknown ? value : truth(value)
    return value === '' || this.#withoutLookups(() => this.#bare(parseExpression(value), judge))
  }

  /** Text that a template has made is judged as an expression once more, but may not act: it may come from a host. */
  #withoutLookups<T>(body: () => T): T {
    const before = this.#lookupsAllowed
    this.#lookupsAllowed = false
    try {
      return body()
    } finally {
      this.#lookupsAllowed = before
    }
  }

  /**
   * The text of a template file, as Ansible's template module renders it: a newline behind a block tag is dropped
   * unless `trimBlocks` is false, and the file's first line may say otherwise (`#jinja2: trim_blocks: False`).
   *
   * @param file its path, for errors and for what it includes
   * @param variables in front of the others: `template_path` and the like
   */
  renderFile(text: string, file: string, options: Partial<Syntax> = {}, variables?: ReadonlyMap<string, Raw>): string | Unknown {
    if (variables && variables.size > 0) return this.behind(variables).renderFile(text, file, options)
    const header = templateHeader(text, file)
    const syntax = { ...options, ...header.syntax }
    const template = parseTemplate(header.text, { at: { file, line: header.firstLine, column: 1 }, ...syntax })
    const outer = this.#file
    this.#file = { path: resolve(this.environment.directory, file), syntax }
    try {
      return this.#guarded((): string => withNewlines(this.#text(template), header.text, syntax.newlineSequence ?? '\n'))
    } finally {
      this.#file = outer
    }
  }

  /**
   * The items that `loop` (`plugin` is `loop`) or `with_PLUGIN` goes through.
   *
   * @param kind the subdirectory that `with_first_found` looks in: `files`, or that of the task's own action
   */
  loop(plugin: string, terms: Raw, at?: Position, kind: 'files' | 'templates' | 'vars' = 'files'): Value[] | Unknown {
    const items = this.#settled(() => {
      if (plugin === 'loop') return this.#rendered.thing(terms)
      return new Lookups(this).loop(plugin, terms, raw => this.#rendered.thing(raw), kind)
    }, at)
    if (items instanceof Unknown || Array.isArray(items)) return items
    throw new ProvisionError('template-error', plugin === 'loop' ? `Invalid data passed to 'loop', it requires a list, got this instead: ${str(items)}.` : `with_${plugin} expects a list`, {
      at: terms instanceof TemplateText ? terms.at : at,
      hint: items instanceof Map ? 'Turn it into a list: | dict2items.' : 'A template gives a list only if it is a single {{ }}. A lookup gives one as query(…), or with wantlist=True.',
    })
  }

  /** Parameters without those whose value is `omit`. */
  dropOmitted(parameters: Value): Value {
    return dropOmitted(parameters)
  }

  // What the evaluator asks for.

  variable(name: string): Thing | undefined {
    return this.#rendered.get(name)
  }

  variableNames(): Iterable<string> {
    return this.#variables.names()
  }

  positionOf(name: string): Position | undefined {
    return this.#variables.positionOf?.(name)
  }

  global(name: string): Thing | undefined {
    if (name === 'omit') return OMIT
    if (!this.#globals.has(name)) this.#globals.set(name, globalFunction(name, this))
    return this.#globals.get(name)
  }

  globalNames(): Iterable<string> {
    return globalNames
  }

  filter(name: string, value: Thing, given: Arguments): Thing {
    const filter = filters(name) ?? fail(`there is no filter '${name}'`, didYouMean(name, filterNames()))
    this.fuel.spend()
    if (filter.takesAll) return filter.apply(name, value, given, this)
    return unknownAmong(value, given) ?? filter.apply(name, present(value), given, this)
  }

  test(name: string, value: Thing, given: Arguments): Thing {
    const test = tests(name) ?? fail(`there is no test '${name}'`, didYouMean(name, testNames()))
    this.fuel.spend()
    if (test.takesAll) return test.holds(name, value, given, this)
    return unknownAmong(value, given) ?? test.holds(name, present(value), given, this)
  }

  lookup(name: string, given: Arguments, asList: boolean): Thing {
    if (!this.#lookupsAllowed) fail(`the lookup '${name}' is not allowed here`, 'A condition that is itself the result of a template may not look anything up. Write it as a bare expression, without {{ }}.')
    return new Lookups(this).call(name, given, asList)
  }

  renderText(text: string): Thing {
    return this.#rendition(new TemplateText(text))
  }

  load(names: readonly string[]): Template | undefined {
    const directories = [...(this.#file ? [dirname(this.#file.path)] : []), ...templateDirectories(this.environment)]
    for (const name of names) {
      const path = existing(directories.map(directory => resolve(directory, name)))
      if (path !== undefined) return parseTemplate(readText(path, this.environment), { at: { file: path, line: 1, column: 1 }, ...this.#file?.syntax })
    }
    return undefined
  }

  renderWith(variables: ReadonlyMap<string, Raw>, text: string, file: string, syntax: Partial<Syntax>): Value {
    return this.behind(variables).renderFile(text, file, syntax)
  }

  impure(what: string): void {
    if (this.environment.pure) throw new NotPure(what)
  }

  now(): Date {
    this.impure('the time of day')
    return this.environment.now?.() ?? new Date()
  }

  warn(message: string, at?: Position): void {
    this.impure('what is to be warned of')
    this.environment.warn?.(message, at)
  }

  // Rendering.

  #rendition(text: TemplateText): Thing {
    const template = templateOf(text)
    const output = new Output(false)
    try {
      renderTemplate(template, this.#frame(template, true), output)
    } catch (error) {
      if (error instanceof UnknownReached) return error.unknown
      throw error
    }
    const result = output.native(this.#options.literals ?? false)
    return typeof result === 'string' ? withNewlines(result, text.text, '\n') : result
  }

  #text(template: Template): string {
    const output = new Output()
    renderTemplate(template, this.#frame(template, false), output)
    return output.text()
  }

  #frame({ source }: { readonly source: Rendering['source'] }, native: boolean): Frame {
    return new Frame({ services: this, source, native, seesVariables: true, blocks: new Map() })
  }

  #bare<T>(expression: Expression, body: (tree: Expression['tree'], frame: Frame) => T): T {
    return body(expression.tree, this.#frame(expression, true))
  }

  #settled(body: () => Thing, at?: Position): Value {
    try {
      return this.#guarded(() => settle(body()))
    } catch (error) {
      throw error instanceof ProvisionError ? error.located(at) : error
    }
  }

  /** Gives each rendering its own fuel, and an error for what is too deep for the machine's stack. */
  #guarded<T>(body: () => T): T | Unknown {
    const outermost = this.fuel.idle
    if (outermost) this.fuel.refill()
    try {
      return body()
    } catch (error) {
      if (error instanceof UnknownReached) return error.unknown
      throw understood(error)
    }
  }
}
