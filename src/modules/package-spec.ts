import { compareVersions } from './debian-version.ts'
import { fnmatch } from './fnmatch.ts'

/** What a playbook says of a package: `apache2`, `apache2=2.4.*`, `apache2>=2.4.50`, `libc6:i386`. */
export interface PackageSpec {
  readonly text: string
  readonly name: string
  readonly operator?: '=' | '>='
  readonly version?: string
}

/** Undefined where the text cannot be read. */
export function parseSpec(text: string): PackageSpec | undefined {
  const [, name, operator, version] = /^([^=<>\s]+?)\s*(?:(>=|=)\s*([^=\s]+))?$/.exec(text) ?? []
  if (name === undefined) return undefined
  return operator === undefined ? { text, name } : { text, name, operator: operator as '=' | '>=', version: version! }
}

/** Whether a version is one of those that are asked for. */
export function fits(version: string, { operator, version: wanted }: PackageSpec): boolean {
  if (operator === '=') return fnmatch(wanted!).test(version)
  if (operator === '>=') return compareVersions(version, wanted!) >= 0
  return true
}
