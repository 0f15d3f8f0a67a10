import type { ShowDiff } from './diff.ts'
import { entriesOf, type Entry } from './entry.ts'
import { detailLines, entryLines, markColour } from './entry-lines.ts'
import { failureKey, shortMessage } from './failure.ts'
import { hostList, inOrder } from './hosts.ts'
import { isFailure, type Outcome } from './outcome.ts'
import type { Paint } from './paint.ts'
import { line } from './place.ts'
import { printable, printableLine } from './printable.ts'
import { jsonText } from './value-text.ts'
import { edges, indent, pad } from './width.ts'

export interface ResultOptions {
  readonly columns: number
  readonly paint: Paint
  readonly verbosity: number
  readonly showDiff: ShowDiff | undefined
}

/** What came of one task on several hosts: one text for each different result that is worth saying. */
export function resultTexts(outcomes: readonly Outcome[], options: ResultOptions): string[] {
  const told = outcomes.filter(outcome => isTold(outcome, options.verbosity)).map(outcome => ({ outcome, ...resultText(outcome, options) }))
  return [...Map.groupBy(told, ({ key }) => key).values()].map(group => {
    const [{ outcome, word, body }] = group as [(typeof group)[number]]
    const hosts = hostList(inOrder(group.map(({ outcome }) => outcome.host)), options.verbosity > 1 ? Infinity : options.columns / 2)
    const delegated = outcome.delegatedTo ? ` (on ${printableLine(outcome.delegatedTo)})` : ''
    const handler = outcome.task.kind === 'handler' ? 'handler ' : ''
    const left = `${isFailure(outcome) ? word : pad(word, 8)} ${hosts}${delegated}: ${handler}${printableLine(outcome.task.name)}`
    const head = edges(left, line(outcome.task.at), options.columns)
    return [wordColour(outcome, options.paint)(head), ...body].join('\n')
  })
}

/** Without `-v`: what changed, what went wrong, and what the user wanted to be told. */
const isTold = (outcome: Outcome, verbosity: number): boolean =>
  verbosity > 0 || outcome.status === 'changed' || outcome.status === 'unknown' || outcome.ignored || isFailure(outcome) || speaks(outcome)

/** The task is there to say something. */
const speaks = (outcome: Outcome): boolean => outcome.task.module === 'debug' && outcome.status === 'ok'

function resultText(outcome: Outcome, options: ResultOptions): { key: string; word: string; body: string[] } {
  const { paint, columns, verbosity } = options
  if (isFailure(outcome)) return { key: failureKey(outcome), word: '✖', body: [paint.dim('    the same as above')] }
  const entries = entriesOf(outcome, options.showDiff)
  const kindWidth = Math.max(0, ...entries.map(({ kind }) => kind.length))
  const body = [
    ...(outcome.ignored ? [`    ${shortMessage(outcome)}`] : []),
    ...(speaks(outcome) ? spoken(outcome) : []),
    ...(outcome.why && (verbosity > 0 || outcome.status === 'unknown') ? [paint.dim(`    ${printableLine(outcome.why)}`)] : []),
    ...entries.flatMap(entry => changeLines(entry, kindWidth, columns, paint)),
    ...(verbosity > 1 ? dataLines(outcome, verbosity).map(paint.dim) : []),
  ]
  const word = outcome.ignored ? 'ignored' : outcome.status
  return { key: JSON.stringify([word, outcome.delegatedTo, body]), word, body }
}

/** The result's other members, each text once. Gathered facts fill screens: they are shown from `-vvv` on. */
function dataLines({ result: { changed: _changed, ansible_facts, ...rest } }: Outcome, verbosity: number): string[] {
  const lasting = Object.entries(rest).filter(([name]) => !(name.endsWith('_lines') && name.slice(0, -6) in rest))
  const data = Object.fromEntries(ansible_facts !== undefined && verbosity > 2 ? [...lasting, ['ansible_facts', ansible_facts]] : lasting)
  return Object.keys(data).length > 0 ? indent(printable(jsonText(data, 2)), 4).split('\n') : []
}

const changeLines = (entry: Entry, kindWidth: number, columns: number, paint: Paint): string[] => [
  ...entryLines(entry, kindWidth, columns - 4).map(text => `    ${markColour(entry.mark, paint)(text)}`),
  ...detailLines(entry, paint).map(text => `    ${text}`),
]

/** What `debug` was asked to say: its message or the variable. */
function spoken(outcome: Outcome): string[] {
  const results = outcome.items.length > 0 ? outcome.items.map(({ result }) => result) : [outcome.result]
  return results.flatMap(({ changed: _changed, failed: _failed, msg, ...rest }) => {
    const said = msg !== undefined ? msg : (Object.keys(rest).length > 0 ? rest : '')
    return printable(typeof said === 'string' ? said : jsonText(said, 2)).split('\n').map(text => `    ${text}`)
  })
}

const wordColour = (outcome: Outcome, paint: Paint): ((text: string) => string) =>
  isFailure(outcome) ? paint.bad : outcome.status === 'changed' || outcome.ignored ? paint.change : outcome.status === 'ok' ? paint.good : paint.dim
