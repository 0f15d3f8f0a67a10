import { ProvisionError } from '../../core/error.ts'
import { Unknown, UnknownReached } from '../../core/unknown.ts'
import { fail } from './fail.ts'
import type { Frame } from './frame.ts'
import { missingMember } from './missing-member.ts'
import { arithmetic, signed } from './python/arithmetic.ts'
import { contains, equal, order } from './python/compare.ts'
import { setItem } from './python/dictionary.ts'
import { attributeOf, itemOf } from './python/member.ts'
import { isInteger } from './python/number.ts'
import { iterate, joinText, slice } from './python/sequence.ts'
import { truth } from './python/truth.ts'
import { typeName } from './python/type.ts'
import { type Arguments, Nothing, Opaque, orElse, present, type Thing, type Things, tuple, Undefined } from './thing.ts'
import type { Comparison, Expression, ExpressionOf, Given } from './tree.ts'
import { undefinedName } from './undefined-name.ts'
import { dictionaryOf, textOf } from './python/convert.ts'

/**
 * The value of an expression. Using an unknown makes the expression unknown; an error gets the place of the
 * innermost expression that it happened in.
 */
export function evaluate(node: Expression, frame: Frame): Thing {
  if (node.kind === 'constant') return node.value
  const { fuel } = frame.rendering.services
  try {
    fuel.enter()
    return compute(node, frame)
  } catch (error) {
    if (error instanceof UnknownReached) return error.unknown
    throw withPlace(error, node, frame)
  } finally {
    fuel.leave()
  }
}

export function withPlace(error: unknown, { start, end }: { readonly start: number; readonly end: number }, frame: Frame): unknown {
  const mistake = understood(error)
  return mistake instanceof ProvisionError ? frame.rendering.source.locate(mistake, start, end) : mistake
}

/** What is too deep for the machine's stack (a list that contains itself) is the template's mistake. */
export const understood = (error: unknown): unknown =>
  error instanceof RangeError && /call stack/.test(error.message) ? new ProvisionError('template-fuel', 'the template nests too deep, or a value contains itself') : error

/** Whether an expression is true, with Kleene's logic over what is not known. */
export function judge(node: Expression, frame: Frame): boolean | Unknown {
  if (node.kind === 'and' || node.kind === 'or') {
    const deciding = node.kind === 'or'
    const left = judge(node.left, frame)
    if (left === deciding) return deciding
    const right = left instanceof Unknown ? attempt(() => judge(node.right, frame), left) : judge(node.right, frame)
    if (right === deciding) return deciding
    return left instanceof Unknown ? left : right
  }
  if (node.kind === 'not') {
    const value = judge(node.value, frame)
    return value instanceof Unknown ? value : !value
  }
  const value = evaluate(node, frame)
  if (value instanceof Unknown) return value
  try {
    return truth(value)
  } catch (error) {
    if (error instanceof UnknownReached) return error.unknown
    throw withPlace(error, node, frame)
  }
}

/** What stands behind an unknown may only be meant for the case that the unknown allows it: its errors do not count. */
function attempt<T>(body: () => T, otherwise: Unknown): T | Unknown {
  try {
    return body()
  } catch (error) {
    if (error instanceof ProvisionError && (error.code === 'undefined-variable' || error.code === 'template-error')) return otherwise
    throw error
  }
}

function compute(node: Expression, frame: Frame): Thing {
  switch (node.kind) {
    case 'constant': return node.value
    case 'name': return named(node, frame)
    case 'list': return node.items.map(item => evaluate(item, frame))
    case 'tuple': return tuple(node.items.map(item => evaluate(item, frame)))
    case 'dictionary': return dictionary(node, frame)
    case 'attribute': return member(node, frame)
    case 'item': return item(node, frame)
    case 'slice': return sliced(node, frame)
    case 'call': return call(node, frame)
    case 'filter': return frame.rendering.services.filter(node.name, evaluate(node.value!, frame), given(node.given, frame))
    case 'test': {
      const holds = frame.rendering.services.test(node.name, evaluate(node.value, frame), given(node.given, frame))
      return node.negated && !(holds instanceof Unknown) ? !holds : holds
    }
    case 'not': return judge(node, frame)
    case 'sign': return signed(node.sign, evaluate(node.value, frame))
    case 'arithmetic': return arithmetic(node.operator, evaluate(node.left, frame), evaluate(node.right, frame))
    case 'concatenation': return joinText('', node.parts.map(part => evaluate(part, frame)))
    case 'comparison': return comparison(node, frame)
    case 'and': case 'or': return operand(node, frame)
    case 'choice': {
      const test = judge(node.test, frame)
      if (test instanceof Unknown) return test
      if (test) return evaluate(node.then, frame)
      return node.otherwise ? evaluate(node.otherwise, frame) : new Nothing(() => place(node, frame, new ProvisionError('undefined-variable', 'the condition is false, and there is no else that says what to take instead')))
    }
  }
}

const place = (node: { readonly start: number; readonly end: number }, frame: Frame, error: ProvisionError): ProvisionError =>
  frame.rendering.source.locate(error, node.start, node.end)

/** A name: what the template sets, else a variable, else a function of the language. */
function named(node: ExpressionOf<'name'>, frame: Frame): Thing {
  const local = frame.find(node.name)
  if (local !== undefined) return local
  const { services, seesVariables } = frame.rendering
  const variable = seesVariables ? services.variable(node.name) : undefined
  return orElse(variable === undefined ? services.global(node.name) : variable, () => new Undefined(() => place(node, frame, undefinedName(node.name, frame)), node.name))
}

function dictionary(node: ExpressionOf<'dictionary'>, frame: Frame): Things {
  const result: Things = new Map()
  for (const [key, value] of node.entries) setItem(result, present(evaluate(key, frame)), evaluate(value, frame))
  return result
}

function member(node: ExpressionOf<'attribute'>, frame: Frame): Thing {
  const of = evaluate(node.of, frame)
  if (of instanceof Undefined || of instanceof Unknown) return of
  return orElse(attributeOf(of, node.name), () => missing(node, frame, of, node.name, node.end - node.name.length))
}

function item(node: ExpressionOf<'item'>, frame: Frame): Thing {
  const of = evaluate(node.of, frame)
  if (of instanceof Undefined || of instanceof Unknown) return of
  const key = present(evaluate(node.key, frame))
  return orElse(itemOf(of, key), () => missing(node, frame, of, key, node.key.start))
}

function missing(node: ExpressionOf<'attribute' | 'item'>, frame: Frame, of: Thing, key: Thing, start: number): Undefined {
  const { source } = frame.rendering
  const end = node.kind === 'attribute' ? node.end : node.key.end
  const whole = Array.isArray(of) && isInteger(key)
  const text = source.text.slice(node.of.start, whole ? node.end : node.of.end)
  return new Undefined(() => place({ start, end }, frame, missingMember(text.length <= 60 && !text.includes('\n') ? `'${text}'` : 'the value', of, key)))
}

function sliced(node: ExpressionOf<'slice'>, frame: Frame): Thing {
  const of = evaluate(node.of, frame)
  if (of instanceof Undefined) return of
  const bound = (part: Expression | undefined) => (part ? evaluate(part, frame) : null)
  return slice(of, bound(node.from), bound(node.to), bound(node.step))
}

/** @param extra a named argument beside those that are written: the `caller` of a call block */
export function call(node: ExpressionOf<'call'>, frame: Frame, extra?: readonly [string, Thing]): Thing {
  const callee = present(evaluate(node.callee, frame))
  const written = given(node.given, frame)
  const values = isLookup(node.callee) ? { ...written, positional: written.positional.map((value, at) => rendered(node.given.positional[at], value, frame)) } : written
  frame.rendering.services.fuel.spend()
  if (!(callee instanceof Opaque) || !callee.call) return fail(`'${frame.rendering.source.text.slice(node.callee.start, node.callee.end)}' is ${typeName(callee)} and cannot be called`)
  return callee.call(extra ? { ...values, named: new Map([...values.named, extra]) } : values)
}

const isLookup = (callee: Expression): boolean => callee.kind === 'name' && ['lookup', 'query', 'q'].includes(callee.name)

/** Ansible renders terms of lookups once more: `lookup('file', '{{ name }}.txt')`. Here only those that are written in place. */
const rendered = (written: Expression | undefined, value: Thing, frame: Frame): Thing =>
  written?.kind === 'constant' && typeof value === 'string' && value.includes('{{') ? frame.rendering.services.renderText(value) : value

const none: ReadonlyMap<string, Thing> = new Map()

export function given(written: Given, frame: Frame): Arguments {
  const positional = written.positional.map(argument => evaluate(argument, frame))
  if (written.rest) positional.push(...iterate(evaluate(written.rest, frame)))
  if (written.named.length === 0 && !written.options) return { positional, named: none }
  const named = new Map(written.named.map(([name, value]) => [name, evaluate(value, frame)] as const))
  if (written.options) for (const [name, value] of dictionaryOf(evaluate(written.options, frame), 'what follows **')) named.set(textOf(name, 'the name of an argument'), value)
  return { positional, named }
}

function comparison(node: ExpressionOf<'comparison'>, frame: Frame): Thing {
  let left = evaluate(node.first, frame)
  for (const { operator, right } of node.rest) {
    const next = evaluate(right, frame)
    if (!compares(operator, left, next)) return false
    left = next
  }
  return true
}

function compares(operator: Comparison['operator'], left: Thing, right: Thing): boolean {
  switch (operator) {
    case '==': return equal(left, right)
    case '!=': return !equal(left, right)
    case 'in': return contains(right, present(left))
    case 'not in': return !contains(right, present(left))
    case '<': return order(left, right, '<') < 0
    case '<=': return order(left, right, '<=') <= 0
    case '>': return order(left, right, '>') > 0
    case '>=': return order(left, right, '>=') >= 0
  }
}

/** `and` and `or` give one of their operands. Which one is only sure where the truth of the left one is. */
function operand(node: ExpressionOf<'and' | 'or'>, frame: Frame): Thing {
  const deciding = node.kind === 'or'
  const left = evaluate(node.left, frame)
  if (!(left instanceof Unknown)) return truth(left) === deciding ? left : evaluate(node.right, frame)
  const right = attempt(() => evaluate(node.right, frame), left)
  return right === deciding ? right : left
}
