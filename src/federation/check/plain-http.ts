import { check, type Check, type Sighting } from '../check.ts'
import type { Endpoint, Site } from '../site.ts'
import { header, type Exchanged } from '../world.ts'
import { isMatrix, isRedirect, said } from './answer.ts'
import { clientVersions } from './endpoint.ts'

const plainHttp = check({
  id: 'NET-02',
  title: 'Port 80 lets certificates be renewed, and passes no Matrix',
  concerns: 'clients',
  vantage: 'controller',
  faults: {
    'challenge-loop': {
      severity: 'warning', means: 'the path of certificate renewal is redirected in a circle',
      cause: 'a redirect of everything, the path /.well-known/acme-challenge/ included (Redirect permanent /)',
      users: 'nothing yet; everything, when the certificate cannot be renewed',
      fix: 'Leave the path out of the redirect: RedirectMatch 301 "^/(?!\\.well-known/acme-challenge/)(.*)$" "https://NAME/$1".',
      ours: 'playbooks/site.yml',
    },
    unencrypted: {
      severity: 'warning', means: 'the homeserver answers without encryption', cause: 'ProxyPass in the <VirtualHost *:80>',
      users: 'an address typed with http:// sends passwords and messages in the clear',
      fix: 'Redirect port 80 to https and proxy only in the virtual host with TLS.', ours: 'playbooks/site.yml (matrix_tls)',
    },
  },
  async look(site) {
    const endpoint = (await site.clientBase()) ?? (await site.federation())
    if (!endpoint) return { notMade: 'nothing answers' }
    const [challenge, versions] = await Promise.all([challengeAt(site, endpoint), ask(site, endpoint, endpoint.base + clientVersions)])
    const sightings: Sighting<'challenge-loop' | 'unencrypted'>[] = []
    if (challenge) sightings.push({
      kind: 'challenge-loop', message: `The path of certificate renewal of ${nameOf(endpoint)} is redirected in a circle`,
      ...challenge,
    })
    if (isMatrix(versions) && versions.answer!.status === 200)
      sightings.push({
        kind: 'unencrypted', message: `http://${nameOf(endpoint)} passes Matrix without encryption`,
        asked: `GET http://${nameOf(endpoint)}${endpoint.base}${clientVersions}`, answered: said(versions),
      })
    return sightings
  },
})

const nameOf = ({ host }: Endpoint) => host.replace(/:\d+$/, '')

/** A server that makes certificates follows redirects; one that leads back to itself it cannot follow. */
async function challengeAt(site: Site, endpoint: Endpoint): Promise<{ asked: string; answered: string } | undefined> {
  const path = '/.well-known/acme-challenge/matrix-provision-verify'
  const exchanged = await ask(site, endpoint, path)
  const location = exchanged.answer && header(exchanged.answer, 'location')
  if (!isRedirect(exchanged) || location === undefined) return undefined
  const own = `http://${nameOf(endpoint)}${path}`
  const next = URL.canParse(location, own) ? new URL(location, own).href : location
  return next === own ? { asked: `GET ${own}`, answered: said(exchanged) } : undefined
}

const ask = (site: Site, endpoint: Endpoint, target: string): Promise<Exchanged> =>
  site.exchange({ address: endpoint.address, port: 80, tls: null, method: 'GET', target, headers: [['Host', nameOf(endpoint)]] })

export const plainHttpChecks: readonly Check[] = [plainHttp]
