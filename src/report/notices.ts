import type { Event, Listener, TaskResult } from '../core/event.ts'
import type { Paint } from './paint.ts'
import { place } from './place.ts'
import { printable, printableLine } from './printable.ts'
import type { Sink } from './sink.ts'

/** What a person should know beside the results: warnings, mistakes in files, what `-vv` traces. On stderr, each once. */
export function createNotices(sink: Sink, paint: Paint, verbosity: number): Listener {
  const warned = new Set<string>()
  const warn = (message: string, from?: string) => {
    const text = `warning: ${printable(message)}${from ? ` (${from})` : ''}`
    if (warned.has(text)) return
    warned.add(text)
    sink.err(paint.change(text))
  }

  return event => {
    if (event.type === 'warning') warn(event.message, event.at ? place(event.at) : event.host && printableLine(event.host))
    else if (event.type === 'host-result' || event.type === 'item-result') for (const message of warningsOf(event.result)) warn(message)
    else if (event.type === 'no-hosts') warn(`no host matches the play ${event.play}`, place(event.at))
    else if (event.type === 'interrupt') sink.err('Stopping: what runs now is finished, nothing new begins. Ctrl-C again stops at once.')
    else if (event.type === 'trace' && event.level <= verbosity) sink.err(paint.dim(traceText(event)))
    else if (event.type === 'run-end' && event.error) sink.err(printable(event.error.rendered))
  }
}

const warningsOf = ({ warnings }: TaskResult): string[] =>
  Array.isArray(warnings) ? warnings.filter(warning => typeof warning === 'string') : []

const traceText = ({ host, text }: Extract<Event, { type: 'trace' }>): string =>
  printable(text.trimEnd()).split('\n').map(part => `${host ? `${printableLine(host)} ` : ''}| ${part}`).join('\n')
