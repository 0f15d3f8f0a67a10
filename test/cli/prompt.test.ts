import { PassThrough } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { createPrompt, type PromptInput } from '../../src/cli/prompt.ts'
import { askOn } from '../../src/cli/questions.ts'

/** A terminal under our hands: what is typed, what is shown, whether it is raw. */
function terminal() {
  const input = Object.assign(new PassThrough(), { isTTY: true, raw: false, setRawMode(raw: boolean) { input.raw = raw } })
  let shown = ''
  const output = { write: (text: string) => (shown += text) }
  return { input, output, prompt: createPrompt(input, output), type: (text: string) => input.write(text), shown: () => shown }
}

describe('a secret on a terminal', () => {
  test.each<[what: string, keys: string[], secret: string | undefined]>([
    ['is what was typed', ['s', 'e', 'c', '\r'], 'sec'],
    ['may be pasted', ['secret\n'], 'secret'],
    ['may have any letters', ['pä日🚀\r'], 'pä日🚀'],
    ['can be corrected', ['ab🚀\u007fc\r'], 'abc'],
    ['can be begun anew', ['wrong\u0015right\r'], 'right'],
    ['does not hold control characters', ['a\u0001b\u001bc\r'], 'abc'],
    ['may be empty', ['\r'], ''],
    ['can be refused with Ctrl-C', ['abc\u0003'], undefined],
    ['can be refused with Ctrl-D', ['\u0004'], undefined],
  ])('%s', async (_what, keys, secret) => {
    const { input, prompt, type, shown } = terminal()
    const answer = prompt.ask('Password: ')
    for (const key of keys) type(key)
    expect(await answer).toBe(secret)
    expect(shown()).toBe('Password: \n')
    prompt.close()
    expect(input).toMatchObject({ raw: false, readableFlowing: false })
  })

  test('two may be pasted at once', async () => {
    const { prompt, type } = terminal()
    const first = prompt.ask('1: ')
    type('one\r\ntwo\r\n')
    expect([await first, await prompt.ask('2: ')]).toEqual(['one', 'two'])
  })

  test('is asked again after an earlier question is over', async () => {
    const { input, output, prompt, type } = terminal()
    const first = prompt.ask('1: ')
    type('one\r')
    expect(await first).toBe('one')
    prompt.close()
    const again = createPrompt(input, output)
    const second = again.ask('2: ')
    type('two\r')
    expect(await second).toBe('two')
  })

  test('the terminal is raw only while it is asked', () => {
    const { input, prompt } = terminal()
    expect(input.raw).toBe(true)
    prompt.close()
    expect(input.raw).toBe(false)
  })
})

describe('a question on a terminal', () => {
  test('shows what is typed and corrected', async () => {
    const { prompt, type, shown } = terminal()
    const answer = prompt.ask('Name: ', true)
    for (const key of ['ab🚀', '\u007f', 'c', '\u0015', 'ü\r']) type(key)
    expect(await answer).toBe('ü')
    expect(shown()).toBe('Name: ab🚀\r\u001b[KName: abc\r\u001b[KName: ü\n')
    prompt.close()
  })

  const asking = (input: object) => {
    let shown = ''
    return { ask: askOn(input as PromptInput, { write: text => (shown += text) }), shown: () => shown }
  }

  test('is asked again until both answers are the same', async () => {
    const { input } = terminal()
    const { ask, shown } = asking(input)
    const answers = ask!([{ text: 'New', isPrivate: true, confirm: true }, { text: 'Name [x]', isPrivate: false, confirm: false }])
    input.write('one\rtwo\rsame\rsame\ry\r')
    expect(await answers).toEqual(['same', 'y'])
    expect(shown()).toBe('New: \nconfirm New: \n***** VALUES ENTERED DO NOT MATCH ****\nNew: \nconfirm New: \nName [x]: y\n')
    expect(input).toMatchObject({ raw: false, readableFlowing: false })
  })

  test('that is not answered ends all of them', async () => {
    const { input } = terminal()
    const answers = asking(input).ask!([{ text: 'a', isPrivate: false, confirm: false }, { text: 'b', isPrivate: false, confirm: false }])
    input.write('one\r\u0003')
    expect(await answers).toBeUndefined()
  })

  test('is not asked where there is no terminal', () => expect(asking({ isTTY: false }).ask).toBeUndefined())
})
