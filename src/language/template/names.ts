import { TemplateText } from '../../core/value.ts'
import { templateOf } from './template.ts'
import type { Expression, Filter, Given, MacroBody, Statement, Statements, Target } from './tree.ts'

/** Names that an expression may need from outside. Names of functions such as `range` are among them. */
export function expressionNames(node: Expression): Set<string> {
  const names = new Names()
  names.expression(node, new Set())
  return names.free
}

/** Names that a template may need from outside, without those that it sets itself before. */
export function templateNames(body: Statements): Set<string> {
  const names = new Names()
  names.statements(body, new Set())
  return names.free
}

const macroNames = new WeakMap<MacroBody, Set<string>>()

/** Whether a macro's body uses a name, such as `varargs`. */
export function mentions(macro: MacroBody, name: string): boolean {
  let names = macroNames.get(macro)
  if (!names) macroNames.set(macro, names = templateNames(macro.body))
  return names.has(name)
}

class Names {
  readonly free = new Set<string>()

  expression(node: Expression | undefined, bound: ReadonlySet<string>): void {
    if (!node) return
    const all = (nodes: readonly (Expression | undefined)[]) => nodes.forEach(each => this.expression(each, bound))
    switch (node.kind) {
      case 'constant': return
      case 'name': return this.#use(node.name, bound)
      case 'list': case 'tuple': return all(node.items)
      case 'dictionary': return all(node.entries.flat())
      case 'attribute': return this.expression(node.of, bound)
      case 'item': return all([node.of, node.key])
      case 'slice': return all([node.of, node.from, node.to, node.step])
      case 'call': return this.#lookup(node.callee, node.given, bound), this.expression(node.callee, bound), this.#given(node.given, bound)
      case 'filter': return this.#filter(node, bound)
      case 'test': return this.expression(node.value, bound), this.#given(node.given, bound)
      case 'not': case 'sign': return this.expression(node.value, bound)
      case 'arithmetic': case 'and': case 'or': return all([node.left, node.right])
      case 'concatenation': return all(node.parts)
      case 'comparison': return all([node.first, ...node.rest.map(each => each.right)])
      case 'choice': return all([node.test, node.then, node.otherwise])
    }
  }

  /** @param bound names set so far; what a statement sets for those behind it is added */
  statements(body: Statements, bound: Set<string>): void {
    for (const statement of body) this.#statement(statement, bound)
  }

  #statement(node: Statement, bound: Set<string>): void {
    const inner = (body: Statements, ...names: readonly string[]) => this.statements(body, new Set([...bound, ...names]))
    switch (node.kind) {
      case 'data': case 'break': case 'continue': return
      case 'output': case 'do': return this.expression(node.value, bound)
      case 'if':
        for (const { test, body } of node.branches) this.expression(test, bound), inner(body)
        return inner(node.otherwise)
      case 'for':
        this.expression(node.over, bound)
        this.expression(node.test, new Set([...bound, ...targets(node.target)]))
        inner(node.body, 'loop', ...targets(node.target))
        return inner(node.otherwise)
      case 'set':
        this.expression(node.value, bound)
        return this.#assign(node.target, bound)
      case 'set-block':
        if (node.filter) this.#filter(node.filter, bound)
        inner(node.body)
        return this.#assign(node.target, bound)
      case 'with':
        for (const [, value] of node.bindings) this.expression(value, bound)
        return inner(node.body, ...node.bindings.flatMap(([target]) => targets(target)))
      case 'filter-block': return this.#filter(node.filter, bound), inner(node.body)
      case 'macro':
        bound.add(node.name)
        return this.#macro(node.macro, bound)
      case 'call-block':
        this.expression(node.call, bound)
        return this.#macro(node.macro, bound)
      case 'include': case 'extends': return this.expression(node.template, bound)
      case 'import':
        this.expression(node.template, bound)
        bound.add(node.as)
        return
      case 'from':
        this.expression(node.template, bound)
        for (const [, as] of node.names) bound.add(as)
        return
      case 'block': return this.statements(node.body, new Set([...bound, 'super', 'self']))
      case 'scope': return inner(node.body)
    }
  }

  #macro({ parameters, body }: MacroBody, bound: ReadonlySet<string>): void {
    for (const parameter of parameters) this.expression(parameter.default, bound)
    this.statements(body, new Set([...bound, ...parameters.map(({ name }) => name)]))
  }

  #filter({ value, given }: Filter, bound: ReadonlySet<string>): void {
    this.expression(value, bound)
    this.#given(given, bound)
  }

  #given({ positional, named, rest, options }: Given, bound: ReadonlySet<string>): void {
    for (const each of [...positional, ...named.map(([, value]) => value), rest, options]) this.expression(each, bound)
  }

  /** `lookup('vars', 'name')` needs that variable too, and `lookup('file', '{{ name }}')` what its terms need. */
  #lookup(callee: Expression, { positional }: Given, bound: ReadonlySet<string>): void {
    const [plugin, ...terms] = positional
    if (callee.kind !== 'name' || !['lookup', 'query', 'q'].includes(callee.name)) return
    const ofVariables = plugin?.kind === 'constant' && /(?:^|\.)vars$/.test(String(plugin.value))
    for (const term of terms) {
      if (term.kind !== 'constant' || typeof term.value !== 'string') continue
      if (term.value.includes('{{')) for (const name of templateOf(new TemplateText(term.value)).names) this.#use(name, bound)
      else if (ofVariables) this.#use(term.value, bound)
    }
  }

  #assign(target: Target, bound: Set<string>): void {
    if (target.kind === 'member') this.#use(target.of, bound)
    for (const name of targets(target)) bound.add(name)
  }

  #use(name: string, bound: ReadonlySet<string>): void {
    if (!bound.has(name)) this.free.add(name)
  }
}

const targets = (target: Target): string[] =>
  target.kind === 'name' ? [target.name] : target.kind === 'tuple' ? target.items.flatMap(targets) : []
