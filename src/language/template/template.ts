import type { Position } from '../../core/position.ts'
import type { TemplateText } from '../../core/value.ts'
import { Cursor } from './cursor.ts'
import { expressionNames, templateNames } from './names.ts'
import { expressions } from './parse-expression.ts'
import { template } from './parse-statement.ts'
import { Source } from './source.ts'
import { expressionTokens, standardSyntax, type Syntax, tokens } from './token.ts'
import type { Expression as Tree, Statement, StatementOf, Statements } from './tree.ts'

export interface Place {
  /** Where the text's first character stands in the user's file. */
  readonly at?: Position
  /** The text's lines are not those of the file. */
  readonly folded?: boolean
}

/** A parsed template. */
export class Template {
  readonly source: Source
  readonly body: Statements
  readonly blocks: readonly StatementOf<'block'>[]
  /** It has an `{% extends %}`. */
  readonly extends: boolean
  #names: ReadonlySet<string> | undefined

  constructor(source: Source, body: Statements) {
    this.source = source
    this.body = body
    const inner = [...within(body)]
    this.blocks = inner.filter(statement => statement.kind === 'block')
    this.extends = inner.some(statement => statement.kind === 'extends')
  }

  /**
   * Names that the template may need from outside: variables, and functions such as `lookup`. What files that it
   * includes need is not among them.
   */
  get names(): ReadonlySet<string> {
    return (this.#names ??= templateNames(this.body))
  }
}

/** A parsed bare expression, as in `when`. */
export class Expression {
  readonly source: Source
  readonly tree: Tree
  #names: ReadonlySet<string> | undefined

  constructor(source: Source, tree: Tree) {
    this.source = source
    this.tree = tree
  }

  get names(): ReadonlySet<string> {
    return (this.#names ??= expressionNames(this.tree))
  }
}

/**
 * Parses a template. The result is kept and given again for the same text at the same place.
 *
 * @throws ProvisionError template-syntax, with the place in the user's file
 */
export function parseTemplate(text: string, options: Place & Partial<Syntax> = {}): Template {
  const { at, folded, ...written } = options
  return kept(`t${placeKey(options)}\0${JSON.stringify(written)}\0${text}`, () => {
    const source = new Source(text.replaceAll(/\r\n?/g, '\n'), at, folded)
    const cursor = new Cursor(source, tokens(source, { ...standardSyntax, ...defined(written) }))
    return new Template(source, template(cursor))
  })
}

const ofTexts = new WeakMap<TemplateText, Template>()

/** The template that a text in a playbook is. @throws ProvisionError template-syntax */
export function templateOf(text: TemplateText): Template {
  const known = ofTexts.get(text)
  if (known) return known
  const made = parseTemplate(text.text, { at: text.at, folded: text.folded, plainBackslashes: true })
  ofTexts.set(text, made)
  return made
}

/**
 * Parses a bare expression; the result is kept, as that of `parseTemplate`.
 *
 * @throws ProvisionError template-syntax
 */
export function parseExpression(text: string, options: Place = {}): Expression {
  return kept(`e${placeKey(options)}\0${text}`, () => {
    const source = new Source(text.replaceAll(/\r\n?/g, '\n'), options.at, options.folded)
    const cursor = new Cursor(source, expressionTokens(source))
    const tree = expressions(cursor)
    if (cursor.current.type !== 'end') cursor.unexpected('the end of the expression')
    return new Expression(source, tree)
  })
}

const placeKey = ({ at, folded }: Place): string => (at ? `${at.file}\0${at.line}\0${at.column}\0${folded ? 1 : 0}` : '')
const defined = (syntax: Partial<Syntax>): Partial<Syntax> => Object.fromEntries(Object.entries(syntax).filter(([, value]) => value !== undefined))

const mostKept = 5000
const parsed = new Map<string, Template | Expression>()

/** Parsed before, or parsed now. The oldest makes room. */
function kept<T extends Template | Expression>(key: string, parse: () => T): T {
  const known = parsed.get(key)
  if (known) return known as T
  const made = parse()
  if (parsed.size >= mostKept) parsed.delete(parsed.keys().next().value!)
  parsed.set(key, made)
  return made
}

/** Statements and those in them, except in macros, which cannot extend. */
function* within(body: Statements): Iterable<Statement> {
  for (const statement of body) {
    yield statement
    if ('body' in statement) yield* within(statement.body)
    if (statement.kind === 'if') for (const branch of statement.branches) yield* within(branch.body)
    if (statement.kind === 'if' || statement.kind === 'for') yield* within(statement.otherwise)
  }
}
