import type { Service } from '../../../src/federation/world.ts'

/** One thing that is broken about lab1.test, everything else being as site.yml has left it. */
export interface Fault {
  /** Stable: `no-nocanon`. */
  readonly id: string
  /** What is wrong, for people: `ProxyPass without nocanon`. */
  readonly broken: string
  readonly by: Injection
  /** What anybody can see of it, without this program, and not while nothing is broken. Absent where DNS records are the whole fault. */
  readonly shows?: Symptom
  /** The check that must name it, by the kind of its finding. */
  readonly expect: readonly [check: string, kind: string]
  /** What the finding must say of the cause; absent where its kind says it all. */
  readonly cause?: string
  /** The line of the file that is to blame, where the finding must show one. */
  readonly line?: RegExp
  /** Other checks that rightly complain about the same. No others may. */
  readonly also?: readonly string[]
}

/** A set-up that is unusual and healthy: nothing may be called broken. */
export interface Healthy {
  readonly id: string
  /** What is unusual, for people: `Port 8448 and no delegation document`. */
  readonly unusual: string
  readonly by: Injection
  /** That the set-up is there, and was not before. Absent where it is one of names alone. */
  readonly shows?: Symptom
  /** The server name that is verified, where it is another than lab1.test. */
  readonly serverName?: string
}

/** What is done to lab1, and to the names as this machine sees them. All of it can be undone. */
export interface Injection {
  /** Files by path: each text or pattern, which must be there, is replaced once. */
  readonly edit?: { readonly [path: string]: readonly (readonly [found: string | RegExp, by: string])[] }
  /** New files, or new content of files, by path. */
  readonly write?: { readonly [path: string]: string }
  /** Certificates in place of the one that Apache has, or beside it. */
  readonly certificates?: readonly CertificateWish[]
  /** sh programs that are run on lab1 before its services are told, and how they are undone. */
  readonly run?: { readonly do: string; readonly undo: string }
  /** Where names and addresses play a part: lab1.test is then looked at by its name alone, over both families. */
  readonly dns?: Dns
  /** The same on lab2. */
  readonly lab2?: Omit<Injection, 'dns' | 'lab2'>
}

export interface CertificateWish {
  /** DNS names and IPv4 addresses. */
  readonly names: readonly string[]
  /** Days from now. */
  readonly valid?: readonly [from: number, until: number]
  /** Who signs it: the lab's authority unless said otherwise. */
  readonly by?: 'itself' | 'stranger'
  /** Without the intermediate. */
  readonly alone?: boolean
  /** Where its files are, in place of those that Apache has: `other` means /etc/ssl/matrix/other.pem and other.key. */
  readonly at?: string
}

/** DNS records as this machine sees them, in place of those of the lab. */
export interface Dns {
  /** Addresses by name, none where it has none. */
  readonly addresses?: { readonly [name: string]: readonly string[] }
  readonly services?: { readonly [name: string]: readonly Service[] }
  readonly aliases?: { readonly [name: string]: readonly string[] }
}

/** A shell command and what its output shows. */
export interface Symptom {
  /** Where it is run; lab2, which looks at lab1 as another server does, unless said otherwise. */
  readonly on?: 'lab1' | 'lab2'
  readonly sh: string
  readonly shows: RegExp
}

export const paths = {
  homeserver: '/etc/apache2/sites-available/matrix-homeserver.conf',
  delegation: '/etc/apache2/sites-available/matrix-delegation.conf',
  everywhere: '/etc/apache2/conf-enabled/zz-broken.conf',
  synapse: '/etc/matrix-synapse/homeserver.yaml',
  server: '/var/www/matrix.lab1.test/server.json',
  client: '/var/www/matrix.lab1.test/client.json',
} as const

/** Directives at the head of a virtual host with TLS, where they come before all others. */
const inVirtualHost = (path: string, directives: string): Injection => ({ edit: { [path]: [['    SSLEngine on\n', `    SSLEngine on\n${directives}\n`]] } })

/** Directives in the virtual host of the homeserver. */
export const inHomeserver = (directives: string): Injection => inVirtualHost(paths.homeserver, directives)

/** Directives in the virtual host of the server name. */
export const inDelegation = (directives: string): Injection => inVirtualHost(paths.delegation, directives)

/** What a virtual host says that passes Matrix on. */
export const passesMatrix = `    AllowEncodedSlashes NoDecode
    ProxyPreserveHost On
    ProxyTimeout 600
    RequestHeader unset X-Forwarded-For early
    RequestHeader set X-Forwarded-Proto "https"
    ProxyPass /_matrix http://127.0.0.1:8008/_matrix nocanon retry=0
    CustomLog /var/log/apache2/matrix.log "%h %t %m %U %>s"
`

/** A module of Apache that site.yml does not enable. */
export const withModule = (name: string): Injection['run'] => ({ do: `a2enmod -q ${name}`, undo: `a2dismod -q ${name}` })

/** mod_security with the Core Rule Set, whose packages stay installed. */
export const withModSecurity: Injection['run'] = {
  do: 'DEBIAN_FRONTEND=noninteractive apt-get install -qq libapache2-mod-security2 modsecurity-crs >/dev/null 2>&1; a2enmod -q security2',
  undo: 'a2dismod -q security2',
}

/** curl on lab2, which trusts the lab's authority and knows its names. Shows status line, headers and body, or curl's complaint. */
export const curl = (words: string, shows: RegExp): Symptom => ({ sh: `curl -sS -i --path-as-is --max-time 15 ${words} 2>&1 || true`, shows })
