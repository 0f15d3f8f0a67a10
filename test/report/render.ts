import { createReporter, type ReporterOptions } from '../../src/report/reporter.ts'
import type { Event } from '../../src/core/event.ts'

/** A stream that keeps what is written to it. */
export function page(): NodeJS.WriteStream & { readonly text: string } {
  let text = ''
  return { write: (chunk: string) => ((text += chunk), true), get text() { return text } } as unknown as NodeJS.WriteStream & { readonly text: string }
}

/** What a reporter makes of a stream of events, without a terminal. */
export async function render(events: readonly Event[], options: Partial<ReporterOptions> = {}): Promise<{ out: string; err: string }> {
  const [stdout, stderr] = [page(), page()]
  const reporter = await createReporter({
    output: 'plain', stdout, stderr, isTTY: false, columns: 120, rows: 24, color: false, diff: true, verbosity: 0, command: 'apply', version: '1.2.3', directory: '/home/me', ...options,
  })
  for (const event of events) reporter.listener(event)
  await reporter.close()
  return { out: stdout.text, err: stderr.text }
}
