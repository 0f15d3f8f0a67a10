import { ProvisionError } from '../core/error.ts'
import { TemplateText, toPlain, type Raw, type RawDict, type Value } from '../core/value.ts'
import type { Play, VarsPrompt } from '../language/playbook.ts'
import { passwordHash } from '../language/template/password-hash.ts'

/** What `vars_prompt` wants to know from the user. */
export interface Question {
  /** Without the colon. */
  readonly text: string
  /** What is typed is not shown. */
  readonly isPrivate: boolean
  /** It is to be typed twice. */
  readonly confirm: boolean
}

/** Asks the user, in order. @returns an answer to each, or undefined when the user gave up */
export type Ask = (questions: readonly Question[]) => Promise<readonly string[] | undefined>

interface Open {
  readonly play: Play
  readonly prompt: VarsPrompt
  /** Rendered. */
  readonly otherwise: string | undefined
}

/** What the user has answered. */
export interface Answers {
  /** `vars_prompt` of each play, answered. */
  readonly variables: ReadonlyMap<Play, RawDict>
  /** What was typed unseen. */
  readonly secrets: readonly string[]
}

/**
 * Asks for all that plays want to know and `-e` does not say, before anything runs.
 *
 * @param ask absent: nobody can be asked, and what has a default is that
 * @param render a value of a play
 * @returns undefined when the user gave up
 * @throws ProvisionError `wrong-use` where nobody can be asked
 */
export async function answersOf(
  plays: readonly Play[], given: RawDict, { ask, render, warn }: { readonly ask: Ask | undefined; readonly render: (play: Play, raw: Raw) => Value; readonly warn: (message: string) => void },
): Promise<Answers | undefined> {
  const open = plays.flatMap(play =>
    play.varsPrompt.filter(({ name }) => !given.has(name)).map((prompt): Open => ({ play, prompt, otherwise: prompt.default === undefined ? undefined : String(toPlain(render(play, prompt.default))) })),
  )
  if (open.length === 0) return { variables: new Map(), secrets: [] }
  const typed = ask ? await ask(open.map(questionOf)) : open.map(one => unasked(one, warn))
  if (!typed) return undefined
  const variables = new Map<Play, RawDict>()
  const secrets: string[] = []
  for (const [index, { play, prompt, otherwise }] of open.entries()) {
    const text = typed[index]! === '' && otherwise !== undefined ? otherwise : typed[index]!
    if (prompt.private) secrets.push(text)
    variables.set(play, new Map([...(variables.get(play) ?? []), [prompt.name, valueOf(prompt, text)]]))
  }
  return { variables, secrets }
}

const questionOf = ({ prompt, otherwise }: Open): Question => ({
  text: otherwise === undefined ? prompt.prompt : `${prompt.prompt} [${otherwise}]`, isPrivate: prompt.private, confirm: prompt.confirm,
})

function unasked({ prompt: { name, at }, otherwise }: Open, warn: (message: string) => void): string {
  if (otherwise === undefined)
    throw new ProvisionError('wrong-use', `vars_prompt asks for '${name}', and there is no terminal to ask at`, { at, hint: `Give it on the command line: -e ${name}=VALUE.` })
  warn(`nobody can be asked for '${name}': it is what vars_prompt has as its default`)
  return otherwise
}

/** As in Ansible, templates in what is typed are rendered, unless the prompt is `unsafe`. */
function valueOf({ encrypt, unsafe }: VarsPrompt, text: string): Raw {
  if (encrypt) return passwordHash(text, encrypt.type, { ...(encrypt.salt !== undefined && { salt: encrypt.salt }), ...(encrypt.saltSize !== undefined && { saltSize: encrypt.saltSize }) })
  return !unsafe && /\{[{%#]/.test(text) ? new TemplateText(text) : text
}
