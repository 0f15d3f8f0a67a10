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
