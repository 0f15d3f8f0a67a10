/** Newlines at the end of a template are those of its result, also where rendering has dropped some. */
export function withNewlines(result: string, text: string, newline: string): string {
  const written = /\n*$/.exec(text.replaceAll(/\r\n?/g, '\n'))![0].length
  if (written === 0) return result
  const kept = /\n*$/.exec(result)![0].length
  return written > kept ? result + newline.repeat(written - kept) : result
}
