import { check, type Check, type Sighting } from '../check.ts'
import type { Endpoint, Site } from '../site.ts'
import { header, type Exchanged } from '../world.ts'
import { isLimited, isMatrix, said } from './answer.ts'
import { alike, nothingShown, ofEach, places, shownCertificates, type Shown } from './certificates.ts'
import { asked, at, federationVersion, homeserver, nameOf } from './endpoint.ts'

const users = 'no other server connects to it, and browsers and apps refuse it'

const versions = check({
  id: 'TLS-04', title: 'TLS 1.2 or newer is spoken', concerns: 'federation', vantage: 'controller', follows: ['WKS-08'],
  faults: {
    'no-tls': {
      severity: 'error', means: 'the port speaks no TLS', cause: 'a virtual host without SSLEngine on', users,
      fix: 'Put SSLEngine on into the virtual host of that port.', ours: 'playbooks/site.yml (matrix_tls)',
    },
    handshake: {
      severity: 'error', means: 'no TLS connection comes about', cause: 'SSLCipherSuite or SSLProtocol too narrow or too old',
      users, fix: 'Write SSLProtocol -all +TLSv1.2 +TLSv1.3 and no SSLCipherSuite of your own.', ours: 'playbooks/site.yml',
    },
    hangs: {
      severity: 'error', means: 'connections are taken, and the TLS handshake does not end',
      cause: 'no worker of Apache is free (MaxRequestWorkers), or something else listens there that waits for its client; a firewall that cuts connections',
      users, fix: 'Look what listens at that port (ss -tlnp), and into Apache\'s error log.',
    },
    old: {
      severity: 'error', means: 'only an outdated version of TLS is spoken', cause: 'SSLProtocol with TLSv1 or TLSv1.1 alone',
      users: 'most servers and all browsers refuse it', fix: 'Write SSLProtocol -all +TLSv1.2 +TLSv1.3.',
      ours: 'playbooks/site.yml',
    },
    'no-tls13': {
      severity: 'info', means: 'TLS 1.3 is not spoken', cause: 'an old SSLProtocol line',
      fix: 'Write SSLProtocol -all +TLSv1.2 +TLSv1.3.', ours: 'playbooks/site.yml',
    },
  },
  async look(site) {
    const shown = await shownCertificates(site)
    const failed = alike(shown.filter(({ exchanged }) => exchanged.failure?.stage === 'tls' && !wantsClientCertificate(exchanged) && !refusesHttp1(exchanged)))
    const broken = await Promise.all(failed.map(all => handshake(site, all)))
    const versions = ofEach(shown, ({ protocol }, all) =>
      /^(SSLv3|TLSv1|TLSv1\.1)$/.test(protocol) ? { kind: 'old' as const, message: `${places(all)} speaks ${protocol}` }
        : protocol === 'TLSv1.2' ? { kind: 'no-tls13' as const, message: `${places(all)} does not speak TLS 1.3` } : undefined)
    return shown.some(({ exchanged }) => exchanged.tls || exchanged.failure?.stage === 'tls') ? [...broken, ...versions] : nothingShown
  },
})

async function handshake(site: Site, all: readonly Shown[]): Promise<Sighting<'no-tls' | 'handshake' | 'hangs' | 'old'>> {
  const { address, port, identity, servername, exchanged } = all[0]!
  const { message, reason } = exchanged.failure!
  if (reason === 'timeout') return { kind: 'hangs', message: `${places(all)} takes connections, and the TLS handshake does not end`, answered: message }
  const old = await site.exchange({ address, port, tls: { servername, identity, version: 'TLSv1.1' }, method: 'GET', target: '/', headers: [['Host', identity]] })
  if (old.tls) return { kind: 'old', message: `${places(all)} speaks only ${old.tls.protocol}` }
  const plain = await site.exchange({ address, port, tls: null, method: 'GET', target: '/', headers: [['Host', identity]] })
  if (plain.answer && !/https|SSL/i.test(new TextDecoder().decode(plain.answer.body.subarray(0, 2000))))
    return {
      kind: 'no-tls', message: `${places(all)} speaks no TLS`, answered: message,
      control: `GET http://${identity}:${port}/ → ${said(plain)}`,
    }
  return { kind: 'handshake', message: `No TLS connection to ${places(all)} comes about`, answered: message }
}

const wantsClientCertificate = ({ failure }: Exchanged) => failure?.reason === 'tls' && /certificate.required|bad.certificate|peer did not return a certificate/i.test(failure.message)

/** Nothing of what was offered by ALPN was taken. */
const refusesHttp1 = ({ failure }: Exchanged) => failure?.reason === 'tls' && /no.application.protocol/i.test(failure.message)

const bySni = check({
  id: 'TLS-05', title: 'What comes without a name in the TLS handshake is known', concerns: 'federation', vantage: 'controller',
  faults: {
    'other-certificate': {
      severity: 'info', means: 'without a name another certificate comes',
      cause: 'another virtual host is the first of that port', fix: 'Nothing has to be done: every server sends the name.',
    },
  },
  async look(site) {
    const { targets, identity, servername } = await site.discovery()
    const [target] = targets
    if (!target) return nothingShown
    if (servername === null) return { notApplicable: 'the server is found by its address' }
    const named = (await site.keysAt(target)).exchanged.tls
    if (!named) return nothingShown
    const bare = await site.exchange({ address: target.address, port: target.port, tls: { servername: null, identity }, method: 'GET', target: '/', headers: [['Host', identity]] })
    return bare.tls && named.name.ok && !bare.tls.name.ok ? [{
      kind: 'other-certificate' as const,
      message: `Without a name ${at(target)} shows the certificate of ${bare.tls.certificates[0]?.names[0] ?? 'nobody'}`,
    }] : []
  },
})

const misdirected = check({
  id: 'TLS-06', title: 'Connections can be shared by the names of one address', concerns: 'clients', vantage: 'controller',
  faults: {
    misdirected: {
      severity: 'info', means: 'a connection for one name refuses the other (421)',
      cause: 'virtual hosts of one address with different TLS settings',
      users: 'proxies and browsers that share connections have to ask twice',
      fix: 'Give all virtual hosts of an address the same TLS settings.', ours: 'playbooks/site.yml',
    },
  },
  async look(site) {
    const endpoint = await homeserver(site)
    if ('notMade' in endpoint) return endpoint
    const { ipv4, ipv6 } = await site.addresses(site.hostname)
    const shared = endpoint.port === 443 && nameOf(endpoint) !== site.hostname && [ipv4, ipv6].some(lookup => lookup.ok && lookup.records.includes(endpoint.address))
    if (!shared) return { notApplicable: 'the names do not share an address and port' }
    const exchanged = await site.ask({ ...endpoint, identity: site.hostname, servername: site.hostname }, { target: federationVersion })
    return exchanged.answer?.status === 421 ? [{
      kind: 'misdirected' as const, message: `A connection for ${site.hostname} refuses requests for ${nameOf(endpoint)}`,
      answered: said(exchanged),
    }] : []
  },
})

const noClientCertificate = check({
  id: 'TLS-07', title: 'Nobody is asked for a certificate of their own', concerns: 'federation', vantage: 'controller',
  faults: {
    required: {
      severity: 'error', means: 'the server wants a certificate from whoever connects',
      cause: 'SSLVerifyClient require in the whole server or that virtual host', users,
      fix: 'Write SSLVerifyClient none in the virtual hosts of Matrix.',
    },
  },
  async look(site) {
    const shown = await shownCertificates(site)
    if (shown.length === 0) return nothingShown
    return alike(shown.filter(({ exchanged }) => wantsClientCertificate(exchanged))).map(all => ({
      kind: 'required' as const, message: `${places(all)} wants a certificate from whoever connects`,
      answered: all[0]!.exchanged.failure!.message,
    }))
  },
})

const protocols = check({
  id: 'TLS-08', title: 'HTTP/1.1 and HTTP/2 both work', concerns: 'federation', vantage: 'controller',
  faults: {
    'no-http1': {
      severity: 'error', means: 'HTTP/1.1 is refused',
      cause: 'a proxy before Apache that speaks HTTP/2 alone; Apache itself answers HTTP/1.1 even under Protocols h2',
      users: 'other servers speak HTTP/1.1 and cannot connect', fix: 'Let that proxy offer http/1.1, too.',
    },
    'http2-broken': {
      severity: 'warning', means: 'HTTP/2 is offered and does not work',
      cause: 'a proxy in front that offers h2 for a server that has none; mod_http2 with the prefork MPM',
      users: 'browsers and apps choose HTTP/2 and fail', fix: 'Write Protocols http/1.1, or repair HTTP/2.',
      ours: 'playbooks/site.yml',
    },
  },
  async look(site) {
    const endpoint = await homeserver(site)
    if ('notMade' in endpoint) {
      const refused = (await shownCertificates(site)).find(({ purpose, exchanged }) => purpose === 'other servers' && refusesHttp1(exchanged))
      return refused ? [{
        kind: 'no-http1' as const, message: `${places([refused])} refuses HTTP/1.1`, answered: refused.exchanged.failure!.message,
      }] : endpoint
    }
    const exchanged = await overHttp2(site, endpoint)
    if (exchanged.tls && exchanged.tls.alpn !== 'h2') return []
    return isMatrix(exchanged) || isLimited(exchanged) ? [] : [{
      kind: 'http2-broken' as const, message: `${nameOf(endpoint)} offers HTTP/2, and it does not work`,
      asked: `${asked(endpoint, federationVersion)} over HTTP/2`, answered: said(exchanged),
    }]
  },
})

const overHttp2 = (site: Site, { address, port, host, identity, servername }: Endpoint): Promise<Exchanged> =>
  site.exchange({ address, port, tls: { servername, identity, alpn: ['h2', 'http/1.1'] }, method: 'GET', target: federationVersion, headers: [['Host', host]] })

const upgradeInHttp2 = check({
  id: 'HTTP-20', title: 'HTTP/2 answers carry nothing of HTTP/1.1', concerns: 'clients', vantage: 'controller',
  faults: {
    upgrade: {
      severity: 'warning', means: 'an answer over HTTP/2 has Upgrade or Connection',
      cause: 'Protocols h2 http/1.1 in an Apache that stands behind another proxy: it offers Upgrade: h2, and the proxy passes that on',
      users: 'Safari refuses the answer', fix: 'Write Protocols http/1.1 in the inner server.',
      ours: 'playbooks/site.yml (matrix_tls)',
    },
  },
  async look(site) {
    const endpoint = await homeserver(site)
    if ('notMade' in endpoint) return endpoint
    const { answer, tls } = await overHttp2(site, endpoint)
    if (!answer || tls?.alpn !== 'h2') return { notApplicable: 'HTTP/2 is not offered' }
    const found = ['upgrade', 'connection'].filter(name => header(answer, name) !== undefined)
    return found.map(name => ({
      kind: 'upgrade' as const, message: `An answer over HTTP/2 carries the header ${name}`,
      asked: `${asked(endpoint, federationVersion)} over HTTP/2`,
    }))
  },
})

export const tlsChecks: readonly Check[] = [versions, bySni, misdirected, noClientCertificate, protocols, upgradeInHttp2]
