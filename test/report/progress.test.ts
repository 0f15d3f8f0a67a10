import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Activity } from '../../src/report/activity.ts'
import { liveLines } from '../../src/report/live-lines.ts'
import { createPaint } from '../../src/report/paint.ts'
import { createReporter } from '../../src/report/reporter.ts'
import { page } from './render.ts'
import * as streams from './streams.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout', 'performance', 'Date'] }))
afterEach(() => void vi.useRealTimers())

const options = { output: 'plain', isTTY: false, columns: 98, rows: 24, color: false, diff: false, verbosity: 0, version: '1', directory: '/' } as const

describe('without a terminal', () => {
  test('a run says what it waits for after ten seconds, then at twice the time, then every minute', async () => {
    const [stdout, stderr] = [page(), page()]
    const reporter = await createReporter({ ...options, command: 'apply', stdout, stderr })
    const said = () => stderr.text.split('\n').filter(line => line !== '')
    reporter.listener(streams.play(['lab1', 'lab2', 'lab3']))
    reporter.listener(streams.task(1, 'Apache is installed', 'apt', 14, ['lab1', 'lab2', 'lab3']))
    reporter.listener(streams.result(1, 'lab2', 'ok'))
    vi.advanceTimersByTime(9_500)
    expect(said()).toEqual([])
    vi.advanceTimersByTime(1_500)
    expect(said()).toEqual(['… waiting for lab1, lab3: Apache is installed (10 s)'])
    vi.advanceTimersByTime(240_000)
    expect(said().slice(1)).toEqual(['20 s', '40 s', '1 min 20 s', '2 min 20 s', '3 min 20 s'].map(time => `… waiting for lab1, lab3: Apache is installed (${time})`))
    reporter.listener(streams.result(1, 'lab1', 'ok'))
    reporter.listener(streams.result(1, 'lab3', 'ok'))
    vi.advanceTimersByTime(60_000)
    expect(said()).toHaveLength(6)
    await reporter.close()
  })

  test('what some hosts have done is not held back while others take long', async () => {
    const [stdout, stderr] = [page(), page()]
    const reporter = await createReporter({ ...options, command: 'apply', stdout, stderr })
    reporter.listener(streams.play(['lab1', 'lab2']))
    reporter.listener(streams.task(1, 'Virtual host', 'template', 38, ['lab1', 'lab2']))
    reporter.listener(streams.result(1, 'lab1', 'changed', { changes: [streams.virtualHost] }))
    expect(stdout.text).toBe('')
    vi.advanceTimersByTime(11_000)
    expect(stdout.text).toContain('changed  lab1: Virtual host')
    reporter.listener(streams.result(1, 'lab2', 'changed', { changes: [streams.virtualHost] }))
    expect(stdout.text).toContain('changed  lab2: Virtual host')
    await reporter.close()
  })

  test('a failure is said at once, the same on other hosts when the task is done', async () => {
    const [stdout, stderr] = [page(), page()]
    const reporter = await createReporter({ ...options, command: 'apply', stdout, stderr })
    reporter.listener(streams.play(['lab1', 'lab2', 'lab3']))
    reporter.listener(streams.task(1, 'Check', 'command', 5, ['lab1', 'lab2', 'lab3']))
    reporter.listener(streams.result(1, 'lab2', 'failed', { result: { msg: 'no' } }))
    expect(stdout.text).toContain('✖ lab2: Check')
    reporter.listener(streams.result(1, 'lab1', 'failed', { result: { msg: 'no' } }))
    expect(stdout.text).not.toContain('lab1')
    reporter.listener(streams.result(1, 'lab3', 'ok'))
    expect(stdout.text).toContain('✖ lab1: Check')
    expect(stdout.text).toContain('the same as above')
    await reporter.close()
  })
})

describe('the live region', () => {
  const paint = createPaint(false)
  const lines = (activity: Activity, rows = 24) => liveLines(activity, '*', { columns: 60, rows }, paint)

  function started(hosts: readonly string[]): Activity {
    const activity = new Activity()
    activity.listener(streams.play(hosts))
    activity.listener(streams.task(1, 'Virtual host', 'template', 38, hosts))
    return activity
  }

  test('has a line a host: who runs what for how long, and what the others did', () => {
    const activity = started(['lab1', 'lab2', 'lab10'])
    vi.advanceTimersByTime(1_200)
    activity.listener(streams.result(1, 'lab2', 'changed'))
    activity.listener(streams.result(1, 'lab10', 'unreachable'))
    expect(lines(activity)).toEqual([
      '  lab1   * Virtual host                                1.2 s',
      '  lab2   ✔ 1 changed',
      '  lab10  ✖ unreachable: Virtual host',
    ])
  })

  test('says for whom the others wait when it takes long, and which try it is', () => {
    const activity = started(['lab1', 'lab2'])
    activity.listener(streams.result(1, 'lab2', 'ok'))
    activity.listener({ type: 'retry', host: 'lab1', task: 1, attempt: 2, attempts: 5, result: {} })
    vi.advanceTimersByTime(12_000)
    expect(lines(activity)).toEqual(['  lab1  * Virtual host (try 3 of 5)                     12 s', '  lab2  ✔ nothing changed, waits for lab1'])
  })

  test('a host whose turn has not come does not work, and its clock begins with its turn', () => {
    const activity = new Activity()
    activity.listener(streams.play(['lab1', 'lab2']))
    activity.listener(streams.task(1, 'Virtual host', 'template', 38, ['lab1', 'lab2'], { atOnce: 1 }))
    vi.advanceTimersByTime(3_000)
    expect(lines(activity)).toEqual([`${'  lab1  * Virtual host'.padEnd(55)}3.0 s`, '  lab2  ✔ nothing changed'])
    activity.listener(streams.result(1, 'lab1', 'ok'))
    activity.listener({ type: 'host-start', host: 'lab2', task: 1, elapsed: 3 })
    vi.advanceTimersByTime(1_000)
    expect(lines(activity)).toEqual(['  lab1  ✔ nothing changed', `${'  lab2  * Virtual host'.padEnd(55)}1.0 s`])
  })

  test('becomes counts and the slowest when there are more hosts than half the screen', () => {
    const hosts = streams.fleet(200)
    const activity = started(hosts)
    for (const host of hosts.slice(0, 120)) activity.listener(streams.result(1, host, host === 'web007' ? 'failed' : 'changed'))
    vi.advanceTimersByTime(3_000)
    activity.listener({ type: 'host-start', host: 'web121', task: 1, elapsed: 3 })
    const [counts, ...slowest] = liveLines(activity, '*', { columns: 90, rows: 24 }, paint)
    expect(counts).toBe(`${'  * Virtual host: 120 of 200 hosts done, 80 at work, 119 changed, 1 failed'.padEnd(85)}3.0 s`)
    expect(slowest).toEqual(['web122', 'web123', 'web124', 'web125', 'web126'].map(host => `${`  ${host}  * Virtual host`.padEnd(85)}3.0 s`))
  })

  test('never is wider than the terminal or higher than half of it', () => {
    for (const rows of [4, 10, 24, 60]) for (const size of [1, 5, 12, 300]) {
      const hosts = streams.fleet(size).map(host => `${host}.some-very-long-domain.example.org`)
      const activity = started(hosts)
      activity.listener(streams.task(2, 'A task whose name is longer than a line of this terminal has room for', 'template', 38, hosts))
      const shown = lines(activity, rows)
      expect(shown.length).toBeLessThanOrEqual(Math.max(3, rows / 2))
      for (const line of shown) expect(line.length).toBeLessThanOrEqual(60)
      expect(shown[0]).toMatch(/ 0\.0 s$/)
    }
  })

  test('a rescued host is no longer shown as failed', () => {
    const activity = started(['lab1'])
    activity.listener(streams.result(1, 'lab1', 'failed'))
    expect(lines(activity)).toEqual(['  lab1  ✖ failed: Virtual host'])
    activity.listener({ type: 'rescued', host: 'lab1', task: 1 })
    expect(lines(activity)).toEqual(['  lab1  ✔ nothing changed'])
  })
})
