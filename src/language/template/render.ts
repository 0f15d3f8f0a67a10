import { Unknown, UnknownReached } from '../../core/unknown.ts'
import { call, evaluate, given, judge, withPlace } from './evaluate.ts'
import { fail } from './fail.ts'
import { shortName } from './filters/index.ts'
import { Frame, type Rendering } from './frame.ts'
import { offerBlocks, renderBlock } from './inherit.ts'
import { Loop } from './loop.ts'
import { Macro } from './macro.ts'
import { Module, Namespace } from './objects.ts'
import { Output } from './output.ts'
import { iterate } from './python/sequence.ts'
import { str } from './python/text.ts'
import type { Template } from './template.ts'
import { present, type Thing } from './thing.ts'
import type { Expression, Filter, For, Statement, StatementOf, Statements, Target } from './tree.ts'

/** What ends a loop's body early, or the rest of a template that extends another. */
type Leave = 'break' | 'continue' | undefined

/** Renders statements one after the other. */
export function run(body: Statements, frame: Frame, output: Output): Leave {
  for (const statement of body) {
    if (statement.kind === 'data') {
      output.data(statement.text)
      continue
    }
    const { fuel } = frame.rendering.services
    try {
      fuel.enter()
      const leave = step(statement, frame, output)
      if (leave) return leave
    } catch (error) {
      throw withPlace(error, statement, frame)
    } finally {
      fuel.leave()
    }
  }
  return undefined
}

/** For a part of a template whose result is a value of its own. */
export const outputFor = (frame: Frame): Output => new Output(!frame.rendering.native)

/** What a macro or a block within a template has put out. */
export const result = (output: Output, frame: Frame): Thing => (frame.rendering.native ? output.native(false) : output.text())

function captured(body: Statements, frame: Frame): Thing {
  const output = outputFor(frame)
  run(body, frame.inner(), output)
  return result(output, frame)
}

function step(node: Statement, frame: Frame, output: Output): Leave {
  switch (node.kind) {
    case 'data': return output.data(node.text), undefined
    case 'output': return output.value(put(node.value, frame)), undefined
    case 'if': return choose(node, frame, output)
    case 'for': return loop(node, iterate(evaluate(node.over, frame)), frame, output, 1), undefined
    case 'set': return assign(node.target, evaluate(node.value, frame), frame), undefined
    case 'set-block': {
      const value = attempted(() => captured(node.body, frame))
      return assign(node.target, node.filter ? filtered(node.filter, value, frame) : value, frame), undefined
    }
    case 'with': {
      const inner = frame.inner()
      for (const [target, value] of node.bindings) assign(target, evaluate(value, frame), inner)
      return run(node.body, inner, output)
    }
    case 'filter-block': return output.value(filtered(node.filter, captured(node.body, frame), frame)), undefined
    case 'macro': return frame.names.set(node.name, new Macro(node.name, node.macro, frame)), undefined
    case 'call-block': return output.value(call(node.call, frame, ['caller', new Macro('caller', node.macro, frame)])), undefined
    case 'include': return include(node, frame, output), undefined
    case 'import': return frame.names.set(node.as, imported(node.template, node.withContext, frame)), undefined
    case 'from': {
      const module = imported(node.template, node.withContext, frame)
      for (const [name, as] of node.names) frame.names.set(as, module.exported(name))
      return undefined
    }
    case 'extends': return extend(node, frame), undefined
    case 'block': return renderBlock(node, frame, output), undefined
    case 'do': return evaluate(node.value, frame), undefined
    case 'scope': return run(node.body, frame.inner(), output)
    case 'break': case 'continue': return node.kind
  }
}

/** A whole template into its output, with the templates that it extends. */
export function renderTemplate(template: Template, frame: Frame, output: Output): void {
  const { fuel } = frame.rendering.services
  try {
    fuel.enter()
    offerBlocks(template, frame)
    const own = template.extends ? new Output() : output
    run(template.body, frame, own)
    const parent = frame.inherits
    if (parent) renderTemplate(parent, new Frame(renderingOf(parent, frame.rendering), frame, true), output)
    else if (own !== output) output.data(own.text())
  } finally {
    fuel.leave()
  }
}

/** A template as part of another's rendering. */
const renderingOf = (template: Template, from: Rendering, changes: Partial<Rendering> = {}): Rendering => ({ ...from, source: template.source, ...changes })

function extend(node: StatementOf<'extends'>, frame: Frame): void {
  if (frame.top.inherits) fail('a template can extend only one other')
  frame.top.inherits = templateOf(node.template, frame)
}

/** What an expression puts out. Ansible's users compare a search that finds nothing with empty text, once it is stored. */
function put(node: Expression, frame: Frame): Thing {
  const value = evaluate(node, frame)
  return value === null && node.kind === 'filter' && shortName(node.name) === 'regex_search' ? '' : value
}

function choose(node: StatementOf<'if'>, frame: Frame, output: Output): Leave {
  for (const { test, body } of node.branches) {
    const holds = judge(test, frame)
    if (holds instanceof Unknown) throw new UnknownReached(holds)
    if (holds) return run(body, frame, output)
  }
  return run(node.otherwise, frame, output)
}

function loop(node: For, all: readonly Thing[], frame: Frame, output: Output, depth: number): void {
  const items = node.test ? all.filter(item => selected(node.test!, node.target, item, frame)) : [...all]
  const state = new Loop(items, depth, node.recursive ? (over, deeper) => {
    const inner = outputFor(frame)
    loop(node, iterate(over), frame, inner, deeper)
    return result(inner, frame)
  } : undefined)
  for (const item of items) {
    frame.rendering.services.fuel.spend()
    state.next()
    const inner = frame.inner()
    inner.names.set('loop', state)
    assign(node.target, item, inner)
    if (run(node.body, inner, output) === 'break') break
  }
  if (items.length === 0) run(node.otherwise, frame.inner(), output)
}

function selected(test: Expression, target: Target, item: Thing, frame: Frame): boolean {
  frame.rendering.services.fuel.spend()
  const inner = frame.inner()
  assign(target, item, inner)
  const holds = judge(test, inner)
  if (holds instanceof Unknown) throw new UnknownReached(holds)
  return holds
}

function assign(target: Target, value: Thing, frame: Frame): void {
  if (target.kind === 'name') return void frame.names.set(target.name, value)
  if (target.kind === 'member') {
    const of = frame.find(target.of)
    if (!(of instanceof Namespace)) return fail(`only members of a namespace can be set, and '${target.of}' is none`, `Define it as {% set ${target.of} = namespace() %}.`)
    return of.set(target.name, value)
  }
  const items = iterate(value)
  if (items.length !== target.items.length) fail(`${target.items.length} names are set here, and there are ${items.length} values`)
  target.items.forEach((each, at) => assign(each, items[at]!, frame))
}

const filtered = ({ name, value, given: written }: Filter, text: Thing, frame: Frame): Thing =>
  frame.rendering.services.filter(name, value ? filtered(value as Filter, text, frame) : text, given(written, frame))

/** A part whose text is unknown has an unknown for its value. */
function attempted(body: () => Thing): Thing {
  try {
    return body()
  } catch (error) {
    if (error instanceof UnknownReached) return error.unknown
    throw error
  }
}

/** The template that an expression names; the first that exists where it gives a list. */
function templateOf(node: Expression, frame: Frame): Template {
  return find(node, frame) ?? fail(`there is no template ${namesOf(node, frame).map(name => `'${name}'`).join(' or ')}`, 'It is looked for beside the template that is rendered, and in templates/ of the role and of the playbook.')
}

const find = (node: Expression, frame: Frame): Template | undefined => frame.rendering.services.load(namesOf(node, frame))

function namesOf(node: Expression, frame: Frame): string[] {
  const named = present(evaluate(node, frame))
  return Array.isArray(named) ? named.map(str) : [str(named)]
}

function include(node: StatementOf<'include'>, frame: Frame, output: Output): void {
  const template = node.ignoreMissing ? find(node.template, frame) : templateOf(node.template, frame)
  if (template) renderTemplate(template, part(template, node.withContext, frame), output)
}

function imported(node: Expression, withContext: boolean, frame: Frame): Module {
  const template = templateOf(node, frame)
  const inner = part(template, withContext, frame)
  const output = new Output()
  renderTemplate(template, inner, output)
  return new Module(namesOf(node, frame)[0]!, inner, () => output.text())
}

function part(template: Template, withContext: boolean, frame: Frame): Frame {
  const rendering = renderingOf(template, frame.rendering, { blocks: new Map(), seesVariables: withContext && frame.rendering.seesVariables })
  return new Frame(rendering, withContext ? frame : undefined, true)
}
