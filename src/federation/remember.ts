/** A question that is asked when it is first needed, and only once. */
export function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined
  return () => (answer ??= ask())
}

/** The same for each of many. What is asked for is plain data. */
export function remembered<Q, A>(ask: (question: Q) => Promise<A>): (question: Q) => Promise<A> {
  const answers = new Map<string, Promise<A>>()
  return question => {
    const key = JSON.stringify(question, (_, value: unknown) => (value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value))
    const answer = answers.get(key) ?? ask(question)
    answers.set(key, answer)
    return answer
  }
}
