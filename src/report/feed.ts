import type { Event, Listener, RunEnd, TaskId, TaskStart } from '../core/event.ts'
import { failureBlock, failureReminder } from './failure.ts'
import { Failures } from './failures.ts'
import { hostList, inOrder } from './hosts.ts'
import { isFailure, outcomes, type Outcome } from './outcome.ts'
import { line } from './place.ts'
import { printableLine } from './printable.ts'
import { recapLines, summaryLine } from './recap.ts'
import { resultTexts, type ResultOptions } from './result-lines.ts'
import type { Sink } from './sink.ts'
import { edges, pad } from './width.ts'
import { count } from './words.ts'

export interface Feed {
  readonly listener: Listener
  /** Says what is known of tasks that are not done everywhere yet. */
  flush(): void
}

/**
 * A run as it happens. A task's results are said when the last of its hosts is done, equal ones together; a failure is
 * said at once, and again in short at the end, after the recap and before the verdict.
 */
export function createFeed(sink: Sink, options: ResultOptions): Feed {
  const { paint, columns, verbosity } = options
  const failures = new Failures()
  const open = new Map<TaskId, { readonly task: TaskStart; outcomes: Outcome[]; done: number }>()
  let play: Extract<Event, { type: 'play-start' }> | undefined

  /** The play's title stands above the first line that there is to say about it. */
  const say = (text: string) => {
    if (play) sink.out(paint.strong(edges(`${printableLine(play.play)}: ${count(play.hosts.length, 'host')}`, line(play.at), columns)))
    play = undefined
    sink.out(text)
  }

  const tell = (id: TaskId) => {
    const group = open.get(id)!
    const known = group.outcomes
    group.outcomes = []
    if (group.done >= group.task.hosts.length) open.delete(id)
    resultTexts(known, options).forEach(say)
  }

  const flush = () => [...open.keys()].forEach(tell)

  /** Said of many hosts at about the same time: kept until the next task begins, then said once. */
  const remarks = new Map<string, { readonly word: string; readonly text: string; readonly hosts: string[] }>()
  const remark = (word: string, text: string, host: string) => {
    const key = JSON.stringify([word, text])
    remarks.set(key, { word, text, hosts: [...(remarks.get(key)?.hosts ?? []), host] })
  }
  const tellRemarks = () => {
    for (const { word, text, hosts } of remarks.values()) say(`${pad(word, 8)} ${hostList(inOrder(hosts), columns / 2)}: ${printableLine(text)}`)
    remarks.clear()
  }

  const gather = outcomes(outcome => {
    const first = isFailure(outcome) && failures.add(outcome)
    if (first) say(failureBlock(outcome, [outcome.host], options))
    const group = open.get(outcome.task.task)
    if (!group) return
    if (!first) group.outcomes.push(outcome)
    group.done++
    if (group.done >= group.task.hosts.length) tell(outcome.task.task)
  })

  const listener: Listener = event => {
    if (event.type === 'task-start') {
      tellRemarks()
      open.set(event.task, { task: event, outcomes: [], done: 0 })
    }
    gather(event)
    if (event.type === 'play-start') {
      flush()
      tellRemarks()
      play = event
    } else if (event.type === 'rescued') {
      const task = failures.rescued(event.host, event.task)
      if (task) remark('rescued', `${task.name} failed and was caught`, event.host)
    } else if (event.type === 'notify' && event.earlierRun) {
      remark('pending', `handler ${event.handler}, notified by an earlier run that did not come to it`, event.host)
    } else if (event.type === 'included' && verbosity > 0) {
      say(edges(`included ${hostList(inOrder(event.hosts), columns / 2)}: ${printableLine(event.file)}`, line(event.at), columns))
    } else if (event.type === 'run-end') {
      flush()
      tellRemarks()
      const text = verdict(event, failures, options)
      if (text !== '') sink.out(text)
    }
  }
  return { listener, flush }
}

/** The recap, every failure once more in short, and the sentence that says how it went. */
function verdict(end: RunEnd, failures: Failures, options: ResultOptions): string {
  if (end.error && Object.keys(end.recap).length === 0) return ''
  const reminders = failures.all().map(({ outcome, hosts }) => failureReminder(outcome, inOrder(hosts), options))
  return ['', ...recapLines(end, options), ...(reminders.length > 0 ? ['', ...reminders, ''] : []), summaryLine(end, options)].join('\n')
}
