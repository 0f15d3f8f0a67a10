import { beforeAll, describe, expect, test } from 'vitest'
import { noLab, onLab } from '../lab/hosts.ts'
import { synapsePair } from './pair.ts'
import { signUp, type User } from './user.ts'
import { complaints, verifiedHosts } from './verified.ts'

// A room's alias with a slash: it must pass every proxy on the way as %2F.
const alias = '#fed/eration:lab2.test'
const path = encodeURIComponent

describe.skipIf(noLab)(onLab('two servers that site.yml has put behind Apache federate'), () => {
  const pair = synapsePair()
  let alice: User
  let bob: User
  let room: string

  beforeAll(async () => {
    const { exit, errors } = pair.apply()
    expect(exit, errors).toBe(0)
    ;[alice, bob] = await Promise.all([signUp(pair, 'lab1', 'alice'), signUp(pair, 'lab2', 'bob')])
  })

  test('a second apply changes nothing', () => {
    const { exit, recap } = pair.apply()
    expect(exit).toBe(0)
    for (const host of ['lab1', 'lab2']) expect(recap[host]).toMatchObject({ changed: 0, failed: 0 })
  })

  test('verify finds nothing that is wrong with either, and leaves nothing out', async () => {
    const reports = await verifiedHosts(pair, 'lab1', 'lab2')
    expect(reports.map(({ serverName, verdict, exit }) => `${serverName} ${verdict}, ${exit}`).sort()).toEqual(['lab1.test federates, 0', 'lab2.test federates, 0'])
    expect(reports.flatMap(complaints)).toEqual([])
    expect(reports.flatMap(({ checks }) => checks.filter(({ outcome }) => outcome === 'not-made'))).toEqual([])
  })

  test("a user of one server finds a room of the other by its alias and joins it", async () => {
    const made = await bob.ask('POST', 'client/v3/createRoom', { preset: 'public_chat', room_alias_name: 'fed/eration' })
    room = (await alice.ask('GET', `client/v3/directory/room/${path(alias)}`)).room_id
    expect(room).toBe(made.room_id)
    expect(await alice.ask('POST', `client/v3/join/${path(alias)}?via=lab2.test`, {})).toEqual({ room_id: room })
    expect(await bob.ask('GET', `client/v3/rooms/${path(room)}/joined_members`)).toMatchObject({ joined: { [alice.id]: {}, [bob.id]: {} } })
  })

  test('messages flow both ways', async () => {
    const send = (user: User, body: string) => user.ask('PUT', `client/v3/rooms/${path(room)}/send/m.room.message/${body}`, { msgtype: 'm.text', body })
    const sees = (user: User, body: string) =>
      expect.poll(async () => (await user.news(room)).map(({ content }) => content.body), { timeout: 20_000 }).toContain(body)
    await send(bob, 'from-lab2')
    await sees(alice, 'from-lab2')
    await send(alice, 'from-lab1')
    await sees(bob, 'from-lab1')
  })

  test('an invitation into a private room arrives and can be accepted', async () => {
    const { room_id: secret } = await bob.ask('POST', 'client/v3/createRoom', { preset: 'private_chat', name: 'Behind the curtain' })
    await bob.ask('POST', `client/v3/rooms/${path(secret)}/invite`, { user_id: alice.id })
    await expect.poll(async () => Object.keys((await alice.ask('GET', 'client/v3/sync')).rooms?.invite ?? {})).toEqual([secret])
    expect(await alice.ask('POST', `client/v3/rooms/${path(secret)}/join`, {})).toEqual({ room_id: secret })
    expect(await bob.ask('GET', `client/v3/rooms/${path(secret)}/joined_members`)).toMatchObject({ joined: { [alice.id]: {} } })
  })

  test('the name that somebody has given themselves is seen on the other server', async () => {
    await bob.ask('PUT', `client/v3/profile/${path(bob.id)}/displayname`, { displayname: 'Bob the Builder' })
    expect(await alice.ask('GET', `client/v3/profile/${path(bob.id)}/displayname`)).toEqual({ displayname: 'Bob the Builder' })
  })

  test('what is uploaded on one server can be had on the other, byte for byte', async () => {
    const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 7919) % 256))
    const { content_uri: uri } = await alice.ask('POST', 'media/v3/upload?filename=a%2Fb.bin', { type: 'application/octet-stream', bytes })
    const there = await bob.ask('GET', `client/v1/media/download/${uri.slice('mxc://'.length)}`)
    expect(bytes.equals(there.bytes)).toBe(true)
  })
})
