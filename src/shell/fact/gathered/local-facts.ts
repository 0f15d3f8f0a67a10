import { parseJson } from '../../../core/python-json.ts'
import type { Json } from '../../../core/value.ts'
import type { Parts } from './parts.ts'

/** The user's own facts of /etc/ansible/facts.d: JSON or INI, printed by a program or written in a file. */
export function localFacts(parts: Parts): { readonly [fact: string]: Json } {
  const failed = new Set(parts.names('local-failed ').map(name => name.slice('local-failed '.length)))
  return {
    local: Object.fromEntries(
      parts.names('local ').map(name => {
        const file = name.slice('local '.length)
        const text = parts.text(name)
        return [
          file.replace(/\.fact$/, ''),
          failed.has(file)
            ? `error: ${file} ended badly`
            : (json(text) ?? ini(text) ?? `error loading facts as JSON or ini: ${file}`),
        ]
      }),
    ),
  }
}

function json(text: string): Json | undefined {
  try {
    return parseJson(text)
  } catch {
    return undefined
  }
}

/** Sections with options, whose names compare without case; undefined where the text is something else. */
function ini(text: string): Json | undefined {
  const sections: Record<string, Record<string, Json>> = {}
  let section: Record<string, Json> | undefined
  for (const line of text.split('\n').map(line => line.trim())) {
    if (line === '' || line.startsWith('#') || line.startsWith(';')) continue
    const [, name] = /^\[([^\]]+)\]$/.exec(line) ?? []
    if (name !== undefined) section = sections[name] ??= {}
    else {
      const [, option, value] = /^([^=:]+?)\s*[=:]\s*(.*)$/.exec(line) ?? []
      if (section === undefined || option === undefined) return undefined
      section[option.toLowerCase()] = value!
    }
  }
  return sections
}
