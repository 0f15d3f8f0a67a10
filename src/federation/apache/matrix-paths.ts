/** Paths as other servers ask for them, decoded, one for each kind of request that carries identifiers. */
export const serverPaths: readonly string[] = [
  '/_matrix/federation/v1/event/$event',
  '/_matrix/federation/v1/make_join/!room:a.example/@user:b.example',
  '/_matrix/federation/v2/send_join/!room:a.example/$event',
  '/_matrix/federation/v2/invite/!room:a.example/$event',
  '/_matrix/federation/v1/state/!room:a.example',
  '/_matrix/federation/v1/backfill/!room:a.example',
  '/_matrix/federation/v1/user/devices/@user:a.example',
  '/_matrix/federation/v1/send/1',
  '/_matrix/federation/v1/query/profile',
  '/_matrix/key/v2/server',
]

/** The same for clients. */
export const clientPaths: readonly string[] = [
  '/_matrix/client/v3/rooms/!room:a.example/messages',
  '/_matrix/client/v3/directory/room/#name:a.example',
  '/_matrix/client/v3/join/#name:a.example',
  '/_matrix/client/v3/profile/@user:a.example',
  '/_matrix/client/v3/sync',
  '/_matrix/media/v3/download/a.example/media',
]
