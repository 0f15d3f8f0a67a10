import { check } from '../check.ts'
import { errcodeOf, isLimited, isMatrix, isRedirect, isRefusal, isReplaced, said } from './answer.ts'
import { askBoth, type Look } from './both-sides.ts'
import { evidence, nameOf } from './endpoint.ts'

/** Paths of which each belongs to another part of the API, and says without an account that it is there. */
const parts = [
  '/_matrix/client/v3/sync', '/_matrix/client/v1/media/config', '/_matrix/client/v3/rooms/%21none%3Aexample.org/messages',
  '/_matrix/client/v3/publicRooms?limit=1', '/_matrix/media/v3/upload',
]

/** The same for servers. What is asked for by PUT is there for GET, too, as far as that the homeserver itself refuses it. */
const serverParts = [
  'v1/publicRooms', 'v1/make_join/%21none%3Aexample.org/%40none%3Aexample.org', 'v1/send_join/%21none%3Aexample.org/%24none',
  'v2/send_join/%21none%3Aexample.org/%24none', 'v1/invite/%21none%3Aexample.org/%24none', 'v2/invite/%21none%3Aexample.org/%24none',
  'v1/send/matrix-provision', 'v1/state/%21none%3Aexample.org', 'v1/backfill/%21none%3Aexample.org', 'v1/query/directory',
  'v1/user/devices/%40none%3Aexample.org', 'v1/media/download/none',
].map(path => `/_matrix/federation/${path}`)

export const routes = check({
  id: 'HTTP-24', title: 'Every part of the API reaches the homeserver', concerns: 'federation', vantage: 'controller',
  faults: {
    'not-routed': {
      severity: 'error', means: 'one part of the API does not reach the homeserver',
      cause: 'ProxyPass for some paths alone, or with ! for some; a worker\'s rule that leads to nothing; rules in the wrong order',
      users: 'some things work and others do not', fix: 'Pass all of /_matrix on; rules of workers go before that.', ours: 'playbooks/site.yml',
    },
    refused: {
      severity: 'error', means: 'the web server refuses one part of the API (403, 410)',
      cause: 'Require in a <Location> or <LocationMatch>; RewriteRule with [F] or [G]; mod_security', users: 'some things work and others do not: joins, invites, messages, files',
      fix: 'Let everybody reach /_matrix: Require all granted, and leave it out of that rule.', ours: 'playbooks/site.yml',
    },
  },
  async look(site) {
    // Where nothing reaches servers' API, that is told once (HTTP-03): what stands beside /_matrix/client shares its way.
    const looks = await askBoth(site, serverParts, parts, parts.filter(path => path.startsWith('/_matrix/client/')))
    if ('notMade' in looks) return looks
    const lost = looks.filter(({ exchanged }) => exchanged.answer && !isMatrix(exchanged) && !isRedirect(exchanged) && !isReplaced(exchanged) && !isLimited(exchanged))
    // Where no error comes through, these say nothing.
    if (looks.some(({ exchanged }) => exchanged.answer) && !looks.some(({ exchanged }) => errcodeOf(exchanged) !== undefined)) return { notMade: 'errors of the homeserver do not come through (HTTP-12)' }
    // One rule takes many paths.
    return [...Map.groupBy(lost, ({ endpoint, exchanged }) => `${nameOf(endpoint)} ${said(exchanged)}`).values()].map(alike => {
      const [{ endpoint, target, exchanged }] = alike as [Look]
      const paths = alike.map(({ target }) => target.split('/%')[0]!.split('?')[0])
      const [kind, does] = isRefusal(exchanged) ? ['refused' as const, `${paths.length > 1 ? 'are' : 'is'} refused by the web server`] : ['not-routed' as const, `${paths.length > 1 ? 'do' : 'does'} not reach the homeserver`]
      return { kind, message: `${paths.join(', ')} ${does}`, ...evidence(endpoint, target, exchanged) }
    })
  },
})
