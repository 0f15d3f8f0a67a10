import { ProvisionError } from '../../core/error.ts'
import { parseLiteral } from '../../core/literal.ts'
import { didYouMean } from '../../core/nearest.ts'
import type { Position } from '../../core/position.ts'
import { splitWords, UnclosedText } from '../../core/shlex.ts'
import { TemplateText, type Raw } from '../../core/value.ts'
import { isTemplate } from '../yaml.ts'
import { SourceText } from '../positions.ts'
import { addHosts } from './host-line.ts'
import type { Inventory } from './inventory.ts'

/**
 * Adds what an INI inventory says (`plugins/inventory/ini.py`): `[group]`, `[group:children]`, `[group:vars]`, hosts
 * with variables behind them. Values are Python literals where they can be, else text.
 *
 * @throws ProvisionError `inventory-syntax`
 */
export function readIniInventory(inventory: Inventory, text: string, file: string): void {
  const reader = new IniReader(inventory, new SourceText(file, text))
  let offset = 0
  for (const line of text.split('\n')) {
    reader.line(line, offset)
    offset += line.length + 1
  }
  reader.end()
}

type Section = 'hosts' | 'children' | 'vars'

class IniReader {
  readonly #inventory: Inventory
  readonly #source: SourceText
  #group = 'ungrouped'
  #section: Section = 'hosts'
  /** Groups that this file declares, as against those that it only mentions. */
  readonly #declared: Set<string>
  readonly #mentions: { readonly group: string; readonly parent?: string; readonly at: Position }[] = []

  constructor(inventory: Inventory, source: SourceText) {
    this.#inventory = inventory
    this.#source = source
    this.#declared = new Set(inventory.groups.keys())
  }

  line(whole: string, offset: number): void {
    const line = whole.trim()
    if (line === '' || line.startsWith('#') || line.startsWith(';')) return
    const start = offset + whole.indexOf(line)
    if (line.startsWith('[')) {
      if (this.#header(line, start)) return
      if (line.endsWith(']') && !line.includes(' ') && this.#section === 'hosts' && /\[.*:.*\]/.test(line.slice(1))) return this.#hosts(line, start)
      if (line.endsWith(']')) throw this.#error(`'${line}' is no section`, start, line.length, 'A section is [group], [group:children] or [group:vars], without blanks.')
    }
    if (this.#section === 'hosts') this.#hosts(line, start)
    else if (this.#section === 'children') this.#child(line, start)
    else this.#variable(line, start)
  }

  /** @throws ProvisionError when a group is mentioned that no section declares */
  end(): void {
    const missing = this.#mentions.find(({ group }) => !this.#declared.has(group))
    if (!missing) return
    const { group, parent, at } = missing
    throw new ProvisionError('inventory-syntax', parent === undefined ? `there are variables for a group '${group}' that does not exist` : `the group '${parent}' has a child '${group}' that does not exist`, {
      at,
      hint: didYouMean(group, this.#declared) ?? `Add a section [${group}], even an empty one.`,
    })
  }

  #header(line: string, start: number): boolean {
    const match = /^\[([^:\]\s]+)(?::(\w+))?\]\s*(?:#.*)?$/.exec(line)
    if (!match) return false
    const [, group, section = 'hosts'] = match as unknown as [string, string, string | undefined]
    if (section !== 'hosts' && section !== 'children' && section !== 'vars')
      throw this.#error(`the section [${group}:${section}] is of a kind that does not exist`, start, line.length, didYouMean(section, ['hosts', 'children', 'vars']) ?? 'Kinds are children and vars.')
    this.#group = group
    this.#section = section
    this.#inventory.addGroup(group)
    if (section === 'vars') this.#mentions.push({ group, at: this.#at(start, line.length) })
    else this.#declared.add(group)
    return true
  }

  #hosts(line: string, start: number): void {
    let words: string[]
    try {
      words = splitWords(line, true)
    } catch (error) {
      if (error instanceof UnclosedText) throw this.#error('a quote is not closed', start, line.length, 'Close the quote, or put a backslash before it.')
      throw error
    }
    const [host, ...assignments] = words as [string, ...string[]]
    const nameAt = this.#at(start, host.length)
    if (host === '---') throw this.#error('this looks like YAML', start, 3, 'Give a YAML inventory a name that ends in .yml or .yaml.')
    const names = addHosts(this.#inventory, host, this.#group, this.#source.file, nameAt)
    let behind = host.length
    for (const assignment of assignments) {
      const equals = assignment.indexOf('=')
      const key = equals < 0 ? assignment : assignment.slice(0, equals)
      const found = line.indexOf(key, behind)
      const keyStart = start + Math.max(0, found)
      if (equals < 0)
        throw this.#error(`'${assignment}' is not of the form variable=value`, keyStart, assignment.length, 'Put a value with blanks into quotes, and one host on a line.')
      behind = found + key.length
      const valueAt = this.#at(keyStart + key.length + 1, assignment.length - equals - 1)
      const value = iniValue(assignment.slice(equals + 1), valueAt)
      for (const name of names) this.#inventory.setHostVariable(name, key, value, { key: this.#at(keyStart, key.length), value: valueAt })
    }
  }

  #child(line: string, start: number): void {
    const child = /^([^:\]\s]+)\s*(?:#.*)?$/.exec(line)?.[1]
    if (child === undefined) throw this.#error(`'${line}' is no name of a group`, start, line.length, 'A section of children has one group on a line.')
    const at = this.#at(start, child.length)
    this.#inventory.addGroup(child)
    this.#mentions.push({ group: child, parent: this.#group, at })
    this.#inventory.addChild(this.#group, child, at)
  }

  #variable(line: string, start: number): void {
    const equals = line.indexOf('=')
    if (equals < 0) throw this.#error(`'${line}' is not of the form variable=value`, start, line.length)
    const key = line.slice(0, equals).trim()
    const value = line.slice(equals + 1).trim()
    const valueAt = this.#at(start + line.length - value.length, value.length)
    this.#inventory.setGroupVariable(this.#group, key, iniValue(value, valueAt), { key: this.#at(start, key.length), value: valueAt })
  }

  #at(start: number, length: number): Position {
    return this.#source.position(start, start + length)
  }

  #error(message: string, start: number, length: number, hint?: string): ProvisionError {
    return new ProvisionError('inventory-syntax', message, { at: this.#at(start, length), hint })
  }
}

/** `1` is a number, `True` a boolean, `[1, 2]` a list; `yes` and everything else that is no Python literal is text. */
function iniValue(text: string, at: Position): Raw {
  const value = parseLiteral(text)
  if (value !== undefined && typeof value !== 'string') return withTemplates(value, at)
  const plain = typeof value === 'string' ? value : text
  return isTemplate(plain) ? new TemplateText(plain, at) : plain
}

function withTemplates(value: Raw, at: Position): Raw {
  if (typeof value === 'string') return isTemplate(value) ? new TemplateText(value, at) : value
  if (Array.isArray(value)) return (value as Raw[]).map(item => withTemplates(item, at))
  if (value instanceof Map) return new Map([...value].map(([key, member]) => [key, withTemplates(member as Raw, at)]))
  return value
}
