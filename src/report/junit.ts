import type { Listener, RunEnd } from '../core/event.ts'
import { shortMessage } from './failure.ts'
import { isFailure, outcomes, type Outcome } from './outcome.ts'
import { place } from './place.ts'
import { jsonText } from './value-text.ts'
import { element, escape } from './xml.ts'

interface Suite {
  readonly name: string
  readonly outcomes: Outcome[]
}

/**
 * JUnit's XML, as CI servers read it: a suite a play, a case for each task and host. An unreachable host is an error, a
 * failed task a failure (unless it is ignored or rescued), a skipped one skipped; a mistake in the user's files is a
 * suite with one error. Written when the run is over.
 *
 * Source of the form: the `junit-10.xsd` that Jenkins publishes.
 */
export function createJunit(write: (text: string) => void): Listener {
  const suites: Suite[] = []
  const caught = new Set<string>()
  const gather = outcomes(outcome => suites.at(-1)?.outcomes.push(outcome))

  return event => {
    if (event.type === 'play-start') suites.push({ name: event.play, outcomes: [] })
    else if (event.type === 'rescued') caught.add(`${event.task} ${event.host}`)
    else if (event.type === 'run-end') write(document(suites, caught, event))
    gather(event)
  }
}

function document(suites: readonly Suite[], caught: ReadonlySet<string>, end: RunEnd): string {
  const isBad = (outcome: Outcome) => isFailure(outcome) && !caught.has(`${outcome.task.task} ${outcome.host}`)
  const bodies = suites.map(({ name, outcomes }) => {
    const bad = outcomes.filter(isBad)
    const failures = bad.filter(({ status }) => status === 'failed').length
    const attributes = {
      name,
      tests: outcomes.length,
      failures,
      errors: bad.length - failures,
      skipped: outcomes.filter(({ status }) => status === 'skipped' || status === 'unknown').length,
      time: outcomes.reduce((sum, { duration }) => sum + duration, 0).toFixed(3),
    }
    return element('testsuite', attributes, outcomes.map(outcome => testCase(outcome, isBad(outcome))))
  })
  if (end.error) {
    const { code, message, rendered } = end.error
    const broken = element('testcase', { name: 'the playbook can be run', classname: code }, [element('error', { type: code, message }, [escape(rendered)])])
    bodies.push(element('testsuite', { name: 'matrix-provision', tests: 1, failures: 0, errors: 1, skipped: 0, time: '0.000' }, [broken]))
  }
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element('testsuites', { name: 'matrix-provision', time: end.duration.toFixed(3) }, bodies)}`
}

function testCase(outcome: Outcome, isBad: boolean): string {
  const attributes = { name: `[${outcome.host}] ${outcome.task.name}`, classname: place(outcome.task.at), time: outcome.duration.toFixed(3) }
  if (isBad) {
    const kind = outcome.status === 'failed' ? 'failure' : 'error'
    return element('testcase', attributes, [element(kind, { type: outcome.status, message: shortMessage(outcome) }, [escape(jsonText(outcome.result, 2))])])
  }
  if (outcome.status === 'skipped' || outcome.status === 'unknown')
    return element('testcase', attributes, [element('skipped', { message: outcome.why ?? (outcome.status === 'skipped' ? 'skipped' : 'known after apply') }, [])])
  if (isFailure({ ...outcome, ignored: false }))
    return element('testcase', attributes, [element('system-out', {}, [escape(`${outcome.status}, but the run went on: ${shortMessage(outcome)}`)])])
  return element('testcase', attributes, outcome.status === 'changed' ? [element('system-out', {}, ['changed'])] : [])
}
