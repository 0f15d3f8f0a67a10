import { check, type Check, type Fault, type Sighting } from '../check.ts'
import type { KeyDocumentResult, KeyProblem } from '../key-document.ts'
import type { Endpoint, Site } from '../site.ts'
import { header } from '../world.ts'
import { isObject } from '../json.ts'
import { isGatewayError, isLimited, isMatrix, isRedirect, isUnanswered, objectOf, said } from './answer.ts'
import { asked, at, federationVersion, homeserver } from './endpoint.ts'

const users = 'other servers do not accept anything that this server signs: messages, joins, invites'
const restart = 'Let the homeserver itself answer the path, and restart it if its key file was changed.'

/** What the server's key document shows at every address that speaks TLS. */
async function keyDocuments(site: Site): Promise<readonly KeyDocumentResult[]> {
  const { targets } = await site.discovery()
  const all = await Promise.all(targets.map(target => site.keysAt(target)))
  return all.filter(({ exchanged }) => (exchanged.answer !== undefined || isUnanswered(exchanged)) && !isRedirect(exchanged) && !isGatewayError(exchanged) && !isLimited(exchanged))
}

const isWrong = (result: KeyDocumentResult) => result.problems.some(({ severity }) => severity === 'error')

type Told = Exclude<KeyProblem['kind'], 'no-answer' | 'server-name'>

const problem = (means: string, more: Partial<Fault> = {}): Fault => ({ severity: 'error', means, users, fix: restart, ...more })

const keyDocument = check({
  id: 'HTTP-04', title: 'The key document is valid', concerns: 'federation', vantage: 'controller', follows: ['FED-01', 'HTTP-03'],
  faults: {
    status: problem('it comes with a status that is not 200', {
      cause: 'ProxyPass for parts of /_matrix alone; a listener without federation or keys', fix: 'Pass all of /_matrix on.',
      ours: 'playbooks/site.yml',
    }),
    'not-json': problem('it is no JSON object', {
      cause: 'a page of the web site; a file in its place', fix: 'Pass /_matrix on to the homeserver.',
      ours: 'playbooks/site.yml',
    }),
    'content-type': problem('its content type is not application/json', {
      users: 'Synapse and other servers refuse it, and accept nothing that this server signs', cause: 'a ForceType or Header line of Apache',
      fix: 'Pass the homeserver\'s headers on.', ours: 'playbooks/site.yml',
    }),
    'duplicate-key': problem('a member is there twice', { severity: 'warning', users: 'servers disagree about what it says' }),
    'no-keys': problem('it has no key'),
    'key-id': problem('a key has no valid id', { fix: 'Name it ed25519:NAME in the signing key file.' }),
    'key-length': problem('a key is not 32 bytes of base64'),
    'valid-until-missing': problem('it does not say until when it is valid'),
    expired: problem('it is out of date', {
      cause: 'a cache before the homeserver; a wrong clock; a file in its place',
      fix: 'Set the clock, and let nothing cache /_matrix/key.',
    }),
    'expires-soon': problem('it ends within the hour', {
      severity: 'warning', users: 'nothing yet', cause: 'a cache before the homeserver; a wrong clock',
      fix: 'Set the clock, and let nothing cache /_matrix/key.',
    }),
    'not-signed': problem('a key has not signed it'),
    signature: problem('a signature does not fit', {
      cause: 'something on the way changes the answer (mod_substitute, a filter), or it is a file of an earlier key',
    }),
    'not-canonical': problem('it is signed in another form than canonical JSON'),
  },
  async look(site) {
    const endpoint = await homeserver(site)
    if ('notMade' in endpoint) return endpoint
    const results = await keyDocuments(site)
    const wrong = results.filter(isWrong)
    // Where another address gives it as it should be, one of several is out of step (FED-02).
    const [result] = wrong.length === results.length || wrong.length === 0 ? results : results.filter(one => !isWrong(one))
    if (!result) return { notMade: 'no key document came' }
    const whole = result.problems.filter(({ kind }) => kind === 'status' || kind === 'not-json')
    return (whole.length > 0 ? whole.slice(0, 1) : result.problems).filter((one): one is KeyProblem & { kind: Told } => one.kind !== 'no-answer' && one.kind !== 'server-name').map(one => ({
      kind: one.kind, severity: one.severity, message: sentence(one), asked: `GET /_matrix/key/v2/server at ${at(result)}`, answered: said(result.exchanged),
    }))
  },
})

/** Names of members stay as they are: of what is there twice, and with an underscore. */
const sentence = ({ kind, message }: KeyProblem) =>
  kind !== 'duplicate-key' && kind !== 'not-canonical' && /^[a-z]+ /.test(message) ? message.slice(0, 1).toUpperCase() + message.slice(1) : message

const ownName = check({
  id: 'FED-01', title: 'The homeserver has this server name', concerns: 'federation', vantage: 'controller', follows: ['WKS-11'],
  faults: {
    'other-name': {
      severity: 'error', means: 'the homeserver calls itself otherwise',
      cause: 'server_name of homeserver.yaml is another name; m.server leads to the homeserver of somebody else', users,
      fix: 'Let the name delegate to its own homeserver. server_name cannot be changed once there are users: delegate from the name that it has.',
      ours: 'playbooks/site.yml (matrix_server_name)',
    },
    'other-case': {
      severity: 'error', means: 'the homeserver\'s name differs in capital letters', cause: 'names are compared letter by letter',
      users, fix: 'Use the name as the homeserver has it.', ours: 'playbooks/site.yml (matrix_server_name)',
    },
  },
  async look(site) {
    const named = (await keyDocuments(site)).filter(({ document }) => document?.serverName)
    if (named.length === 0) return { notMade: 'no key document came' }
    if (named.some(({ document }) => document!.serverName === site.serverName)) return []
    const [{ document, exchanged, ...place }] = named as [KeyDocumentResult]
    const name = document!.serverName!
    const kind = name.toLowerCase() === site.serverName.toLowerCase() ? ('other-case' as const) : ('other-name' as const)
    return [{
      kind, message: `The homeserver calls itself ${name.slice(0, 255)}, not ${site.serverName}`,
      asked: `GET /_matrix/key/v2/server at ${at(place)}`, answered: said(exchanged),
    }]
  },
})

const sameEverywhere = check({
  id: 'FED-02', title: 'Every address gives the same homeserver', concerns: 'federation', vantage: 'controller',
  faults: {
    partly: {
      severity: 'error', means: 'some addresses give no valid key document, others do',
      cause: 'one of several front ends was not rolled out; an AAAA record of another machine',
      users: 'servers that happen to choose that address cannot talk to it',
      fix: 'Roll out the same configuration to every front end, or remove the address.', ours: 'playbooks/site.yml',
    },
    differs: {
      severity: 'error', means: 'addresses give different keys',
      cause: 'two homeservers with the same name; workers with different key files', users,
      fix: 'Give all of them the same signing key.',
    },
  },
  async look(site) {
    const results = await keyDocuments(site)
    if (results.length === 0) return { notMade: 'no key document came' }
    const wrong = results.filter(result => isWrong(result))
    const good = results.filter(result => !isWrong(result))
    const sightings: Sighting<'partly' | 'differs'>[] = []
    if (good.length > 0) for (const result of wrong) {
      const [first] = result.problems.filter(({ severity }) => severity === 'error')
      sightings.push({
        kind: 'partly', message: `${at(result)} gives no valid key document, ${at(good[0]!)} does`,
        answered: result.exchanged.answer ? `${said(result.exchanged)}: ${first!.message}` : said(result.exchanged),
      })
    }
    const byKeys = Map.groupBy(good, ({ document }) => document!.keys.map(({ id, key }) => `${id} ${key}`).sort().join(' '))
    if (byKeys.size > 1) sightings.push({
      kind: 'differs', message: `The addresses of the homeserver give ${byKeys.size} different sets of keys`,
      answered: [...byKeys.values()].map(([one]) => `${at(one!)}: ${one!.document!.keys.map(({ id }) => id).join(', ')}`).join('; '),
    })
    return sightings
  },
})

const stable = check({
  id: 'FED-03', title: 'The same question gets the same answer', concerns: 'federation', vantage: 'controller',
  faults: {
    unstable: {
      severity: 'warning', means: 'some of several requests fail',
      cause: 'a balancer with a member that is down; a homeserver that is starting or overloaded',
      users: 'messages arrive late, since servers wait after each failure',
      fix: 'Look into the error log of Apache for the times when it failed.',
    },
  },
  async look(site) {
    const endpoint = await homeserver(site)
    if ('notMade' in endpoint) return endpoint
    const { address, port, host, identity, servername } = endpoint
    const again = await Promise.all([1, 2].map(() => site.exchange({ address, port, tls: { servername, identity }, method: 'GET', target: federationVersion, headers: [['Host', host]] })))
    const failed = again.find(exchanged => !isMatrix(exchanged) && !isLimited(exchanged) && exchanged.failure?.reason !== 'bound')
    return failed ? [{
      kind: 'unstable' as const, message: `${at(endpoint)} answers one time and fails another`,
      asked: `${asked(endpoint, federationVersion)}, three times`, answered: said(failed),
    }] : []
  },
})

const reachesFleet = check({
  id: 'FED-07', title: 'It reaches other servers of the fleet', concerns: 'federation', vantage: 'controller',
  faults: {
    unreached: {
      severity: 'error', means: 'it could not fetch the keys of another server',
      cause: 'a firewall for what goes out; no DNS on the host; ip_range_blacklist; a private authority that the homeserver does not trust',
      users: 'its users cannot join rooms or send invites elsewhere',
      fix: 'Try from the host itself: curl -v https://OTHER/_matrix/key/v2/server.',
    },
  },
  async look(site) {
    const others = neighbours(site)
    if (others.length === 0 && site.probe) return { notApplicable: 'the probe shows it (FED-05)' }
    if (others.length === 0) return { notMade: 'needs other servers of the same inventory, or a name that the server can reach: --probe NAME', needs: '--probe' }
    const endpoint = await homeserver(site)
    if ('notMade' in endpoint) return endpoint
    const looks = (await Promise.all(others.map(other => notaryLook(site, endpoint, other)))).filter(look => look !== undefined)
    if (looks.length === 0) return { notMade: `needs a server of the fleet that shows its own keys, and ${others.join(' and ')} does not` }
    const answered = looks.filter(({ exchanged }) => Array.isArray(objectOf(exchanged)?.server_keys))
    if (answered.length === 0) return { notMade: `the homeserver does not answer for others: ${said(looks[0]!.exchanged)}` }
    return answered.filter(({ other, exchanged }) => !(objectOf(exchanged)!.server_keys as readonly unknown[]).some(keys => isObject(keys) && keys.server_name === other)).map(({ other, exchanged }) => ({
      kind: 'unreached' as const, message: `It could not fetch the keys of ${other}`, asked: `POST ${at(endpoint)}${notary}`, answered: said(exchanged),
    }))
  },
})

const notary = '/_matrix/key/v2/query'

/**
 * Asks a server for the keys of another (server-server API, "Querying keys through another server"). A key is asked for by its id:
 * Synapse answers a question for all keys of a server with what it happens to have, and fetches nothing.
 */
async function notaryLook(site: Site, endpoint: Endpoint, other: string) {
  const keyId = await site.keyIdOf(other)
  if (keyId === undefined) return undefined
  const body = Buffer.from(JSON.stringify({ server_keys: { [other]: { [keyId]: { minimum_valid_until_ts: site.now() } } } }))
  return { other, exchanged: await site.ask(endpoint, { method: 'POST', target: notary, headers: [['Content-Type', 'application/json']], body, deadline: 30_000 }) }
}

/** The servers behind it in the fleet's list, the first ones behind the last: few for each, and everyone is asked for. */
function neighbours({ fleet, serverName }: Site): readonly string[] {
  const all = [...new Set([...fleet, serverName])]
  const own = all.indexOf(serverName)
  return [...all.slice(own + 1), ...all.slice(0, own)].slice(0, 2)
}

const clock = check({
  id: 'FED-09', title: 'Its clock is right', concerns: 'federation', vantage: 'controller',
  faults: {
    wrong: {
      severity: 'warning', means: 'its clock is more than a minute off', cause: 'no time synchronisation',
      users: 'messages stand in the wrong order; keys and certificates are taken for expired',
      fix: 'Switch on time synchronisation: timedatectl set-ntp true.',
    },
  },
  async look(site) {
    const endpoint = await homeserver(site)
    if ('notMade' in endpoint) return endpoint
    const { address, port, host, identity, servername } = endpoint
    const { answer, milliseconds } = await site.exchange({ address, port, tls: { servername, identity }, method: 'HEAD', target: federationVersion, headers: [['Host', host]] })
    const theirs = answer && Date.parse(header(answer, 'date') ?? '')
    if (theirs === undefined || Number.isNaN(theirs)) return { notMade: 'its answers carry no date' }
    const off = Math.round((theirs - (site.now() - milliseconds / 2)) / 1000)
    return Math.abs(off) > 60 ? [{
      kind: 'wrong' as const, message: `Its clock is ${Math.abs(off)} s ${off > 0 ? 'ahead' : 'behind'}`,
      answered: `Date: ${header(answer!, 'date')}`,
    }] : []
  },
})

export const federationChecks: readonly Check[] = [keyDocument, ownName, sameEverywhere, stable, reachesFleet, clock]
