import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { makeCertificate } from '../../../src/lab/certificate.ts'
import { issueCertificate } from '../../../src/lab/lab.ts'
import { certificatePaths } from '../../../src/lab/image/personal.ts'
import type { LabHosts } from '../../lab/hosts.ts'
import type { CertificateWish, Injection } from './fault.ts'

type OnHost = Omit<Injection, 'dns' | 'lab2'>

/** Does an injection, then `work`, then undoes it, whatever comes of the work. */
export async function injected<T>(lab: LabHosts, { lab2 = {}, ...lab1 }: Injection, work: () => Promise<T>): Promise<T> {
  const undo: (() => Promise<void>)[] = []
  try {
    for (const [host, injection] of [['lab1', lab1], ['lab2', lab2]] as const) await onHost(lab, host, injection, undo)
    return await work()
  } finally {
    for (const back of undo.reverse()) await back()
  }
}

async function onHost(lab: LabHosts, host: string, { edit = {}, write = {}, certificates = [], run }: OnHost, undo: (() => Promise<void>)[]): Promise<void> {
  const root = lab.host(host).root!
  const made = await Promise.all(certificates.map(certificateFiles))
  const written: { readonly [path: string]: string } = Object.assign({}, write, ...made)
  const touched = [...Object.keys(edit), ...Object.keys(written)]
  const before = new Map<string, string | undefined>()
  for (const path of touched) before.set(path, await readFile(join(root, path), 'utf8').catch(() => undefined))
  const tell = () => told(lab, host, touched, run !== undefined)
  undo.push(async () => {
    for (const [path, content] of before) await (content === undefined ? rm(join(root, path), { force: true }) : writeFile(join(root, path), content))
    if (run) await lab.sh(host, run.undo)
    await tell()
  })
  for (const [path, changes] of Object.entries(edit)) await writeFile(join(root, path), changes.reduce(replaced(path), before.get(path) ?? ''))
  for (const [path, content] of Object.entries(written)) {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), content)
  }
  if (run) await lab.sh(host, run.do)
  await tell()
}

const replaced = (path: string) => (text: string, [found, by]: readonly [string | RegExp, string]): string => {
  const changed = text.replace(found, () => by)
  if (changed === text) throw new Error(`${path} has no ${found}`)
  return changed
}

/** The services whose files were touched run with what they say now, and with nothing else. */
async function told(lab: LabHosts, host: string, paths: readonly string[], ran: boolean): Promise<void> {
  // Apache keeps its sockets over a reload, and cannot change what it listens at. That it does not start may be the fault.
  if (paths.includes('/etc/apache2/ports.conf')) await lab.sh(host, 'systemctl reset-failed apache2; systemctl restart apache2 || true')
  else if (ran || paths.some(path => path.startsWith('/etc/apache2/') || path.startsWith('/etc/ssl/'))) await lab.sh(host, reloadApache)
  const isSynapse = paths.some(path => path.startsWith('/etc/matrix-synapse/') || path.startsWith('/opt/synapse/'))
  if (isSynapse) await lab.sh(host, 'systemctl reset-failed matrix-synapse; systemctl restart matrix-synapse')
}

/** Returns when no process is left that has read another configuration. */
const reloadApache = `apachectl configtest 2>/dev/null || apachectl configtest
apache=$(cat /run/apache2/apache2.pid)
old=$(pgrep -P "$apache")
kill -HUP "$apache"
for pid in $old; do while kill -0 "$pid" 2>/dev/null; do sleep 0.02; done; done`

async function certificateFiles({ names, valid: [from, until] = [-1, 90], by, alone, at }: CertificateWish): Promise<{ [path: string]: string }> {
  const day = 24 * 60 * 60 * 1000
  const validity = { notBefore: new Date(Date.now() + from * day), notAfter: new Date(Date.now() + until * day) }
  const paths = at === undefined ? certificatePaths : { chain: `/etc/ssl/matrix/${at}.pem`, key: `/etc/ssl/matrix/${at}.key` }
  const files = (chain: string, key: string) => ({ [paths.chain]: chain, [paths.key]: key })
  if (by === undefined) {
    const { fullchain, certificate, key } = await issueCertificate(names, { from, until })
    return files(alone ? certificate : fullchain, key)
  }
  const commonName = 'An authority that nobody knows'
  const stranger = { commonName, ...makeCertificate({ commonName, authority: { depth: 0 }, ...validity }) }
  const { certificate, key } = makeCertificate({ commonName: names[0]!, names, ...validity, ...(by === 'stranger' && { issuer: stranger }) })
  return files(certificate + (by === 'stranger' ? stranger.certificate : ''), key)
}
