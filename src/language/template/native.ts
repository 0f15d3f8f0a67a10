import { parseLiteral } from '../../core/literal.ts'
import type { Thing } from './thing.ts'

/** Text that is a Python or JSON list or dictionary as that value; other text as it is. */
export function literal(text: string): Thing {
  if (!/^[[{]/.test(text)) return text
  const python = text.replaceAll(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\b(?:true|false|null)\b/gs, word => jsonWords[word] ?? word)
  return parseLiteral(python) ?? text
}

const jsonWords: Readonly<Record<string, string>> = { true: 'True', false: 'False', null: 'None' }
