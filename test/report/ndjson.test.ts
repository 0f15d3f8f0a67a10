import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { EventType } from '../../src/core/event.ts'
import { examples } from './examples.ts'
import { render } from './render.ts'
import * as streams from './streams.ts'

test('every event comes back as it was, behind a line that names the format', async () => {
  for (const events of [streams.plan, streams.trouble, streams.odd, streams.hostile, Object.values(examples)]) {
    const { out } = await render(events, { output: 'ndjson' })
    const [first, ...lines] = out.trimEnd().split('\n').map(line => JSON.parse(line))
    expect(first).toEqual({ type: 'version', format: 1, program: 'matrix-provision', version: '1.2.3' })
    expect(lines).toEqual(JSON.parse(JSON.stringify(events)))
  }
})

describe('docs/events.md', () => {
  const text = readFileSync(new URL('../../docs/events.md', import.meta.url), 'utf8')
  const sections = new Map(text.split(/^## /m).slice(2).map(section => [section.split('\n', 1)[0]!, section]))

  test('has a section for every type of event and no other', () => {
    expect([...sections.keys()]).toEqual(Object.keys(examples))
  })

  test.each(Object.keys(examples) as EventType[])('%s: the example is an event, and all its members are told', type => {
    const section = sections.get(type)!
    const example = JSON.parse(/```json\n(.*)\n```/.exec(section)![1]!)
    expect(example).toEqual(examples[type])
    const told = [...section.matchAll(/^\| `(\w+)` \|/gm)].map(([, member]) => member)
    expect(told).toEqual(Object.keys(examples[type]).filter(member => member !== 'type'))
  })
})
