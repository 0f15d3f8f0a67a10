import { readFileSync } from 'node:fs'

/** Put in place by the build; in the repository the package says it. */
declare const BUILT_VERSION: string | undefined

/** The program's version, as package.json has it. */
export const programVersion = (): string =>
  typeof BUILT_VERSION === 'string' ? BUILT_VERSION : (JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }).version
