import { documentsIn, passesMatrix, paths, servesDocuments, virtualHost } from './apache.ts'
import type { Fault } from './fault.ts'
import { curl } from './symptom.ts'

const [v4, v6] = ['10.77.0.11', 'fd77::11']
const well = 'https://lab1.test/.well-known/matrix/server'
const fed = 'https://matrix.lab1.test/_matrix/federation/v1/version'
/** Apache looks for names only among the virtual hosts of the best address: all must have it, once one has. */
const bothFamilies = ['<VirtualHost *:443>', `<VirtualHost *:443 [${v6}]:443>`] as const
/** The server name has no document, and passes Matrix on itself. */
const noDocument = { edit: { [paths.delegation]: [[/    Alias \/\.well-known\/matrix\/server .*\n/, passesMatrix]] } } as const

/** What is wrong with DNS, addresses and ports. */
export const nameFaults: readonly Fault[] = [
  {
    id: 'no-address',
    broken: 'The server name has no address',
    by: { dns: { addresses: { 'lab1.test': [] } } },
    expect: ['DNS-02', 'no-address'],
    cause: 'record',
  },
  {
    id: 'delegated-name-without-address',
    broken: '`m.server` names a host that has no address',
    by: { dns: { addresses: { 'matrix.lab1.test': [] } } },
    expect: ['DNS-02', 'delegated-no-address'],
    cause: 'm.server',
  },
  {
    id: 'dead-ipv6',
    broken: 'An AAAA record of a machine that is no more',
    by: { dns: { addresses: { 'lab1.test': [v4, 'fd77::250'], 'matrix.lab1.test': [v4, 'fd77::250'] } } },
    expect: ['DNS-03', 'dead'],
    cause: 'AAAA',
  },
  {
    id: 'ipv4-only-apache',
    broken: '`Listen 0.0.0.0:443` beside an AAAA record',
    by: { dns: {}, edit: { '/etc/apache2/ports.conf': [[/Listen 443/g, 'Listen 0.0.0.0:443']] } },
    shows: curl(`-6 ${fed}`, /Failed to connect|Connection refused/),
    expect: ['DNS-03', 'dead'],
    cause: 'Listen 0.0.0.0:443',
  },
  {
    id: 'apache-does-not-start',
    broken: 'A mistake in `ports.conf` keeps Apache down',
    by: { edit: { '/etc/apache2/ports.conf': [[/Listen 443/, 'Lissen 443']] } },
    shows: curl(fed, /Failed to connect|Connection refused/),
    expect: ['DNS-03', 'nothing-answers'],
    line: /Lissen 443/,
    also: ['NET-01'],
  },
  {
    id: 'split-brain',
    broken: 'One of two front ends delegates elsewhere',
    by: {
      dns: {},
      edit: { [paths.homeserver]: [bothFamilies], [paths.delegation]: [[/$/, virtualHost(`[${v6}]:443`, 'lab1.test', servesDocuments('/var/www/old'))]] },
      write: documentsIn('/var/www/old', 'old.lab1.test:443'),
    },
    shows: curl(`-6 ${well}`, /old\.lab1\.test/),
    expect: ['WKS-06', 'differs'],
    cause: 'front end',
  },
  {
    id: 'half-rolled-out',
    broken: 'One of two front ends passes nothing on',
    by: {
      dns: {},
      edit: { [paths.homeserver]: [[/$/, virtualHost(`[${v6}]:443`, 'matrix.lab1.test', '')]], [paths.delegation]: [bothFamilies] },
    },
    shows: curl(`-6 ${fed}`, /^HTTP\/2 404/),
    expect: ['FED-02', 'partly'],
    cause: 'front end',
  },
  {
    id: 'deprecated-srv',
    broken: 'No delegation document, and an SRV record under its old name alone',
    by: {
      ...noDocument,
      dns: { services: { '_matrix._tcp.lab1.test': [{ target: 'matrix.lab1.test', port: 443, priority: 10, weight: 5 }] } },
    },
    shows: curl(well, /^HTTP\/2 404/),
    expect: ['DNS-05', 'deprecated'],
    cause: 'a record from before Matrix 1.8',
  },
  {
    id: 'srv-to-an-alias',
    broken: 'An SRV record that names an alias (CNAME)',
    by: {
      ...noDocument,
      dns: {
        services: { '_matrix-fed._tcp.lab1.test': [{ target: 'alias.lab1.test', port: 443, priority: 10, weight: 5 }] },
        aliases: { 'alias.lab1.test': ['matrix.lab1.test'] },
        addresses: { 'alias.lab1.test': [v4, v6] },
      },
    },
    shows: curl(well, /^HTTP\/2 404/),
    expect: ['DNS-05', 'alias'],
    cause: 'RFC 2782',
  },
]
