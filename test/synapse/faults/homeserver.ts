import { paths } from './apache.ts'
import type { Fault, Symptom } from './fault.ts'
import { curl, logged } from './symptom.ts'

const matrix = 'https://matrix.lab1.test/_matrix'
/** How Synapse logs that it cannot ask another server. The port spares it the question for SRV records, to which nobody answers here. */
const asksElsewhere = (shows: RegExp): Symptom =>
  logged(`'${matrix}/client/v3/directory/room/%23none%3Amatrix.lab2.test%3A443'`, 'Request failed', shows)

/** Python reads this when it starts; a host of the lab has the clock of this machine. */
const anHourAhead = `import time
now, parts = time.time, time.gmtime
time.time = lambda: now() + 3600
time.gmtime = lambda at=None: parts(time.time() if at is None else at)
`

/** What is wrong with the homeserver itself, and with its way out. */
export const homeserverFaults: readonly Fault[] = [
  {
    id: 'other-server-name',
    broken: '`server_name` of Synapse is another name',
    by: { edit: { [paths.synapse]: [['server_name: lab1.test', 'server_name: matrix.lab1.test'], ['homeserver.db', 'other.db']] } },
    shows: curl(`${matrix}/key/v2/server`, /"server_name":"matrix\.lab1\.test"/),
    expect: ['FED-01', 'other-name'],
    line: /server_name: matrix\.lab1\.test/,
  },
  {
    id: 'no-federation-listener',
    broken: "Synapse's listener lacks the resource `federation`",
    by: { edit: { [paths.synapse]: [['names: [client, federation]', 'names: [client]']] } },
    shows: curl(`${matrix}/federation/v1/version`, /^HTTP\/2 404/),
    expect: ['HTTP-03', 'no-federation'],
    line: /resources/,
  },
  {
    id: 'no-way-out',
    broken: 'A firewall lets nothing of Synapse out',
    by: {
      run: {
        do: 'for family in -4 -6; do ip $family rule add pref 10 uidrange 65534-65534 prohibit; done',
        undo: 'for family in -4 -6; do ip $family rule del pref 10; done',
      },
    },
    shows: asksElsewhere(/Request failed(?!.*HttpResponseException)/),
    expect: ['FED-05', 'unreached'],
    cause: 'firewall',
  },
  {
    id: 'names-unknown',
    broken: 'The host of Synapse cannot resolve other names',
    by: { edit: { '/etc/hosts': [[/^(?!.*lab1\b)(10|fd77).*\n/gm, '']] } },
    shows: { on: 'lab1', sh: 'getent hosts matrix.lab2.test || echo unknown', shows: /^unknown/ },
    expect: ['FED-05', 'unreached'],
    cause: 'no DNS on the host',
  },
  {
    id: 'addresses-forbidden',
    broken: '`ip_range_blacklist` covers the addresses of others',
    by: { edit: { [paths.synapse]: [['ip_range_blacklist: []', "ip_range_blacklist: ['10.0.0.0/8', 'fd00::/8']"]] } },
    shows: asksElsewhere(/DNSLookupError/),
    expect: ['FED-05', 'unreached'],
    line: /ip_range_blacklist/,
  },
  {
    id: 'federates-with-nobody',
    broken: '`federation_domain_whitelist` is empty',
    by: { edit: { [paths.synapse]: [['ip_range_blacklist: []', 'ip_range_blacklist: []\nfederation_domain_whitelist: []']] } },
    shows: { on: 'lab1', sh: `grep federation_domain_whitelist ${paths.synapse} || true`, shows: /\[\]/ },
    expect: ['HS-09', 'nobody'],
    line: /federation_domain_whitelist/,
    also: ['FED-05', 'FED-07', 'FED-08'],
  },
  {
    id: 'stands-still',
    broken: 'The homeserver takes connections and answers nothing',
    by: { run: { do: "systemctl kill -s STOP matrix-synapse", undo: "systemctl kill -s CONT matrix-synapse; sleep 1" } },
    shows: { sh: `curl -sS -m 2 ${matrix}/federation/v1/version 2>&1 || true`, shows: /timed out/ },
    expect: ['HTTP-22', 'no-answer'],
    line: /ProxyPass \/_matrix http/,
    cause: 'not in time',
    also: ['HS-01'],
  },
  {
    id: 'authority-unknown',
    broken: '`federation_custom_ca_list` lacks the authority of others',
    by: {
      edit: { [paths.synapse]: [[/federation_custom_ca_list: .*/, 'federation_custom_ca_list: [/etc/matrix-synapse/authority.pem]']] },
      run: {
        do: 'openssl req -x509 -newkey rsa:2048 -nodes -days 9 -subj /CN=stranger -keyout /dev/null -out /etc/matrix-synapse/authority.pem 2>/dev/null',
        undo: 'rm /etc/matrix-synapse/authority.pem',
      },
    },
    shows: asksElsewhere(/certificate verify/),
    expect: ['FED-05', 'distrusts'],
    line: /federation_custom_ca_list/,
  },
  {
    id: 'clock',
    broken: 'The clock of the homeserver is an hour ahead',
    by: { write: { '/opt/synapse/sitecustomize.py': anHourAhead } },
    shows: {
      sh: `theirs=$(curl -sSI ${matrix}/client/versions | sed -n 's/^date: //ip' | tr -d '\\r'); echo $((($(date -d "$theirs" +%s) - $(date +%s)) / 60)) minutes`,
      shows: /^(59|60) minutes/,
    },
    expect: ['FED-09', 'wrong'],
    cause: 'time synchronisation',
  },
]
