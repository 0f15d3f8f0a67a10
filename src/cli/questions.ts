import type { Ask, Question } from '../rollout/questions.ts'
import { createPrompt, type Prompt, type PromptInput } from './prompt.ts'
import { whenEndingAtOnce } from './restore.ts'

/** Asks what `vars_prompt` wants to know, in Ansible's words; nothing where no user sits at a terminal. */
export function askOn(input: PromptInput, output: { write(text: string): unknown }): Ask | undefined {
  if (input.isTTY !== true) return undefined
  return async questions => {
    const prompt = createPrompt(input, output)
    const forget = whenEndingAtOnce(() => prompt.close())
    try {
      const answers: string[] = []
      for (const question of questions) {
        const answer = await askOne(prompt, question, output)
        if (answer === undefined) return undefined
        answers.push(answer)
      }
      return answers
    } finally {
      prompt.close()
      forget()
    }
  }
}

async function askOne(prompt: Prompt, { text, isPrivate, confirm }: Question, output: { write(text: string): unknown }): Promise<string | undefined> {
  for (;;) {
    const answer = await prompt.ask(`${text}: `, !isPrivate)
    if (answer === undefined || !confirm) return answer
    const again = await prompt.ask(`confirm ${text}: `, !isPrivate)
    if (again === undefined || again === answer) return again
    output.write('***** VALUES ENTERED DO NOT MATCH ****\n')
  }
}
