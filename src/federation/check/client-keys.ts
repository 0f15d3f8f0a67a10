import type { Severity } from '../check.ts'

/** What is known of a member of the client document beside `m.homeserver` and `m.identity_server`. */
export interface KnownKey {
  readonly severity: Severity | 'fine'
  readonly verdict: string
}

/** Members seen in the wild, middle of 2026 (docs of Element, matrix-docker-ansible-deploy, the MSCs). */
export const clientKeys: { readonly [member: string]: KnownKey } = {
  'm.homeserver': { severity: 'fine', verdict: 'required' },
  'm.identity_server': { severity: 'fine', verdict: 'optional' },
  'm.tile_server': { severity: 'fine', verdict: 'maps' },
  'org.matrix.msc3488.tile_server': { severity: 'fine', verdict: 'maps, under its first name' },
  'io.element.e2ee': { severity: 'fine', verdict: 'Element' },
  'io.element.jitsi': { severity: 'fine', verdict: 'Element' },
  'io.element.call_behaviour': { severity: 'fine', verdict: 'Element' },
  'io.element.embedded_pages': { severity: 'fine', verdict: 'Element' },
  'cc.etke.ketesa': { severity: 'fine', verdict: 'an administration interface' },
  'cc.etke.synapse-admin': { severity: 'fine', verdict: 'an administration interface' },
  'org.matrix.msc4143.rtc_foci': { severity: 'info', verdict: 'clients ask GET /_matrix/client/v1/rtc/transports now; older ones still read it' },
  'org.matrix.msc2965.authentication': { severity: 'info', verdict: 'clients ask GET /_matrix/client/v1/auth_metadata now; it can go' },
  'm.integrations': { severity: 'info', verdict: 'integration managers are hardly used any more' },
  'im.vector.riot.jitsi': { severity: 'info', verdict: 'it is called io.element.jitsi now' },
  'im.vector.riot.e2ee': { severity: 'info', verdict: 'it is called io.element.e2ee now' },
  'm.rtc_foci': { severity: 'info', verdict: 'no specification ever had it' },
  'm.authentication': { severity: 'info', verdict: 'it never became part of the specification' },
  'org.matrix.msc3575.proxy': { severity: 'warning', verdict: 'the sliding sync proxy is gone and clients have no code for it any more' },
}

/** Members must be named like a Java package (client-server API, "Server Discovery"). */
export const isNamespaced = (member: string): boolean => /^[a-z0-9_-]+(\.[a-z0-9_-]+)+$/i.test(member)
