import type { Site } from './site.ts'

/** One thing that must hold, and what is known about its breaking. Made by `check` in a file of `check/`. */
export interface Check<Kind extends string = string> extends Known<Kind> {
  /**
   * Looks, and says what it saw. The site asks no question twice, so a check may ask whatever it needs.
   *
   * @returns faults that are there, none when all is well; or why it could not be made
   */
  look(site: Site): Promise<Sighted<Kind>>
}

/** What is known about a check before it looks. */
export interface Known<Kind extends string = string> {
  /** Stable, as docs/checks.md lists them: `HTTP-06`. */
  readonly id: string
  /** What holds when it is passed, as a sentence: `The path of signed requests reaches the homeserver unchanged`. */
  readonly title: string
  /** Whom it troubles when it does not hold: other servers, people who log in, or the operator's safety. */
  readonly concerns: 'federation' | 'clients' | 'security'
  /** From where it looks: over the network, on the host itself, or with a homeserver of our own. */
  readonly vantage: Vantage
  /** It sends what could change something or looks like an attack: only to servers of the own inventory, or with `--active`. */
  readonly active?: boolean
  /** Checks whose error is the reason for this one's: one broken thing is told once. */
  readonly follows?: readonly string[]
  /** What can be wrong, by its stable name, with all that is known about it beforehand. */
  readonly faults: { readonly [K in Kind]: Fault }
}

/** What a look gives. */
export type Sighted<Kind extends string = string> = readonly Sighting<Kind>[] | NotMade | NotApplicable

/** What is known about a fault beforehand: what the catalogue says, and what every finding of it repeats. */
export interface Fault {
  readonly severity: Severity
  /** A few words for the catalogue: `the document is HTML`. */
  readonly means: string
  /** The usual cause, with Apache's directive. */
  readonly cause?: string
  /** What users notice. */
  readonly users?: string
  /** What to do, as an imperative sentence. */
  readonly fix?: string
  /** The variable or playbook of this program that does it. */
  readonly ours?: string
}

/** A fault that is there: what was asked, what came; and where this case differs from what is known beforehand. */
export interface Sighting<Kind extends string = string> extends Partial<Omit<Fault, 'means'>> {
  readonly kind: Kind
  /** What is wrong, as a sentence with what was found: `The certificate of 203.0.113.9:443 ends in 9 days`. */
  readonly message: string
  readonly asked?: string
  readonly answered?: string
  readonly control?: string
  readonly where?: Place
}

/** An object literal as a check; its sightings can only be of the faults that it lists. */
export const check = <Kind extends string>(literal: Known<Kind> & { look(site: Site): Promise<Sighted<NoInfer<Kind>>> }): Check => literal

export type Vantage = 'controller' | 'host' | 'probe'

/** Errors break federation or log-in for somebody, warnings will or may, infos are worth knowing. */
export type Severity = 'error' | 'warning' | 'info'

/** A sighting together with what is known about its fault: what a report carries. */
export interface Finding extends Omit<Fault, 'means'> {
  /** What is wrong, as a sentence with what was found: `The certificate of 203.0.113.9:443 ends in 9 days`. */
  readonly message: string
  /** Names one cause among several of the same check; stable: `no-nocanon`. */
  readonly kind: string
  /** What was asked and what came: `GET https://… → 404, Apache's HTML page`. */
  readonly asked?: string
  readonly answered?: string
  /** The same with one thing different, which shows what it is. */
  readonly control?: string
  /** Where the cause stands, when the host could be looked at. */
  readonly where?: Place
}

export interface Place {
  readonly file: string
  /** From 1. */
  readonly line?: number
  /** The host's name in the inventory. */
  readonly host: string
}

/** Why a check could not be made, as a sentence's rest: `needs a name that the server can reach: --probe NAME`. */
export interface NotMade {
  readonly notMade: string
  /** The flag with which it could be made; absent where that hangs on the server. */
  readonly needs?: string
}

/** Why a check says nothing about this server, as a sentence's rest: `the name is an IP address`. Nothing is missing then. */
export interface NotApplicable {
  readonly notApplicable: string
}
