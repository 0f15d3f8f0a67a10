import type { ListedPlay, Listener } from '../core/event.ts'
import { printableLine } from './printable.ts'

/**
 * What a playbook holds, in the form of Ansible's `--list-hosts`, `--list-tasks` and `--list-tags`
 * (lib/ansible/cli/playbook.py), so that what reads those reads this too.
 */
export function listing(write: (text: string) => void): Listener {
  return event => {
    if (event.type === 'listing') write([`\nplaybook: ${printableLine(event.playbook)}`, ...event.plays.map(playText)].join('\n'))
  }
}

function playText(play: ListedPlay, index: number): string {
  const lines = [`\n  play #${index + 1} (${play.pattern.map(printableLine).join(',')}): ${printableLine(play.name)}\tTAGS: [${play.tags.join(',')}]`]
  if (play.hosts) {
    lines.push(`    pattern: [${play.pattern.map(pattern => `'${printableLine(pattern)}'`).join(', ')}]`, `    hosts (${play.hosts.length}):`)
    lines.push(...play.hosts.map(host => `      ${printableLine(host)}`))
  }
  if (play.tasks) lines.push('    tasks:', ...play.tasks.map(({ name, tags }) => `      ${printableLine(name)}\tTAGS: [${tags.join(', ')}]`))
  if (play.taskTags) lines.push(`      TASK TAGS: [${play.taskTags.join(', ')}]`)
  return lines.join('\n')
}
