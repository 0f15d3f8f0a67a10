/** What a program printed, as Ansible's results carry it: the texts, and each split into lines. */
export interface Printed {
  readonly stdout: string
  readonly stdout_lines: readonly string[]
  readonly stderr: string
  readonly stderr_lines: readonly string[]
}

export const printed = (stdout: string, stderr: string): Printed => ({
  stdout,
  stdout_lines: splitLines(stdout),
  stderr,
  stderr_lines: splitLines(stderr),
})

/** Bytes of a program as text; what is not UTF-8 becomes U+FFFD. */
export const decode = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')

/** As Python's `str.splitlines`: the end of the text ends the last line, it does not begin another. */
export function splitLines(text: string): string[] {
  const lines = text.split(/\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/)
  if (lines.at(-1) === '') lines.pop()
  return lines
}
