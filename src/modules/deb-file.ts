import type { Facts } from '../host/fact.ts'
import type { Selected } from './apt-selection.ts'
import { NotAvailable } from './apt-selection.ts'
import { compareVersions } from './debian-version.ts'
import { hostPath } from './host-path.ts'

/**
 * The .deb files whose package is not installed in the file's version.
 *
 * @param text paths on the host, parted by commas
 * @throws NotAvailable when a file is not there, or something newer is installed
 */
export async function selectFiles(text: string, allowDowngrade: boolean, facts: Facts): Promise<readonly Selected[]> {
  const paths = text
    .split(',')
    .map(path => path.trim())
    .filter(Boolean)
  const url = paths.find(path => path.includes('://'))
  if (url !== undefined) throw new NotAvailable(`deb takes a path on the host, not a URL. Fetch ${url} with get_url first`)
  const judged = await Promise.all(paths.map(path => judge(path, allowDowngrade, facts)))
  return judged.filter(selected => selected !== undefined)
}

async function judge(given: string, allowDowngrade: boolean, facts: Facts): Promise<Selected | undefined> {
  const path = await hostPath(given, facts)
  const file = await facts.debFile(path)
  if (!file) throw new NotAvailable(`Unable to install package: ${path} is not a .deb file, or is not there`)
  const { version: installed } = await facts.package(file.name)
  if (installed !== null) {
    const order = compareVersions(file.version, installed)
    if (order === 0) return undefined
    if (order < 0 && !allowDowngrade)
      throw new NotAvailable(`A later version of ${file.name} is already installed: ${installed}; ${path} has ${file.version}`)
  }
  return { name: file.name, word: path, from: installed, to: file.version }
}
