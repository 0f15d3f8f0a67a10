import { posix } from 'node:path'
import type { ApacheEvidence, ConfigurationFile, HostEvidence } from '../federation/host-evidence.ts'
import { FactFailure, httpKey, type Facts } from '../host/fact.ts'
import { fnmatch, isPattern } from './fnmatch.ts'
import { listeningIn } from './listening.ts'

/** Where distributions keep Apache's main file: Debian; Red Hat; SUSE and Alpine; FreeBSD. */
const mainFiles = ['/etc/apache2/apache2.conf', '/etc/httpd/conf/httpd.conf', '/etc/apache2/httpd.conf', '/usr/local/etc/apache24/httpd.conf']
const synapseUnits = ['matrix-synapse.service', 'synapse.service']
const synapseDefault = ['/etc/matrix-synapse/homeserver.yaml', '/etc/matrix-synapse/conf.d']
const mostFiles = 500

/**
 * What a host shows from inside of its part in federation.
 *
 * @param synapseConfiguration paths of Synapse's files and directories; none: those that its unit names, or Debian's
 */
export async function hostEvidence(name: string, facts: Facts, synapseConfiguration: readonly string[] = []): Promise<HostEvidence> {
  const look = new Look(facts)
  const [apache, synapse, ...tables] = await Promise.all([look.apache(), look.synapse(synapseConfiguration), look.text('/proc/net/tcp'), look.text('/proc/net/tcp6')])
  const health = await look.health(apache)
  return { name, apache, listening: tables.flatMap(table => listeningIn(table ?? '')), synapse, health, clock: null, unread: look.unread }
}

class Look {
  readonly unread: string[] = []
  readonly #facts: Facts

  constructor(facts: Facts) {
    this.#facts = facts
  }

  /** A file's text; undefined where there is none, or it may not be read, which is noted. */
  async text(path: string): Promise<string | undefined> {
    try {
      const content = await this.#facts.content(path)
      return content ? Buffer.from(content).toString() : undefined
    } catch (error) {
      if (!(error instanceof FactFailure)) throw error
      this.unread.push(error.message)
      return undefined
    }
  }

  async apache(): Promise<ApacheEvidence | null> {
    const texts = await Promise.all(mainFiles.map(path => this.text(path)))
    const at = texts.findIndex(text => text !== undefined)
    if (at < 0) return null
    const main = { path: mainFiles[at]!, text: texts[at]! }
    const root = /^\s*ServerRoot\s+"?([^"\s]+)/im.exec(main.text)?.[1] ?? posix.dirname(main.path)
    const [environment, packages, files] = await Promise.all([
      this.text(posix.join(root, 'envvars')), Promise.all(['apache2', 'httpd'].map(name => this.#facts.package(name))), this.#included([main], root),
    ])
    const version = packages.map(({ version }) => /^(?:\d+:)?(\d+\.\d+\.\d+)/.exec(version ?? '')?.[1]).find(Boolean) ?? null
    // What is loaded stands in the files; what is built in nobody tells.
    return { version, modules: [], defines: [], environment: exportsOf(environment ?? ''), root, files }
  }

  /** The files and all that they include, each once. */
  async #included(files: readonly ConfigurationFile[], root: string, known = new Set(files.map(({ path }) => path))): Promise<readonly ConfigurationFile[]> {
    const patterns = files.flatMap(({ text }) => [...text.matchAll(/^\s*Include(?:Optional)?\s+"?([^"\s]+)/gim)].map(([, pattern]) => posix.resolve(root, pattern!)))
    const paths = (await Promise.all([...new Set(patterns)].map(pattern => this.#expanded(pattern)))).flat()
    const fresh = [...new Set(paths)].filter(path => !known.has(path)).slice(0, Math.max(0, mostFiles - known.size))
    if (fresh.length === 0) return files
    for (const path of fresh) known.add(path)
    const read = (await Promise.all(fresh.map(async path => ({ path, text: await this.text(path) })))).filter((file): file is ConfigurationFile => file.text !== undefined)
    return [...files, ...(await this.#included(read, root, known))]
  }

  /** The files that a path with patterns means; of a directory all that are below it. */
  async #expanded(pattern: string): Promise<readonly string[]> {
    const parts = pattern.split('/').filter(Boolean)
    const next = parts.findIndex(isPattern)
    if (next < 0) {
      const names = await this.#facts.listing(pattern)
      return names === null ? [pattern] : (await Promise.all(names.map(name => this.#expanded(posix.join(pattern, name))))).flat()
    }
    const directory = `/${parts.slice(0, next).join('/')}`
    const wanted = fnmatch(parts[next]!)
    const names = ((await this.#facts.listing(directory)) ?? []).filter(name => wanted.test(name) && !name.startsWith('.'))
    return (await Promise.all(names.map(name => this.#expanded(posix.join(directory, name, ...parts.slice(next + 1)))))).flat()
  }

  async synapse(given: readonly string[]): Promise<HostEvidence['synapse']> {
    const paths = given.length > 0 ? given : await this.#synapsePaths()
    const found = await Promise.all(paths.map(path => this.#yamlBelow(path)))
    const files = await Promise.all(found.flat().map(async path => ({ path, text: await this.text(path) })))
    const read = files.flatMap(({ path, text }) => (text === undefined ? [] : [{ path, text: withoutSecrets(text) }]))
    return read.length > 0 ? { files: read } : null
  }

  /** What its unit says on the command line. */
  async #synapsePaths(): Promise<readonly string[]> {
    const units = await Promise.all(synapseUnits.map(name => this.#facts.unit(name)))
    const fragments = units.flatMap(({ properties }) => properties.FragmentPath || [])
    const texts = await Promise.all(fragments.map(path => this.text(path)))
    const named = texts.flatMap(text => [...(text ?? '').matchAll(/\s(?:-c|--config-path)(?:=|\s+)(\/\S+)/g)].map(([, path]) => path!))
    return named.length > 0 ? named : synapseDefault
  }

  async #yamlBelow(path: string): Promise<readonly string[]> {
    const names = await this.#facts.listing(path)
    return names === null ? [path] : names.filter(name => name.endsWith('.yaml')).map(name => posix.join(path, name))
  }

  /** What stands behind Apache, asked on the host itself. Only Synapse knows `/health`. */
  async health(apache: ApacheEvidence | null): Promise<HostEvidence['health']> {
    const backend = apache?.files.map(({ text }) => /^\s*ProxyPass(?:Match)?\s+"?\^?\/_matrix\S*\s+"?(https?:\/\/[^\s/"]+)/im.exec(text)?.[1]).find(Boolean)
    if (backend === undefined) return null
    let last: HostEvidence['health'] = null
    for (const path of ['/health', '/_matrix/client/versions']) {
      const url = backend + path
      const answer = await this.#facts.http(httpKey({ method: 'GET', url, timeout: 10, followRedirects: 'none', validateCertificates: false }))
      last = answer.status === -1 ? { url, error: 'error' in answer ? answer.error : 'no answer' } : { url, status: answer.status }
      if (answer.status === 200 || answer.status === -1) return last
    }
    return last
  }
}

/** `export NAME=value` of a shell file, as far as values are plain or use names that came before. */
function exportsOf(text: string): { readonly [name: string]: string } {
  const found: { [name: string]: string } = {}
  for (const [, name, value] of text.matchAll(/^\s*(?:export\s+)?([A-Z_]+)=["']?([^"'\n#]*?)["']?\s*$/gm))
    found[name!] = value!.replaceAll(/\$\{?([A-Z_]+)\}?/g, (_, other: string) => found[other] ?? '')
  return found
}

/** Nobody who judges the settings needs these, and they would lie about in memory. */
const withoutSecrets = (text: string): string => text.replaceAll(/^(\s*(?:-\s+)?[\w-]*(?:secret|password|token|passwd)[\w-]*\s*:[ \t]*)\S.*$/gim, '$1"…"')
