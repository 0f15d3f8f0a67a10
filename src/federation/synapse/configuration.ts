import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Document, type Node } from 'yaml'
import type { ConfigurationFile } from '../host-evidence.ts'

/** A setting of Synapse, or a part of one. */
export interface Setting {
  readonly value: unknown
  readonly file: string
  /** From 1. */
  readonly line: number
}

/** Synapse's configuration as it has merged it: a top-level setting of a later file takes the place of an earlier one. */
export interface SynapseConfiguration {
  /** A setting by its path: `at('listeners', 0, 'port')`; undefined where it is not set. */
  at(...path: readonly (string | number)[]): Setting | undefined
  /** Files that are no YAML with settings, as sentences' rests. */
  readonly problems: readonly string[]
}

/** @param files in the order in which Synapse reads them */
export function readSynapse(files: readonly ConfigurationFile[]): SynapseConfiguration {
  const settings = new Map<
    unknown,
    {
      readonly node: Node | null
      readonly key: Node | null
      readonly file: string
      readonly document: Document
      readonly lines: LineCounter
    }
  >()
  const problems: string[] = []
  for (const { path, text } of files) {
    const lines = new LineCounter()
    const document = parseDocument(text, { version: '1.1', lineCounter: lines, uniqueKeys: false, logLevel: 'silent' })
    const [error] = document.errors
    if (error || !isMap(document.contents))
      problems.push(`${path}: ${error ? `${error.message.split('\n')[0]}` : 'no settings in it'}`)
    if (isMap(document.contents))
      for (const { key, value } of document.contents.items)
        if (isScalar(key)) settings.set(key.value, { node: value as Node | null, key, file: path, document, lines })
  }
  return {
    problems,
    at(name, ...path) {
      const found = settings.get(name)
      if (!found) return undefined
      let { node, key } = found
      for (const part of path) {
        if (isMap(node)) {
          const pair = node.items.findLast(item => isScalar(item.key) && item.key.value === part)
          if (!pair) return undefined
          key = pair.key as Node
          node = pair.value as Node | null
        } else if (isSeq(node) && typeof part === 'number' && part < node.items.length) {
          node = node.items[part] as Node | null
          key = node
        } else return undefined
      }
      return { value: valueOf(node, found.document), file: found.file, line: found.lines.linePos(key?.range?.[0] ?? 0).line }
    },
  }
}

/** Aliases that multiply without end are not followed. */
function valueOf(node: Node | null, document: Document): unknown {
  try {
    return node?.toJS(document, { maxAliasCount: 100 }) ?? null
  } catch {
    return undefined
  }
}

/** One listener that speaks HTTP. */
export interface HttpListener {
  readonly port: number | null
  readonly bindAddresses: readonly string[]
  readonly forwarded: boolean
  readonly tls: boolean
  readonly resources: readonly string[]
  /** Where it stands, or the part of it. */
  where(part?: 'x_forwarded' | 'bind_addresses' | 'resources'): Setting
}

/** With the defaults that Synapse has for what is not said. */
export function httpListeners(configuration: SynapseConfiguration): readonly HttpListener[] {
  const all = configuration.at('listeners')?.value
  return (Array.isArray(all) ? all : []).flatMap((raw: unknown, index) => {
    const listener = isRecord(raw) ? raw : {}
    if (listener.type !== 'http') return []
    const resources = Array.isArray(listener.resources) ? listener.resources : []
    const bound = [...strings(listener.bind_addresses), ...strings(listener.bind_address)]
    return [
      {
        port: typeof listener.port === 'number' ? listener.port : null,
        bindAddresses: bound.length > 0 ? bound : ['::', '0.0.0.0'],
        forwarded: listener.x_forwarded === undefined ? typeof listener.path === 'string' : listener.x_forwarded === true,
        tls: listener.tls === true,
        resources: resources.flatMap(resource => (isRecord(resource) ? strings(resource.names) : [])),
        where: part => (part && configuration.at('listeners', index, part)) ?? configuration.at('listeners', index)!,
      },
    ]
  })
}

/** `50M`, `1024K`, `1000`: bytes, as Synapse's parse_size has it; undefined where it is none. */
export function sizeOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value
  const [, digits, unit] = /^(\d+)([KMGT])?$/.exec(typeof value === 'string' ? value : '') ?? []
  return digits === undefined ? undefined : Number(digits) * 1024 ** (unit ? 'KMGT'.indexOf(unit) + 1 : 0)
}

const isRecord = (value: unknown): value is { readonly [key: string]: unknown } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const strings = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter(one => typeof one === 'string') : typeof value === 'string' && value ? [value] : []
