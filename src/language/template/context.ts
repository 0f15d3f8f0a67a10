import type { Position } from '../../core/position.ts'
import type { Raw, Value } from '../../core/value.ts'
import type { Fuel } from './fuel.ts'
import type { Environment } from './scope.ts'
import type { Arguments, Thing } from './thing.ts'
import type { Syntax } from './token.ts'

/** What filters, tests, lookups and global functions may ask of the evaluation that calls them. */
export interface Context {
  readonly environment: Environment
  readonly fuel: Fuel
  filter(name: string, value: Thing, given: Arguments): Thing
  /** True, false, or an unknown. */
  test(name: string, value: Thing, given: Arguments): Thing
  lookup(name: string, given: Arguments, asList: boolean): Thing
  /** A rendered variable; `undefined` where there is none. */
  variable(name: string): Thing | undefined
  variableNames(): Iterable<string>
  /** A template file's text rendered with these variables in front of the others. */
  renderWith(variables: ReadonlyMap<string, Raw>, text: string, file: string, syntax: Partial<Syntax>): Value
  /** Leaves the rendering when it is only for scouting. */
  impure(what: string): void
  now(): Date
  warn(message: string, at?: Position): void
}
