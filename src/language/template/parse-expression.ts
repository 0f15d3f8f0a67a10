import { didYouMean } from '../../core/nearest.ts'
import { Float, type Value } from '../../core/value.ts'
import type { Cursor } from './cursor.ts'
import { filterNames, isFilter } from './filters/index.ts'
import type { Operator } from './python/arithmetic.ts'
import { isTest, testNames } from './tests/index.ts'
import type { Comparison, Expression, ExpressionOf, Filter, Given, Span } from './tree.ts'

/**
 * Expressions with Jinja2's grammar and precedence: `x if y else z`, `or`, `and`, `not`, comparisons, `+ -`, `~`,
 * `* / // %`, `**`, signs, then members, calls, filters and tests.
 */
export function expression(cursor: Cursor, choice = true): Expression {
  return cursor.nested(() => (choice ? conditional(cursor) : either(cursor)))
}

/** One expression, or several with commas between as a tuple. */
export function expressions(cursor: Cursor, choice = true, end: (cursor: Cursor) => boolean = () => false): Expression {
  const { start } = cursor.current
  const items: Expression[] = []
  let comma = false
  while (!end(cursor) && !['output-end', 'block-end', 'end'].includes(cursor.current.type) && !cursor.isOperator(')')) {
    items.push(expression(cursor, choice))
    if (!cursor.takeOperator(',')) return comma ? { kind: 'tuple', items, start, end: cursor.behind } : items[0]!
    comma = true
  }
  return comma ? { kind: 'tuple', items, start, end: cursor.behind } : cursor.unexpected('an expression')
}

function conditional(cursor: Cursor): Expression {
  const { start } = cursor.current
  let result = either(cursor)
  while (cursor.takeWord('if')) {
    const test = either(cursor)
    const otherwise = cursor.takeWord('else') ? expression(cursor) : undefined
    result = { kind: 'choice', test, then: result, otherwise, start, end: cursor.behind }
  }
  return result
}

function either(cursor: Cursor): Expression {
  const { start } = cursor.current
  let left = both(cursor)
  while (cursor.takeWord('or')) left = { kind: 'or', left, right: both(cursor), start, end: cursor.behind }
  return left
}

function both(cursor: Cursor): Expression {
  const { start } = cursor.current
  let left = negation(cursor)
  while (cursor.takeWord('and')) left = { kind: 'and', left, right: negation(cursor), start, end: cursor.behind }
  return left
}

function negation(cursor: Cursor): Expression {
  const { start } = cursor.current
  if (!cursor.takeWord('not')) return comparison(cursor)
  return { kind: 'not', value: cursor.nested(() => negation(cursor)), start, end: cursor.behind }
}

const comparisons = ['==', '!=', '<', '<=', '>', '>='] as const

function comparison(cursor: Cursor): Expression {
  const { start } = cursor.current
  const first = sum(cursor)
  const rest: Comparison[] = []
  for (let operator = comparisonOperator(cursor); operator; operator = comparisonOperator(cursor)) rest.push({ operator, right: sum(cursor) })
  return rest.length > 0 ? { kind: 'comparison', first, rest, start, end: cursor.behind } : first
}

function comparisonOperator(cursor: Cursor): Comparison['operator'] | undefined {
  if (cursor.isOperator(...comparisons)) return cursor.take().value as Comparison['operator']
  if (cursor.takeWord('in')) return 'in'
  if (!cursor.isWord('not') || cursor.following.type !== 'name' || cursor.following.value !== 'in') return undefined
  cursor.take()
  cursor.take()
  return 'not in'
}

const leftToRight = (operators: readonly Operator[], operand: (cursor: Cursor) => Expression) => (cursor: Cursor): Expression => {
  const { start } = cursor.current
  let left = operand(cursor)
  while (cursor.isOperator(...operators)) {
    const operator = cursor.take().value as Operator
    left = { kind: 'arithmetic', operator, left, right: operand(cursor), start, end: cursor.behind }
  }
  return left
}

const power = leftToRight(['**'], cursor => signed(cursor))
const product = leftToRight(['*', '/', '//', '%'], power)
const sum = leftToRight(['+', '-'], concatenation)

function concatenation(cursor: Cursor): Expression {
  const { start } = cursor.current
  const parts = [product(cursor)]
  while (cursor.takeOperator('~')) parts.push(product(cursor))
  return parts.length > 1 ? { kind: 'concatenation', parts, start, end: cursor.behind } : parts[0]!
}

function signed(cursor: Cursor, filters = true): Expression {
  const { start } = cursor.current
  const value = postfix(cursor, signOrPrimary(cursor), start)
  return filters ? filtersAndTests(cursor, value, start) : value
}

function signOrPrimary(cursor: Cursor): Expression {
  if (!cursor.isOperator('-', '+')) return primary(cursor)
  const { start } = cursor.current
  const sign = cursor.take().value as '-' | '+'
  return { kind: 'sign', sign, value: cursor.nested(() => signed(cursor, false)), start, end: cursor.behind }
}

const constants: ReadonlyMap<string, Value> = new Map<string, Value>([['true', true], ['True', true], ['false', false], ['False', false], ['none', null], ['None', null]])

function primary(cursor: Cursor): Expression {
  const token = cursor.current
  const { start } = token
  const constant = (value: Value): Expression => ({ kind: 'constant', value, start, end: cursor.behind })
  switch (token.type) {
    case 'name': {
      cursor.take()
      const value = constants.get(token.value)
      return value === undefined ? { kind: 'name', name: token.value, start, end: token.end } : constant(value)
    }
    case 'text': {
      let text = ''
      while (cursor.current.type === 'text') text += cursor.take().value
      return constant(text)
    }
    case 'integer': return cursor.take(), constant(token.number!)
    case 'float': {
      const value = Number(cursor.take().value)
      return constant(Number.isInteger(value) ? new Float(value) : value)
    }
  }
  if (cursor.takeOperator('(')) return parentheses(cursor, start)
  if (cursor.takeOperator('[')) {
    const items = listed(cursor, ']')
    return { kind: 'list', items, start, end: cursor.behind }
  }
  return cursor.takeOperator('{') ? dictionary(cursor, start) : cursor.unexpected('an expression')
}

function parentheses(cursor: Cursor, start: number): Expression {
  if (cursor.takeOperator(')')) return { kind: 'tuple', items: [], start, end: cursor.behind }
  const inner = expressions(cursor)
  cursor.expectOperator(')')
  return inner
}

function listed(cursor: Cursor, end: string): Expression[] {
  const items: Expression[] = []
  while (!cursor.takeOperator(end)) {
    items.push(expression(cursor))
    if (!cursor.takeOperator(',') && !cursor.isOperator(end)) cursor.unexpected(`',' or '${end}'`)
  }
  return items
}

function dictionary(cursor: Cursor, start: number): Expression {
  const entries: [Expression, Expression][] = []
  while (!cursor.takeOperator('}')) {
    const key = expression(cursor)
    cursor.expectOperator(':')
    entries.push([key, expression(cursor)])
    if (!cursor.takeOperator(',') && !cursor.isOperator('}')) cursor.unexpected("',' or '}'")
  }
  return { kind: 'dictionary', entries, start, end: cursor.behind }
}

/** Members, items and calls behind a value. */
function postfix(cursor: Cursor, value: Expression, start: number): Expression {
  for (;;) {
    if (cursor.takeOperator('.')) value = member(cursor, value, start)
    else if (cursor.takeOperator('[')) value = subscript(cursor, value, start)
    else if (cursor.isOperator('(')) value = { kind: 'call', callee: value, given: given(cursor), start, end: cursor.behind }
    else return value
  }
}

function member(cursor: Cursor, of: Expression, start: number): Expression {
  const token = cursor.current
  if (token.type === 'name') return cursor.take(), { kind: 'attribute', of, name: token.value, start, end: token.end }
  if (token.type !== 'integer') return cursor.unexpected('a name or a number')
  cursor.take()
  return { kind: 'item', of, key: { kind: 'constant', value: token.number!, start: token.start, end: token.end }, start, end: token.end }
}

function subscript(cursor: Cursor, of: Expression, start: number): Expression {
  const part = (): Expression | undefined => (cursor.isOperator(':', ']', ',') ? undefined : expression(cursor))
  const inner = cursor.current.start
  const from = part()
  if (cursor.takeOperator(':')) {
    const to = part()
    const step = cursor.takeOperator(':') ? part() : undefined
    cursor.expectOperator(']')
    return { kind: 'slice', of, from, to, step, start, end: cursor.behind }
  }
  if (!from) return cursor.unexpected('an expression')
  const keys = [from]
  while (cursor.takeOperator(',') && !cursor.isOperator(']')) keys.push(expression(cursor))
  const key: Expression = keys.length > 1 ? { kind: 'tuple', items: keys, start: inner, end: cursor.behind } : from
  cursor.expectOperator(']')
  return { kind: 'item', of, key, start, end: cursor.behind }
}

export function given(cursor: Cursor): Given {
  cursor.expectOperator('(')
  const positional: Expression[] = []
  const named: [string, Expression][] = []
  let rest: Expression | undefined
  let options: Expression | undefined
  while (!cursor.takeOperator(')')) {
    if (cursor.takeOperator('*')) rest = rest || options ? cursor.fail('a second * or a * behind ** has no place here') : expression(cursor)
    else if (cursor.takeOperator('**')) options = options ? cursor.fail('a second ** has no place here') : expression(cursor)
    else if (cursor.current.type === 'name' && cursor.following.type === 'operator' && cursor.following.value === '=') {
      const name = cursor.take().value
      cursor.take()
      named.push([name, expression(cursor)])
    } else if (named.length > 0 || rest || options) cursor.fail('an argument without a name must stand before those with one')
    else positional.push(expression(cursor))
    if (!cursor.takeOperator(',') && !cursor.isOperator(')')) cursor.unexpected("',' or ')'")
  }
  return { positional, named, rest, options }
}

const nothing: Given = { positional: [], named: [], rest: undefined, options: undefined }

function filtersAndTests(cursor: Cursor, value: Expression, start: number): Expression {
  for (;;) {
    if (cursor.isOperator('|')) value = filters(cursor, value, start) as Expression
    else if (cursor.isWord('is')) value = test(cursor, value, start)
    else if (cursor.isOperator('(')) value = { kind: 'call', callee: value, given: given(cursor), start, end: cursor.behind }
    else return value
  }
}

/** `| name(…) | name`, on a value or, in `{% filter %}` and `{% set %}`, on the text of a block. */
export function filters(cursor: Cursor, value: Expression | undefined, start: number, first = false): Filter | undefined {
  let result: Filter | undefined
  while (first || cursor.takeOperator('|')) {
    first = false
    const at = cursor.current
    const name = dottedName(cursor)
    if (!isFilter(name)) unknownName(cursor, 'filter', name, { start: at.start, end: cursor.behind }, filterNames())
    result = { kind: 'filter', name, value: result ?? value, given: cursor.isOperator('(') ? given(cursor) : nothing, start, end: cursor.behind }
  }
  return result
}

function test(cursor: Cursor, value: Expression, start: number): ExpressionOf<'test'> {
  cursor.expectWord('is')
  const negated = cursor.takeWord('not')
  const at = cursor.current
  const name = dottedName(cursor)
  if (!isTest(name)) unknownName(cursor, 'test', name, { start: at.start, end: cursor.behind }, testNames())
  return { kind: 'test', name, value, given: testArguments(cursor), negated, start, end: cursor.behind }
}

/** A test takes its arguments in parentheses, or a single one without: `is divisibleby 3`. */
function testArguments(cursor: Cursor): Given {
  if (cursor.isOperator('(')) return given(cursor)
  const { type } = cursor.current
  const argument = type === 'text' || type === 'integer' || type === 'float' || cursor.isOperator('[', '{') ||
    (type === 'name' && !cursor.isWord('else', 'or', 'and', 'if', 'is', 'not', 'in', 'recursive'))
  if (cursor.isWord('is')) cursor.fail('tests cannot be chained with is', cursor.current, 'Join them with and: x is defined and x is string.')
  if (!argument) return nothing
  const { start } = cursor.current
  return { ...nothing, positional: [postfix(cursor, primary(cursor), start)] }
}

function dottedName(cursor: Cursor): string {
  let name = cursor.expect('name', 'a name').value
  while (cursor.takeOperator('.')) name += `.${cursor.expect('name', 'a name').value}`
  return name
}

function unknownName(cursor: Cursor, kind: 'filter' | 'test', name: string, at: Span, names: readonly string[]): never {
  return cursor.fail(`there is no ${kind} '${name}'`, at, didYouMean(name.split('.').at(-1)!, names), 'unknown-filter')
}
