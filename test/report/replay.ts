/** Plays a stream back at a person's speed, for looking at it on a real terminal: `replay.ts STREAM MILLISECONDS`. */
import { createReporter } from '../../src/report/reporter.ts'
import type { Event } from '../../src/core/event.ts'
import * as streams from './streams.ts'

const [name = 'apply', pause = '20'] = process.argv.slice(2)
const named: { readonly [name: string]: readonly Event[] } = { ...streams, fleetApply: streams.twoHundred(false) } as never
const events = named[name]!

const reporter = await createReporter({
  output: 'auto', stdout: process.stdout, stderr: process.stderr, isTTY: process.stderr.isTTY === true, columns: process.stdout.columns ?? 98, rows: 24,
  color: false, diff: true, verbosity: 0, command: name.startsWith('plan') ? 'plan' : 'apply', version: '0.1.0', directory: '/',
})
const interrupted = () => {
  reporter.abandon()
  process.exit(130)
}
process.on('SIGINT', interrupted)
for (const event of events) {
  reporter.listener(event)
  await new Promise(resolve => setTimeout(resolve, Number(pause)))
}
await reporter.close()
console.log('the end')
