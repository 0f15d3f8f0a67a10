import { expect, test } from 'vitest'
import type { ReporterOptions } from '../../src/report/reporter.ts'
import { render } from './render.ts'
import * as streams from './streams.ts'
import type { Event } from '../../src/core/event.ts'
import { Float } from '../../src/core/value.ts'

const interrupted: Event[] = [...streams.apply.slice(0, 12), { type: 'interrupt' }, streams.end({ lab1: streams.counters({ ok: 1 }) }, { interrupted: true, exit: 130 })]
const doneAlready: Event[] = [
  streams.start('plan', true), streams.play(['lab1', 'lab2'], true),
  streams.task(1, 'Look', 'command', 12, ['lab1', 'lab2']),
  ...['lab1', 'lab2'].map(host => streams.result(1, host, 'changed', { changes: [streams.change('run', 'command', 'touch /opt/x', { undoable: false, done: true })] })),
  streams.task(2, 'Write', 'copy', 14, ['lab1', 'lab2']),
  streams.result(2, 'lab1', 'ok'), streams.result(2, 'lab2', 'changed', { changes: [streams.change('create', 'file', '/opt/y')] }),
  streams.end({ lab1: streams.counters({ ok: 2, changed: 1 }), lab2: streams.counters({ ok: 2, changed: 2 }) }),
]
const broken: Event[] = [
  streams.start('apply', false),
  streams.end({}, { exit: 1, error: { code: 'undefined-variable', message: "'domian' is not defined", at: streams.at(7), rendered: "error[undefined-variable]: 'domian' is not defined\n  playbooks/site.yml:7:7" } }),
]

const cases: { [name: string]: [events: readonly Event[], options?: Partial<ReporterOptions>] } = {
  'plan': [streams.plan, { command: 'plan', columns: 98 }],
  'plan without diffs': [streams.plan, { command: 'plan', diff: false }],
  'plan -v': [streams.plan, { command: 'plan', diff: false, verbosity: 1 }],
  'plan narrow': [streams.plan, { command: 'plan', columns: 64 }],
  'plan in colour': [streams.plan, { command: 'plan', color: true }],
  'plan of trouble': [streams.trouble, { command: 'plan' }],
  'plan of 200 hosts': [streams.twoHundred(true), { command: 'plan' }],
  'plan of odd things': [streams.odd, { command: 'plan' }],
  'plan that has done something': [doneAlready, { command: 'plan' }],
  'plan interrupted': [interrupted, { command: 'plan' }],
  'apply': [streams.apply],
  'apply narrow': [streams.trouble, { columns: 80 }],
  'apply without diffs': [streams.apply, { diff: false }],
  'apply -v': [streams.apply, { verbosity: 1, diff: false }],
  'apply -vv': [streams.trouble, { verbosity: 2 }],
  'apply in colour': [streams.failure, { color: true }],
  'apply with a failure': [streams.failure],
  'apply with trouble': [streams.trouble],
  'apply on 200 hosts': [streams.twoHundred(false)],
  'apply of odd things': [streams.odd],
  'apply interrupted': [interrupted],
  'apply of a broken playbook': [broken],
  'apply on 200 hosts -v': [streams.twoHundred(false), { verbosity: 1, diff: false }],
  'lists': [streams.listings, { command: 'list' }],
  'ndjson': [streams.failure, { output: 'ndjson' }],
  'junit': [streams.trouble, { output: 'junit' }],
  'junit of a plan': [streams.plan, { output: 'junit', command: 'plan' }],
  'junit of a broken playbook': [broken, { output: 'junit' }],
}

test.each(Object.entries(cases))('%s', async (name, [events, options]) => {
  const { out, err } = await render(events, options)
  await expect(`${out}${err === '' ? '' : `--- stderr\n${err}`}`).toMatchFileSnapshot(`golden/${name.replaceAll(' ', '-')}.txt`)
})

test('nothing that a host says reaches the terminal as a command for it', async () => {
  for (const output of ['plain', 'junit'] as const) {
    const { out, err } = await render(streams.hostile, { output, verbosity: 2 })
    expect(out + err).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/)
  }
})

test('a run of 200 hosts says what happened in less than two screens', async () => {
  for (const command of ['plan', 'apply'] as const) {
    const { out } = await render(streams.twoHundred(command === 'plan'), { command, diff: false })
    expect(out.split('\n').length).toBeLessThan(48)
  }
})

test('files are named as one would type them, also in an error, but not in its code frame', async () => {
  const at = { file: '/home/me/site.yml', line: 3, column: 5 }
  const rendered = 'error[template-error]: no\n  /home/me/site.yml:3:5\n  > 3 | path: /home/me/x\n    used by /home/me/site.yml:1'
  const events: Event[] = [
    streams.play(['lab1']), { ...streams.task(1, 'A task', 'copy', 3, ['lab1']), at } as Event, streams.result(1, 'lab1', 'failed', { result: { msg: 'no' } }),
    { type: 'warning', message: 'careful', at }, streams.end({}, { error: { code: 'template-error', message: 'no', at, rendered } }),
  ]
  const { out, err } = await render(events)
  expect(out).toMatch(/^✖ lab1: A task +site\.yml:3:5$/m)
  expect(err).toBe('warning: careful (site.yml:3:5)\nerror[template-error]: no\n  site.yml:3:5\n  > 3 | path: /home/me/x\n    used by site.yml:1\n')
  expect((await render(events, { output: 'ndjson' })).out).toContain('"file":"/home/me/site.yml"')
})

test.each<[unknown, string]>([[null, 'null'], [new Float(1), '1.0'], [{ n: new Float(1) }, '"n": 1.0'], ['text', 'text']])('debug shows %j as %s', async (msg, text) => {
  const { out } = await render([streams.start('apply', false), streams.play(['lab1']), streams.task(1, 'Say it', 'debug', 3, ['lab1']), streams.result(1, 'lab1', 'ok', { result: { changed: false, msg } }), streams.end({})])
  expect(out.split('\n').map(line => line.trim())).toContain(text)
})
