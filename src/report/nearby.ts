import type { Event } from '../core/event.ts'
import type { Position } from '../core/position.ts'

/** Events with the paths of files under `directory` as one would type them there. */
export function nearby(directory: string): (event: Event) => Event {
  const start = directory.endsWith('/') ? directory : `${directory}/`
  const short = (file: string) => (file.startsWith(start) ? file.slice(start.length) : file)
  const at = (position: Position): Position => ({ ...position, file: short(position.file) })

  return event => {
    if (event.type === 'listing')
      return { ...event, playbook: short(event.playbook), plays: event.plays.map(play => ({ ...play, at: at(play.at), ...(play.tasks && { tasks: play.tasks.map(task => ({ ...task, at: at(task.at) })) }) })) }
    if (event.type === 'included') return { ...event, file: short(event.file), at: at(event.at) }
    if (event.type === 'run-end' && event.error) return { ...event, error: { ...event.error, rendered: nearbyText(event.error.rendered, directory) } }
    return 'at' in event && event.at ? { ...event, at: at(event.at) } : event
  }
}

/** An error's text, likewise; the lines of its code frame are the user's and stay. */
export function nearbyText(text: string, directory: string): string {
  const start = directory.endsWith('/') ? directory : `${directory}/`
  return text.split('\n').map(line => (/^\s*>?\s*\d* \|/.test(line) ? line : line.replaceAll(start, ''))).join('\n')
}
