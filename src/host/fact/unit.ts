export interface UnitState {
  readonly exists: boolean
  /** `active`, `inactive`, `failed`, `activating`, … */
  readonly active: string
  /** `enabled`, `disabled`, `static`, `masked`, …; empty where systemd does not say. */
  readonly enabled: string
  /** Further properties that `systemctl show` gives. */
  readonly properties: { readonly [name: string]: string }
}
