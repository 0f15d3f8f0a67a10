/** What the program printed, taken apart: its parts by name, and the lines of each file that it read. */
export interface Parts {
  /** Text of a part; empty where the program had nothing to say. */
  text(name: string): string
  lines(name: string): readonly string[]
  has(name: string): boolean
  /** Names of all parts that begin with a word. */
  names(prefix: string): readonly string[]
  /** Lines of a file; undefined where it is not there or not readable. */
  file(path: string): readonly string[] | undefined
  /** The first line of a file, without blanks around it; empty where there is none. */
  line(path: string): string
  /** Files in a directory, in the order of their names. */
  files(pattern: RegExp): readonly string[]
}

export function readParts(stdout: string): Parts {
  const parts = new Map<string, string>()
  for (const part of stdout.split('\0').slice(1)) {
    const end = part.indexOf('\n')
    parts.set(end < 0 ? part : part.slice(0, end), end < 0 ? '' : part.slice(end + 1))
  }
  const lines = (name: string): readonly string[] => (parts.get(name) ?? '').split('\n').filter(line => line !== '')
  const files = new Map<string, string[]>()
  for (const line of lines('files')) {
    const colon = line.indexOf(':')
    const path = line.slice(0, colon)
    const known = files.get(path)
    if (known) known.push(line.slice(colon + 1))
    else files.set(path, [line.slice(colon + 1)])
  }
  return {
    text: name => parts.get(name) ?? '',
    lines,
    has: name => parts.has(name),
    names: prefix => [...parts.keys()].filter(name => name.startsWith(prefix)),
    file: path => files.get(path),
    line: path => files.get(path)?.[0]?.trim() ?? '',
    files: pattern => [...files.keys()].filter(path => pattern.test(path)),
  }
}

/** `NAME=value` lines, quotes taken away, as os-release and lsb-release have them. */
export const assignments = (lines: readonly string[] = []): ReadonlyMap<string, string> =>
  new Map(
    lines.flatMap(line => {
      const [, name, value] = /^\s*([A-Za-z_][A-Za-z0-9_]*)=(.*)$/.exec(line) ?? []
      return name === undefined
        ? []
        : [
            [
              name,
              value!
                .trim()
                .replace(/^(["'])(.*)\1$/, '$2')
                .replaceAll(/\\(["$`\\])/g, '$1'),
            ] as const,
          ]
    }),
  )
