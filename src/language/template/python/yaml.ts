import { ProvisionError } from '../../../core/error.ts'
import { floatText } from '../../../core/python-float.ts'
import { Float, Omit, TemplateText, type Raw } from '../../../core/value.ts'
import { parseYamlStream } from '../../yaml.ts'
import { fail } from '../fail.ts'
import { shallow } from '../fuel.ts'
import { Opaque, present, type Thing } from '../thing.ts'
import { order } from './compare.ts'
import { str } from './text.ts'
import { typeName } from './type.ts'
import { type Node, YamlEmitter, type YamlStyle } from './yaml-emitter.ts'
import { readsAsOther } from './yaml-scalar.ts'

export interface DumpOptions extends YamlStyle {
  /** One line for collections: always, never, or where they hold nothing but scalars. */
  readonly flow: boolean | undefined
  readonly sortKeys: boolean
  /** How texts are written: `|`, `>`, `"` or `'`; absent where the text decides. */
  readonly textStyle?: string
}

/** PyYAML's `dump` with Ansible's types. */
export const dumpYaml = (thing: Thing, options: DumpOptions): string => new YamlEmitter(options).document(node(thing, options, 0))

function node(thing: Thing, options: DumpOptions, depth: number): Node {
  shallow(depth)
  const it = present(thing)
  const scalar = (text: string): Node => ({ kind: 'scalar', text, plain: true, style: options.textStyle })
  if (it === null) return scalar('null')
  if (typeof it === 'string') return { kind: 'scalar', text: it, plain: !readsAsOther(it), style: options.textStyle }
  if (typeof it === 'boolean') return scalar(it ? 'true' : 'false')
  if (it instanceof Float || (typeof it === 'number' && !Number.isInteger(it))) return scalar(floatScalar(it instanceof Float ? it.value : it))
  if (typeof it === 'number' || typeof it === 'bigint') return scalar(str(it))
  const isFlow = (members: readonly Node[]) => options.flow ?? members.every(member => member.kind === 'scalar' && member.style === undefined)
  if (Array.isArray(it)) {
    const items = it.map(item => node(item, options, depth + 1))
    return { kind: 'sequence', items, flow: isFlow(items) }
  }
  if (it instanceof Map) {
    const members = options.sortKeys ? sortedEntries([...it]) : [...it]
    const entries = members.map(([key, value]) => [node(key, options, depth + 1), node(value, options, depth + 1)] as const)
    return { kind: 'mapping', entries, flow: isFlow(entries.flat()) }
  }
  if (it instanceof Uint8Array) return { kind: 'scalar', text: Buffer.from(it).toString('base64').replaceAll(/.{76}/g, '$&\n') + '\n', plain: false, tag: '!!binary', style: '|' }
  if (it instanceof Omit || (it instanceof Opaque && (it.type === 'datetime' || it.type === 'date'))) return scalar(str(it))
  return fail(`${typeName(it)} cannot be written as YAML`)
}

/** By key; as they are where keys have no order. */
function sortedEntries(entries: [Thing, Thing][]): [Thing, Thing][] {
  try {
    return entries.toSorted(([a], [b]) => order(a, b))
  } catch (error) {
    if (error instanceof ProvisionError) return entries
    throw error
  }
}

function floatScalar(value: number): string {
  if (Number.isNaN(value)) return '.nan'
  if (!Number.isFinite(value)) return value > 0 ? '.inf' : '-.inf'
  const text = floatText(value)
  return text.includes('.') ? text : text.replace('e', '.0e')
}

/** The documents of a YAML text as data: braces in it are text. */
export function loadYaml(text: string): Thing[] {
  try {
    // Files of Ansible are tried as JSON first; this text is not, and what begins with a comment is no JSON.
    return parseYamlStream(`#\n${text}`, 'the text').map(plain)
  } catch (error) {
    if (error instanceof ProvisionError) return fail(`the text is not YAML: ${error.message}${error.at ? ` (line ${error.at.line - 1}, column ${error.at.column})` : ''}`)
    throw error
  }
}

function plain(raw: Raw): Thing {
  if (raw instanceof TemplateText) return raw.text
  if (Array.isArray(raw)) return raw.map(plain)
  return raw instanceof Map ? new Map(Array.from(raw, ([key, value]) => [key as Thing, plain(value as Raw)])) : (raw as Thing)
}
