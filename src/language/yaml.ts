import { isAlias, isMap, isScalar, isSeq, Composer, Parser, type Document, type Node, type Scalar, type YAMLMap, type YAMLSeq } from 'yaml'
import { ProvisionError } from '../core/error.ts'
import type { Position } from '../core/position.ts'
import { TemplateText, type Raw, type RawDict, type Value } from '../core/value.ts'
import { EncryptedText } from './encrypted.ts'
import { copyPlace, placeContainer, placeMember, placeTemplate, SourceText, type Span } from './positions.ts'
import { badKey, duplicateKey, yamlError } from './yaml/complaint.ts'
import { checkDepth, mostFromAliases, quoteBefore } from './yaml/limit.ts'
import { jsonScalar, plainScalar } from './yaml/scalar.ts'
import { taggedScalar } from './yaml/tag.ts'

/** Reads an encrypted value. Called when the value is used, not when it is read. */
export type Decrypt = (encrypted: string, at: Position) => string

export interface YamlOptions {
  /** What `!vault` values are read with; without it they are errors when they are used. */
  readonly decrypt?: Decrypt
}

/**
 * The one document of a YAML (or JSON) text, as Ansible reads it: YAML 1.1 with PyYAML's scalars, merge keys, `!unsafe`
 * and `!vault`. Texts with `{{`, `{%` or `{#` become templates that know where they stand; so do lists and dictionaries
 * (`positionOf`).
 *
 * @returns null for an empty text
 * @throws ProvisionError `yaml-syntax`, also for a duplicate key, more than one document, and aliases that multiply
 */
export function parseYaml(text: string, file: string, options: YamlOptions = {}): Raw {
  const documents = parseDocuments(text, file, options)
  if (documents.length > 1) {
    const { source, start } = documents[1]!
    throw new ProvisionError('yaml-syntax', 'a second document begins here', { at: source.position(start), hint: 'Keep one document in a file: remove the line ---.' })
  }
  return documents[0]?.value ?? null
}

/** All documents of a YAML stream. */
export const parseYamlStream = (text: string, file: string, options: YamlOptions = {}): Raw[] => parseDocuments(text, file, options).map(({ value }) => value)

function parseDocuments(text: string, file: string, options: YamlOptions): { value: Raw; source: SourceText; start: number }[] {
  const source = new SourceText(file, text)
  const json = isJson(text)
  // Tabs are blanks in JSON and an error in some places of YAML; of the same length, so that positions stay right.
  const tokens = [...new Parser().parse(json ? text.replaceAll('\t', ' ') : text)]
  checkDepth(tokens, source)
  const composer = new Composer({ schema: 'failsafe', version: '1.1', uniqueKeys: false, merge: false, logLevel: 'silent' })
  return [...composer.compose(tokens)].map(document => {
    const [complaint] = document.errors
    if (complaint) throw yamlError(complaint, source, () => quoteBefore(tokens, complaint.pos[0]))
    const node = document.contents as Node | null
    const value = node ? new Construction(source, document, json, options).value(node) : null
    return { value, source, start: document.range?.[0] ?? 0 }
  })
}

function isJson(text: string): boolean {
  if (!/^\s*[[{]/.test(text)) return false
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** Makes values of the nodes of one document. */
class Construction {
  readonly #source: SourceText
  readonly #document: Document
  readonly #json: boolean
  readonly #options: YamlOptions
  /** What each anchor stands for and how many values that is; null while it is being made. */
  readonly #anchors = new Map<Node, { value: Raw; weight: number } | null>()
  #weight = 0
  #fromAliases = 0
  #unsafe = false

  constructor(source: SourceText, document: Document, json: boolean, options: YamlOptions) {
    this.#source = source
    this.#document = document
    this.#json = json
    this.#options = options
  }

  value(node: Node): Raw {
    if (isAlias(node)) return this.#alias(node.resolve(this.#document), node)
    const { anchor } = node as Scalar
    if (anchor === undefined) return this.#content(node)
    const before = this.#weight
    this.#anchors.set(node, null)
    const value = this.#content(node)
    this.#anchors.set(node, { value, weight: this.#weight - before })
    return value
  }

  /** The very value that the anchor stands for: it is shared, not copied. */
  #alias(target: Node | undefined, node: Node): Raw {
    const known = target && this.#anchors.get(target)
    if (!target) throw this.#error('an alias has no anchor', node, 'Put quotes around a text that begins with *: without them it refers to an anchor.')
    if (!known) throw this.#error('an anchor stands inside itself', node)
    this.#weight += known.weight
    this.#fromAliases += known.weight
    if (this.#fromAliases > mostFromAliases)
      throw this.#error(`aliases multiply to more than ${mostFromAliases.toLocaleString('en')} values`, node, 'Write the values out, or refer to a variable instead.')
    return known.value
  }

  #content(node: Node): Raw {
    this.#weight++
    const unsafe = this.#unsafe
    if (node.tag === '!unsafe') this.#unsafe = true
    const value = isMap(node) ? this.#map(node) : isSeq(node) ? this.#list(node) : isScalar(node) ? this.#scalar(node) : null
    this.#unsafe = unsafe
    return value
  }

  #list(node: YAMLSeq): Raw[] {
    const list: Raw[] = []
    placeContainer(list, this.#span(node))
    for (const [index, item] of node.items.entries()) {
      const span = this.#span(item as Node)
      list.push(item ? this.value(item as Node) : null)
      placeMember(list, index, span, span, this.#characters(item as Node))
    }
    return list
  }

  #map(node: YAMLMap): RawDict {
    const merged = node.items.filter(pair => isMergeKey(pair.key as Node))
    const map: RawDict = new Map()
    placeContainer(map, this.#span(node))
    for (const pair of merged) this.#merge(map, pair.value as Node | null)
    const lines = new Map<Value, number>()
    for (const pair of node.items) {
      const keyNode = pair.key as Node
      if (isMergeKey(keyNode)) continue
      const key = this.#key(keyNode)
      const keySpan = this.#span(keyNode)
      const first = lines.get(key)
      if (first !== undefined) throw duplicateKey(String(key), this.#source, [keySpan.start, keySpan.end], first)
      lines.set(key, this.#source.position(keySpan.start).line)
      const valueNode = pair.value as Node | null
      map.set(key, valueNode ? this.value(valueNode) : null)
      placeMember(map, key, keySpan, valueNode?.range ? this.#span(valueNode) : keySpan, this.#characters(valueNode))
    }
    return map
  }

  /** `<<`: members that the dictionary does not have itself. Of several dictionaries the first counts. */
  #merge(map: RawDict, node: Node | null): void {
    const value = node ? this.value(node) : null
    const sources = Array.isArray(value) ? value : [value]
    for (const one of sources) {
      if (!(one instanceof Map)) throw this.#error('<< takes a dictionary or a list of dictionaries', node ?? (this.#document.contents as Node))
      for (const [key, member] of one as RawDict) {
        if (map.has(key)) continue
        map.set(key, member)
        copyPlace(one, map, key)
      }
    }
  }

  #key(node: Node): Value {
    const key = node ? this.value(node) : null
    if (key instanceof TemplateText) return key.text
    if (Array.isArray(key) || key instanceof Map) throw badKey(this.#source, [node.range![0], node.range![1]])
    return key as Value
  }

  #scalar(node: Scalar): Raw {
    const text = node.value as string
    const span = this.#span(node)
    if (node.tag !== undefined && node.tag !== '!unsafe' && node.tag !== '!') {
      if (node.tag === '!vault' || node.tag === '!vault-encrypted') return new EncryptedText(text, this.#source.position(span.start, span.end), this.#options.decrypt)
      const tagged = taggedScalar(node.tag, text, () => this.#source.position(span.start, span.end))
      return typeof tagged === 'string' ? this.#text(tagged, node, span) : tagged
    }
    if (node.type !== 'PLAIN' || node.tag === '!') return this.#text(text, node, span)
    const value = this.#json ? jsonScalar(text) : plainScalar(text)
    return typeof value === 'string' ? this.#text(value, node, span) : value
  }

  #text(text: string, node: Scalar, span: Span): Raw {
    if (this.#unsafe || !isTemplate(text)) return text
    const { start, end } = this.#characters(node) ?? span
    const multiline = this.#source.text.slice(start, span.end).includes('\n')
    const folded = multiline && node.type !== 'BLOCK_LITERAL'
    const template = new TemplateText(text, this.#source.position(start, multiline ? undefined : end), folded)
    placeTemplate(template, { source: this.#source, start, end })
    return template
  }

  #span(node: Node | null): Span {
    const range = node?.range ?? [0, 0]
    return { source: this.#source, start: range[0], end: range[1] }
  }

  /** Where the characters of a text are, where that is not the whole of its node. */
  #characters(node: Node | null): Span | undefined {
    if (!isScalar(node) || node.type === undefined || node.type === 'PLAIN' || !node.range) return undefined
    const span = this.#span(node)
    return { source: this.#source, start: contentStart(this.#source.text, span, node), end: node.type.startsWith('QUOTE') ? span.end - 1 : span.end }
  }

  #error(message: string, node: Node, hint?: string): ProvisionError {
    const { start, end } = this.#span(node)
    return new ProvisionError('yaml-syntax', message, { at: this.#source.position(start, end), hint })
  }
}

/** Whether a text is rendered when it is used. */
export const isTemplate = (text: string): boolean => text.includes('{{') || text.includes('{%') || text.includes('{#')

const isMergeKey = (node: Node | null): boolean => isScalar(node) && node.type === 'PLAIN' && node.value === '<<'

/** Offset of a scalar's first character: behind the quote, or in the first line of a block's content. */
function contentStart(text: string, span: Span, node: Scalar): number {
  if (node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE') return span.start + 1
  if (node.type !== 'BLOCK_LITERAL' && node.type !== 'BLOCK_FOLDED') return span.start
  const header = text.indexOf('\n', span.start) + 1
  const first = /^(?:[ \t]*\r?\n)*( *)/.exec(text.slice(header, span.end))!
  const blankLines = first[0].length - first[1]!.length
  return blankLines > 0 ? header : header + first[1]!.length
}
