import { check, type Check } from '../check.ts'
import type { Site } from '../site.ts'
import type { Certificate } from '../world.ts'
import { alike, nothingShown, ofEach, places, shownCertificates, type Shown } from './certificates.ts'

const users = 'no other server connects to it, and browsers and apps refuse it'
const day = 24 * 3600 * 1000

const chain = check({
  id: 'TLS-01', title: 'Certificates lead to a trusted root, with the intermediates that are sent', concerns: 'federation', vantage: 'controller',
  faults: {
    'missing-intermediate': {
      severity: 'error', means: 'the certificate comes without the intermediate that signed it',
      cause: 'SSLCertificateFile cert.pem in place of fullchain.pem; a stale SSLCertificateChainFile',
      users: 'other servers refuse it; browsers often do not, since they fetch the intermediate',
      fix: 'Give SSLCertificateFile the full chain (fullchain.pem).', ours: 'playbooks/site.yml (matrix_tls_certificate_file)',
    },
    'self-signed': {
      severity: 'error', means: 'the certificate is signed by itself',
      cause: 'Debian\'s snakeoil certificate, or that of a default virtual host', users,
      fix: 'Get a certificate from a public authority.', ours: 'playbooks/site.yml (matrix_tls_certificate_file)',
    },
    'untrusted-root': {
      severity: 'error', means: 'the chain ends at a root that nobody trusts', cause: 'a private or a staging authority', users,
      fix: 'Get a certificate from a public authority. To trust a private one here: --ca FILE.',
      ours: 'playbooks/site.yml (matrix_tls_certificate_file)',
    },
    untrusted: {
      severity: 'error', means: 'the chain is not valid', cause: 'an expired intermediate, a weak signature', users,
      fix: 'Renew the certificate with its chain.', ours: 'playbooks/site.yml (matrix_tls_certificate_file)',
    },
  },
  async look(site) {
    const shown = await shownCertificates(site)
    if (!shown.some(({ exchanged }) => exchanged.tls)) return nothingShown
    return ofEach(shown, ({ chain: judged, certificates }, all) => {
      if (judged.ok || isAge(judged.code, certificates[0], site.now())) return undefined
      const kind = chainFault(judged.code, certificates)
      return {
        kind, message: `The certificate of ${places(all)} is not trusted: ${judged.message}`,
        answered: certificates.slice(0, 4).map(described).join(', '),
      }
    })
  },
})

function chainFault(code: string, certificates: readonly Certificate[]): 'missing-intermediate' | 'self-signed' | 'untrusted-root' | 'untrusted' {
  if (code === 'DEPTH_ZERO_SELF_SIGNED_CERT' || (certificates.length === 1 && certificates[0]!.selfSigned)) return 'self-signed'
  if (code === 'UNABLE_TO_VERIFY_LEAF_SIGNATURE') return 'missing-intermediate'
  if (code === 'SELF_SIGNED_CERT_IN_CHAIN') return 'untrusted-root'
  if (code.startsWith('UNABLE_TO_GET_ISSUER_CERT')) return certificates.length === 1 ? 'missing-intermediate' : 'untrusted-root'
  return 'untrusted'
}

/** The certificate itself is too old or too new; another check speaks of that. */
const isAge = (code: string, leaf: Certificate | undefined, now: number) =>
  (code === 'CERT_HAS_EXPIRED' && leaf !== undefined && leaf.notAfter <= now) || (code === 'CERT_NOT_YET_VALID' && leaf !== undefined && leaf.notBefore > now)

const described = ({ subject, issuer }: Certificate) => `${subject} (by ${issuer})`

const name = check({
  id: 'TLS-02', title: 'Certificates are for the name that others check', concerns: 'federation', vantage: 'controller',
  faults: {
    'other-name': {
      severity: 'error', means: 'the certificate is for other names',
      cause: 'no virtual host of that name with TLS, so that the first one answers; a certificate that lacks the name', users,
      fix: 'Get a certificate with that name, and give the name a virtual host with it.',
      ours: 'playbooks/site.yml (matrix_tls_certificate_file)',
    },
    'srv-target': {
      severity: 'error', means: 'the certificate is for the target of the SRV record',
      cause: 'with SRV records the certificate must be for the server name, not for the machine', users,
      fix: 'Get a certificate for the server name, or delegate by /.well-known/matrix/server.',
      ours: 'playbooks/site.yml (matrix_fqdn, matrix_tls_certificate_file)',
    },
  },
  async look(site) {
    const shown = await shownCertificates(site)
    if (!shown.some(({ exchanged }) => exchanged.tls)) return nothingShown
    const wrong = alike(shown.filter(({ exchanged }) => exchanged.tls?.name.ok === false), 'name')
    return Promise.all(wrong.map(async all => {
      const [first] = all as [Shown]
      const leaf = first.exchanged.tls!.certificates[0]
      const names = [...(leaf?.names ?? []), ...(leaf?.addresses ?? [])]
      const kind = first.foundAs !== first.identity && names.includes(first.foundAs) ? ('srv-target' as const) : ('other-name' as const)
      const answered = `a certificate for ${names.slice(0, 8).join(', ') || 'no name'}`
      return { kind, message: `The certificate of ${places(all)} is not for that name`, answered, ...(await withoutName(site, first)) }
    }))
  },
})

/** The same certificate comes when no name is asked for: then it is the default virtual host's. */
async function withoutName(site: Site, { address, port, identity, servername, exchanged }: Shown): Promise<{ control?: string }> {
  if (servername === null) return {}
  const bare = await site.exchange({ address, port, tls: { servername: null, identity }, method: 'GET', target: '/', headers: [['Host', identity]] })
  const same = bare.tls?.certificates[0]?.fingerprint === exchanged.tls?.certificates[0]?.fingerprint
  return same ? { control: 'without a name the same certificate comes: it is that of the default virtual host' } : {}
}

const age = check({
  id: 'TLS-03', title: 'Certificates are valid, and will be for a while', concerns: 'federation', vantage: 'controller',
  faults: {
    expired: {
      severity: 'error', means: 'the certificate has ended', cause: 'no renewal, or no reload of Apache after it', users,
      fix: 'Renew it, and reload Apache after each renewal.', ours: 'playbooks/site.yml (matrix_tls_certificate_file)',
    },
    'not-yet': {
      severity: 'error', means: 'the certificate is not valid yet', cause: 'a wrong clock', users,
      fix: 'Set the clock of the machine that made it.',
    },
    soon: {
      severity: 'warning', means: 'the certificate ends soon, and should have been renewed',
      cause: 'the renewal fails, or Apache was not reloaded after it', users: 'nothing yet',
      fix: 'Look after the renewal (certbot renew --dry-run), and reload Apache after each.',
    },
  },
  async look(site) {
    const shown = await shownCertificates(site)
    if (!shown.some(({ exchanged }) => exchanged.tls)) return nothingShown
    const now = site.now()
    return ofEach<'expired' | 'not-yet' | 'soon'>(shown, ({ certificates: [leaf] }, all) => {
      if (!leaf) return undefined
      const where = places(all)
      if (leaf.notAfter <= now) return { kind: 'expired', message: `The certificate of ${where} ended ${days(now - leaf.notAfter)} ago` }
      if (leaf.notBefore > now) return {
        kind: 'not-yet', message: `The certificate of ${where} is valid only in ${days(leaf.notBefore - now)}`,
      }
      // Short-lived ones are renewed late in their life.
      const margin = Math.min(14 * day, (leaf.notAfter - leaf.notBefore) / 5)
      return leaf.notAfter - now < margin ? {
        kind: 'soon', message: `The certificate of ${where} ends in ${days(leaf.notAfter - now)}`,
      } : undefined
    })
  },
})

const days = (milliseconds: number) => {
  const hours = Math.max(1, Math.floor(milliseconds / 3600_000))
  return hours < 48 ? `${hours} ${hours === 1 ? 'hour' : 'hours'}` : `${Math.floor(hours / 24)} days`
}

export const certificateChecks: readonly Check[] = [chain, name, age]
