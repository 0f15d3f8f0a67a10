import { createPrompt, type PromptInput } from './prompt.ts'
import { whenEndingAtOnce } from './restore.ts'

export interface Interruption {
  /** Leaves the terminal to the question. @returns takes it back */
  readonly hold: () => () => void
  /** The user does not want to go on (Ctrl-C). */
  readonly giveUp: () => void
}

/**
 * Asks for passphrases of key files, in OpenSSH's words, when the run comes upon them: one after the other.
 *
 * @returns nothing where no user sits at a terminal
 */
export function passphrases(input: PromptInput, output: { write(text: string): unknown }, { hold, giveUp }: Interruption): ((file: string) => Promise<string | undefined>) | undefined {
  if (input.isTTY !== true) return undefined
  let line: Promise<unknown> = Promise.resolve()
  const ask = async (file: string) => {
    const goOn = hold()
    const prompt = createPrompt(input, output)
    const forget = whenEndingAtOnce(() => prompt.close())
    try {
      const typed = await prompt.ask(`Enter passphrase for key '${file}': `)
      if (typed === undefined) giveUp()
      return typed
    } finally {
      prompt.close()
      forget()
      goOn()
    }
  }
  return file => {
    const asked = line.then(() => ask(file))
    line = asked.catch(() => undefined)
    return asked
  }
}
