/** A file that is written onto a host, owned by root. */
export interface HostFile {
  readonly path: string
  readonly mode: number
  readonly content: string
}

/** The sh commands that write a file. */
export function fileCommands({ path, mode, content }: HostFile): string {
  const directory = path.slice(0, path.lastIndexOf('/'))
  return `mkdir -p ${directory}
cat > ${path} <<'END-OF-FILE'
${content.trimEnd()}
END-OF-FILE
chmod 0${mode.toString(8)} ${path}
`
}
