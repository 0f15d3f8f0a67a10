import type { Site } from './site.ts'

/** One thing that must hold, and what is known about its breaking. An object literal in `check/`. */
export interface Check {
  /** Stable, as docs/verify.md lists them: `HTTP-06`. */
  readonly id: string
  /** What holds when it is passed, as a sentence: `The path of signed requests reaches the homeserver unchanged`. */
  readonly title: string
  /** From where it looks: over the network, on the host itself, or with a homeserver of our own. */
  readonly vantage: Vantage
  /** It sends what could change something or looks like an attack: only to servers of the own inventory, or with `--active`. */
  readonly active?: boolean
  /**
   * Looks, and says what it found.
   *
   * @returns findings, none when all is well; or why it could not be made
   */
  look(site: Site): Promise<readonly Finding[] | NotMade>
}

export type Vantage = 'controller' | 'host' | 'probe'

/** Errors break federation or log-in for somebody, warnings will or may, infos are worth knowing. */
export type Severity = 'error' | 'warning' | 'info'

export interface Finding {
  readonly severity: Severity
  /** What is wrong, as a sentence with what was found: `The certificate of 203.0.113.9:443 ends in 9 days`. */
  readonly message: string
  /** Names one cause among several of the same check; stable: `no-nocanon`. */
  readonly kind: string
  /** What was asked and what came: `GET https://… → 404, Apache's HTML page`. */
  readonly asked?: string
  readonly answered?: string
  /** The same with one thing different, which shows what it is. */
  readonly control?: string
  /** The usual cause, with Apache's directive. */
  readonly cause?: string
  /** Where that stands, when the host could be looked at. */
  readonly where?: Place
  /** What users notice. */
  readonly users?: string
  /** What to do, as an imperative sentence. */
  readonly fix?: string
  /** The variable or playbook of this program that does it. */
  readonly ours?: string
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
}
