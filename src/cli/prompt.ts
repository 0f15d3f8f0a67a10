/** Asks the user for a line. */
export interface Prompt {
  /**
   * @param echo shows what is typed; without it nobody sees it
   * @returns undefined when the user gave up (Ctrl-C, Ctrl-D on an empty line) or the input is at its end
   */
  ask(question: string, echo?: boolean): Promise<string | undefined>
  close(): void
}

export interface PromptInput extends NodeJS.ReadableStream {
  readonly isTTY?: boolean
  setRawMode?(raw: boolean): unknown
}

/**
 * Reads lines from a terminal that is told not to echo, or from any other input. What comes behind a line is kept
 * for the next question: several may be pasted at once.
 *
 * @param output where the question is shown
 */
export function createPrompt(input: PromptInput, output: { write(text: string): unknown }): Prompt {
  const terminal = input.isTTY === true && input.setRawMode !== undefined
  let waiting = ''
  let ended = false
  let wake = () => {}
  const onData = (chunk: string | Buffer) => {
    waiting += String(chunk)
    wake()
  }
  const onEnd = () => {
    ended = true
    wake()
  }
  input.setEncoding('utf8')
  // An input that an earlier prompt left paused does not flow again by being listened to.
  input.on('data', onData).on('end', onEnd).resume()
  if (terminal) input.setRawMode!(true)

  const ask = async (question: string, echo = false): Promise<string | undefined> => {
    output.write(question)
    let typed = ''
    const retype = (text: string) => {
      typed = text
      if (echo) output.write(`\r\u001b[K${question}${typed}`)
    }
    for (;;) {
      while (waiting !== '') {
        const [character = ''] = waiting
        waiting = waiting.slice(character.length)
        if (character === '\r' || character === '\n') {
          if (character === '\r' && waiting.startsWith('\n')) waiting = waiting.slice(1)
          output.write('\n')
          return typed
        }
        if (!terminal) typed += character
        else if (character === '\u0003' || (character === '\u0004' && typed === '')) {
          output.write('\n')
          return undefined
        } else if (character === '\u007f' || character === '\b') retype([...typed].slice(0, -1).join(''))
        else if (character === '\u0015') retype('')
        else if (character >= ' ') {
          typed += character
          if (echo) output.write(character)
        }
      }
      if (ended) {
        output.write('\n')
        return typed === '' ? undefined : typed
      }
      await new Promise<void>(resolve => (wake = resolve))
    }
  }

  const close = () => {
    if (terminal) input.setRawMode!(false)
    input.off('data', onData).off('end', onEnd)
    input.pause()
  }
  return { ask, close }
}
