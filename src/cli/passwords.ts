import type { Passwords } from '../rollout/options.ts'
import type { FlagValues } from './commands.ts'
import { whenEndingAtOnce } from './restore.ts'
import { createPrompt, type PromptInput } from './prompt.ts'

/**
 * Asks for what `-k` and `-K` say, once for all hosts, in Ansible's words; an empty answer to the second question means
 * the same password as for the login.
 *
 * @returns undefined when the user gave up
 */
export async function askPasswords(flags: FlagValues, input: PromptInput, output: { write(text: string): unknown }): Promise<Passwords | undefined> {
  const [login, become] = [flags['ask-pass'] === true, flags['ask-become-pass'] === true]
  if (!login && !become) return {}
  const prompt = createPrompt(input, output)
  const forget = whenEndingAtOnce(() => prompt.close())
  const giveUp = () => void output.write('No password was given: nothing was done.\n')
  try {
    const connection = login ? await prompt.ask('SSH password: ') : undefined
    if (login && connection === undefined) return giveUp()
    const raised = become ? await prompt.ask(login ? 'BECOME password[defaults to SSH password]: ' : 'BECOME password: ') : undefined
    if (become && raised === undefined) return giveUp()
    return { ...(connection !== undefined && { connection }), ...(become && { become: raised === '' && connection !== undefined ? connection : raised! }) }
  } finally {
    prompt.close()
    forget()
  }
}
