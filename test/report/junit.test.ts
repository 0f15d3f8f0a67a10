import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Event } from '../../src/core/event.ts'
import { render } from './render.ts'
import * as streams from './streams.ts'

/** The elements of a document with their attributes, in order. Throws where it is not well-formed. */
function elements(xml: string): { name: string; attributes: { [name: string]: string } }[] {
  const found: { name: string; attributes: { [name: string]: string } }[] = []
  const open: string[] = []
  let rest = xml.replace(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n/, '')
  const character = String.raw`(?:[^<&\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|&(?:amp|lt|gt|quot|#10);)`
  while (rest !== '') {
    const tag = new RegExp(String.raw`^<(/?)([a-z-]+)((?: [a-z]+="${character}*?")*)(/?)>`, 'u').exec(rest)
    const text = new RegExp(`^${character}+`, 'u').exec(rest)
    const taken = tag ?? text
    if (!taken) throw new Error(`Not XML: ${rest.slice(0, 80)}`)
    rest = rest.slice(taken[0].length)
    if (!tag) continue
    const [, closing, name = '', attributes = '', alone] = tag
    if (closing) expect(open.pop()).toBe(name)
    else {
      found.push({ name, attributes: Object.fromEntries([...attributes.matchAll(/ ([a-z]+)="([^"]*)"/g)].map(([, key, value]) => [key, value])) })
      if (!alone) open.push(name)
    }
  }
  expect(open).toEqual([])
  return found
}

async function junit(events: readonly Event[]) {
  return elements((await render(events, { output: 'junit' })).out)
}

test('the numbers of a suite are those of its cases', async () => {
  for (const events of [streams.apply, streams.plan, streams.failure, streams.trouble, streams.twoHundred(false)]) {
    const all = await junit(events)
    const suite = all.find(({ name }) => name === 'testsuite')!.attributes
    const number = (name: string) => String(all.filter(element => element.name === name).length)
    expect(suite).toMatchObject({ tests: number('testcase'), failures: number('failure'), errors: number('error'), skipped: number('skipped') })
  }
})

test('ignored and rescued failures do not fail the build', async () => {
  const all = await junit(streams.trouble)
  expect(all.filter(({ name }) => name === 'failure').map(({ attributes }) => attributes.message)).toEqual([
    'the output has been hidden due to the fact that \'no_log: true\' was specified for this result', 'b: Destination /etc/b does not exist !',
  ])
})

test('it stays XML whatever the names and messages are', async () => {
  await fc.assert(fc.asyncProperty(fc.string({ unit: 'binary' }), async text => {
    await junit([
      streams.play(['lab1'], false, text), streams.task(1, text, 'command', 1, ['lab1']),
      streams.result(1, 'lab1', 'failed', { result: { msg: text, stderr: `]]>${text}` } }), streams.result(1, 'lab1', 'skipped', { why: text }),
      streams.end({}, { error: { code: 'internal', message: text, rendered: text } }),
    ])
  }), { numRuns: 200 })
})
