import { didYouMean } from '../../core/nearest.ts'
import type { Cursor } from './cursor.ts'
import { expression, expressions, filters } from './parse-expression.ts'
import type { Token } from './token.ts'
import type { Expression, ExpressionOf, MacroBody, Statement, Statements, Target } from './tree.ts'

/** A whole template. @throws ProvisionError template-syntax */
export function template(cursor: Cursor): Statements {
  const { body } = statements(cursor, [], undefined)
  return body
}

/** Statements up to one of the words, which is taken together with its tag's beginning. */
function statements(cursor: Cursor, ends: readonly string[], opener: Token | undefined): { readonly body: Statements; readonly end: string } {
  return cursor.nested(() => {
    const body: Statement[] = []
    for (;;) {
      const token = cursor.current
      if (token.type === 'end') {
        if (!opener) return { body, end: '' }
        cursor.fail(`${ends.at(-1)} is missing`, opener)
      }
      cursor.take()
      if (token.type === 'data') body.push({ kind: 'data', text: token.value, start: token.start, end: token.end })
      else if (token.type === 'output-begin') {
        const value = expressions(cursor)
        cursor.expect('output-end', "'}}'")
        body.push({ kind: 'output', value, start: token.start, end: cursor.behind })
      } else {
        if (cursor.isWord(...ends)) return { body, end: cursor.take().value }
        const made = statement(cursor, token.start)
        for (const each of Array.isArray(made) ? made : [made]) body.push(each)
        cursor.expect('block-end', "'%}'")
      }
    }
  })
}

/** The body of a statement whose opening tag ends here; its closing tag is taken except for its end. */
function block(cursor: Cursor, opener: Token, ...ends: readonly string[]): { readonly body: Statements; readonly end: string } {
  cursor.takeOperator(':')
  cursor.expect('block-end', "'%}'")
  return statements(cursor, ends, opener)
}

type Rule = (cursor: Cursor, opener: Token, span: () => { readonly start: number; readonly end: number }) => Statement | readonly Statement[]

function statement(cursor: Cursor, start: number): Statement | readonly Statement[] {
  const opener = cursor.expect('name', 'the name of a statement')
  const rule = rules.get(opener.value)
  if (rule) return rule(cursor, opener, () => ({ start, end: cursor.behind }))
  if (/^end|^el(se|if)$/.test(opener.value)) return cursor.fail(`'${opener.value}' closes nothing here`, opener)
  return cursor.fail(`there is no statement '${opener.value}'`, opener, didYouMean(opener.value, rules.keys()))
}

const rules: ReadonlyMap<string, Rule> = new Map<string, Rule>(Object.entries({
  if(cursor, opener, span) {
    const branches: { test: Expression; body: Statements }[] = []
    for (;;) {
      const test = expressions(cursor, false)
      const { body, end } = block(cursor, opener, 'elif', 'else', 'endif')
      branches.push({ test, body })
      if (end === 'elif') continue
      const otherwise = end === 'else' ? block(cursor, opener, 'endif').body : []
      return { kind: 'if', branches, otherwise, ...span() }
    }
  },

  for(cursor, opener, span) {
    const to = target(cursor)
    cursor.expectWord('in')
    const over = expressions(cursor, false, at => at.isWord('recursive'))
    const test = cursor.takeWord('if') ? expression(cursor) : undefined
    const recursive = cursor.takeWord('recursive')
    const { body, end } = block(cursor, opener, 'else', 'endfor')
    const otherwise = end === 'else' ? block(cursor, opener, 'endfor').body : []
    return { kind: 'for', target: to, over, test, recursive, body, otherwise, ...span() }
  },

  set(cursor, opener, span) {
    const to = target(cursor, true)
    if (cursor.takeOperator('=')) return { kind: 'set', target: to, value: expressions(cursor), ...span() }
    const filter = filters(cursor, undefined, cursor.current.start)
    const { body } = block(cursor, opener, 'endset')
    return { kind: 'set-block', target: to, filter, body, ...span() }
  },

  with(cursor, opener, span) {
    const bindings: [Target, Expression][] = []
    while (cursor.current.type !== 'block-end') {
      if (bindings.length > 0) cursor.expectOperator(',')
      const to = singleTarget(cursor, false)
      cursor.expectOperator('=')
      bindings.push([to, expression(cursor)])
    }
    return { kind: 'with', bindings, body: block(cursor, opener, 'endwith').body, ...span() }
  },

  filter(cursor, opener, span) {
    const filter = filters(cursor, undefined, cursor.current.start, true)!
    return { kind: 'filter-block', filter, body: block(cursor, opener, 'endfilter').body, ...span() }
  },

  macro(cursor, opener, span) {
    const name = cursor.expect('name', "the macro's name").value
    const parameters = signature(cursor)
    return { kind: 'macro', name, macro: { parameters, body: block(cursor, opener, 'endmacro').body }, ...span() }
  },

  call(cursor, opener, span) {
    const parameters = cursor.isOperator('(') ? signature(cursor) : []
    const call = expression(cursor)
    if (call.kind !== 'call') return cursor.fail('{% call %} needs the call of a macro', call)
    return { kind: 'call-block', call: call as ExpressionOf<'call'>, macro: { parameters, body: block(cursor, opener, 'endcall').body }, ...span() }
  },

  include(cursor, _, span) {
    const named = expression(cursor)
    const ignoreMissing = cursor.isWord('ignore') && cursor.following.value === 'missing'
    if (ignoreMissing) cursor.take(), cursor.take()
    return { kind: 'include', template: named, ignoreMissing, withContext: context(cursor) ?? true, ...span() }
  },

  import(cursor, _, span) {
    const named = expression(cursor)
    cursor.expectWord('as')
    const as = cursor.expect('name', 'a name').value
    return { kind: 'import', template: named, as, withContext: context(cursor) ?? false, ...span() }
  },

  from(cursor, _, span) {
    const named = expression(cursor)
    cursor.expectWord('import')
    const names: [string, string][] = []
    let withContext = context(cursor)
    while (withContext === undefined && cursor.current.type === 'name') {
      const name = cursor.take()
      if (name.value.startsWith('_')) cursor.fail('names that begin with an underscore cannot be imported', name)
      names.push([name.value, cursor.takeWord('as') ? cursor.expect('name', 'a name').value : name.value])
      withContext = context(cursor)
      if (withContext === undefined && !cursor.takeOperator(',')) break
      withContext ??= context(cursor)
    }
    if (names.length === 0) cursor.unexpected('a name')
    return { kind: 'from', template: named, names, withContext: withContext ?? false, ...span() }
  },

  extends: (cursor, _, span) => ({ kind: 'extends', template: expression(cursor), ...span() }),

  block(cursor, opener, span) {
    const name = cursor.expect('name', "the block's name")
    if (cursor.isOperator('-')) cursor.fail('the name of a block cannot contain a hyphen', name, 'Use an underscore.')
    const scoped = cursor.takeWord('scoped')
    const required = cursor.takeWord('required')
    const { body } = block(cursor, opener, 'endblock')
    cursor.takeWord(name.value)
    return { kind: 'block', name: name.value, scoped, required, body, ...span() }
  },

  print(cursor, _, span) {
    const outputs: Statement[] = []
    do outputs.push({ kind: 'output', value: expression(cursor), ...span() })
    while (cursor.takeOperator(','))
    return outputs
  },

  /** Escaping is off in all templates here, as in Ansible; the block is a scope. */
  autoescape(cursor, opener, span) {
    expression(cursor)
    return { kind: 'scope', body: block(cursor, opener, 'endautoescape').body, ...span() }
  },

  do: (cursor, _, span) => ({ kind: 'do', value: expressions(cursor), ...span() }),
  break: (_cursor, _opener, span) => ({ kind: 'break', ...span() }),
  continue: (_cursor, _opener, span) => ({ kind: 'continue', ...span() }),
} satisfies Record<string, Rule>))

/** `with context` or `without context`. */
function context(cursor: Cursor): boolean | undefined {
  if (!cursor.isWord('with', 'without') || cursor.following.value !== 'context') return undefined
  const withContext = cursor.take().value === 'with'
  cursor.take()
  return withContext
}

/** One name or several with commas between. */
function target(cursor: Cursor, members = false): Target {
  const { start } = cursor.current
  const first = singleTarget(cursor, members)
  if (!cursor.isOperator(',')) return first
  const items = [first]
  while (cursor.takeOperator(',') && cursor.current.type === 'name' && !cursor.isWord('in') || cursor.isOperator('(')) items.push(singleTarget(cursor, members))
  return { kind: 'tuple', items, start, end: cursor.behind }
}

function singleTarget(cursor: Cursor, members: boolean): Target {
  const { start } = cursor.current
  if (cursor.takeOperator('(')) {
    const inner = cursor.nested(() => target(cursor, members))
    cursor.expectOperator(')')
    return inner
  }
  const token = cursor.expect('name', 'a name to assign to')
  if (['true', 'false', 'none', 'True', 'False', 'None'].includes(token.value)) cursor.fail(`nothing can be assigned to ${token.value}`, token)
  if (!members || !cursor.takeOperator('.')) return { kind: 'name', name: token.value, start, end: token.end }
  const name = cursor.expect('name', 'a name').value
  return { kind: 'member', of: token.value, name, start, end: cursor.behind }
}

function signature(cursor: Cursor): MacroBody['parameters'] {
  cursor.expectOperator('(')
  const parameters: { name: string; default: Expression | undefined }[] = []
  while (!cursor.takeOperator(')')) {
    const token = cursor.expect('name', 'a name')
    const fallback = cursor.takeOperator('=') ? expression(cursor) : undefined
    if (!fallback && parameters.at(-1)?.default) cursor.fail('a parameter without a default cannot follow one with a default', token)
    parameters.push({ name: token.value, default: fallback })
    if (!cursor.takeOperator(',') && !cursor.isOperator(')')) cursor.unexpected("',' or ')'")
  }
  return parameters
}
