import type { Value } from '../../core/value.ts'
import type { Operator } from './python/arithmetic.ts'

/** Where a node stands in its template's text. */
export interface Span {
  readonly start: number
  readonly end: number
}

export type Expression = Span & (
  | { readonly kind: 'constant'; readonly value: Value }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'list' | 'tuple'; readonly items: readonly Expression[] }
  | { readonly kind: 'dictionary'; readonly entries: readonly (readonly [Expression, Expression])[] }
  | { readonly kind: 'attribute'; readonly of: Expression; readonly name: string }
  | { readonly kind: 'item'; readonly of: Expression; readonly key: Expression }
  | { readonly kind: 'slice'; readonly of: Expression; readonly from?: Expression; readonly to?: Expression; readonly step?: Expression }
  | { readonly kind: 'call'; readonly callee: Expression; readonly given: Given }
  | Filter
  | { readonly kind: 'test'; readonly name: string; readonly value: Expression; readonly given: Given; readonly negated: boolean }
  | { readonly kind: 'not'; readonly value: Expression }
  | { readonly kind: 'sign'; readonly sign: '-' | '+'; readonly value: Expression }
  | { readonly kind: 'arithmetic'; readonly operator: Operator; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'concatenation'; readonly parts: readonly Expression[] }
  | { readonly kind: 'comparison'; readonly first: Expression; readonly rest: readonly Comparison[] }
  | { readonly kind: 'and' | 'or'; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'choice'; readonly test: Expression; readonly then: Expression; readonly otherwise?: Expression }
)

export type ExpressionOf<Kind extends Expression['kind']> = Extract<Expression, { readonly kind: Kind }>

export interface Filter extends Span {
  readonly kind: 'filter'
  readonly name: string
  /** Absent in `{% filter %}` and `{% set x | filter %}`: the value is the block's text. */
  readonly value: Expression | undefined
  readonly given: Given
}

export interface Comparison {
  readonly operator: '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | 'not in'
  readonly right: Expression
}

/** Arguments of a call, a filter or a test. */
export interface Given {
  readonly positional: readonly Expression[]
  readonly named: readonly (readonly [string, Expression])[]
  /** `*list` and `**dictionary`. */
  readonly rest: Expression | undefined
  readonly options: Expression | undefined
}

/** What can be assigned to. */
export type Target = Span & (
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'tuple'; readonly items: readonly Target[] }
  | { readonly kind: 'member'; readonly of: string; readonly name: string }
)

export type Statements = readonly Statement[]

export type Statement = Span & (
  | { readonly kind: 'data'; readonly text: string }
  | { readonly kind: 'output'; readonly value: Expression }
  | { readonly kind: 'if'; readonly branches: readonly { readonly test: Expression; readonly body: Statements }[]; readonly otherwise: Statements }
  | For
  | { readonly kind: 'set'; readonly target: Target; readonly value: Expression }
  | { readonly kind: 'set-block'; readonly target: Target; readonly filter: Filter | undefined; readonly body: Statements }
  | { readonly kind: 'with'; readonly bindings: readonly (readonly [Target, Expression])[]; readonly body: Statements }
  | { readonly kind: 'filter-block'; readonly filter: Filter; readonly body: Statements }
  | { readonly kind: 'macro'; readonly name: string; readonly macro: MacroBody }
  | { readonly kind: 'call-block'; readonly call: ExpressionOf<'call'>; readonly macro: MacroBody }
  | { readonly kind: 'include'; readonly template: Expression; readonly ignoreMissing: boolean; readonly withContext: boolean }
  | { readonly kind: 'import'; readonly template: Expression; readonly as: string; readonly withContext: boolean }
  | { readonly kind: 'from'; readonly template: Expression; readonly names: readonly (readonly [string, string])[]; readonly withContext: boolean }
  | { readonly kind: 'extends'; readonly template: Expression }
  | { readonly kind: 'block'; readonly name: string; readonly scoped: boolean; readonly required: boolean; readonly body: Statements }
  | { readonly kind: 'do'; readonly value: Expression }
  | { readonly kind: 'scope'; readonly body: Statements }
  | { readonly kind: 'break' | 'continue' }
)

export type StatementOf<Kind extends Statement['kind']> = Extract<Statement, { readonly kind: Kind }>

export interface For extends Span {
  readonly kind: 'for'
  readonly target: Target
  readonly over: Expression
  readonly test: Expression | undefined
  readonly recursive: boolean
  readonly body: Statements
  readonly otherwise: Statements
}

export interface MacroBody {
  readonly parameters: readonly { readonly name: string; readonly default: Expression | undefined }[]
  readonly body: Statements
}
