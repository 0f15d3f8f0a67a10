import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer, isIPv6, type AddressInfo } from 'node:net'

/** What a name server knows of names. Without an entry a name does not exist (NXDOMAIN). */
export interface Zone {
  readonly [name: string]: Entry
}

export interface Entry {
  readonly A?: readonly string[]
  readonly AAAA?: readonly string[]
  readonly CNAME?: string
  readonly SRV?: readonly (readonly [priority: number, weight: number, port: number, target: string])[]
  /** Instead of an answer: an RCODE, silence, or bytes that are no answer. */
  readonly instead?: 'SERVFAIL' | 'REFUSED' | 'FORMERR' | 'silence' | 'nonsense'
}

const types = { 1: 'A', 5: 'CNAME', 28: 'AAAA', 33: 'SRV' } as const
const rcodes = { FORMERR: 1, SERVFAIL: 2, NXDOMAIN: 3, REFUSED: 5 } as const

/** A name server on loopback (RFC 1035), over UDP and, for what is too long, TCP. It follows aliases like a resolver. */
export async function nameServer(zone: Zone): Promise<AsyncDisposable & { readonly address: string; readonly asked: string[] }> {
  const asked: string[] = []
  const tcp = createServer(socket => socket.on('error', () => {}).on('data', query => {
    const answer = answerTo(query.subarray(2), zone, asked)
    if (answer) socket.end(Buffer.concat([u16(answer.length), answer]))
  }))
  tcp.listen(0, '127.0.0.1')
  await once(tcp, 'listening')
  const { port } = tcp.address() as AddressInfo
  const udp = createSocket('udp4').on('message', (query, { port, address }) => {
    const answer = answerTo(query, zone, asked)
    if (answer) udp.send(answer.length > 512 ? truncated(answer) : answer, port, address)
  })
  udp.bind(port, '127.0.0.1')
  await once(udp, 'listening')
  return { address: `127.0.0.1:${port}`, asked, [Symbol.asyncDispose]: async () => {
    udp.close()
    tcp.close()
  } }
}

function answerTo(query: Buffer, zone: Zone, asked: string[]): Buffer | undefined {
  const { name, end } = nameAt(query, 12)
  const type = types[query.readUInt16BE(end) as keyof typeof types]
  asked.push(`${type} ${name}`)
  const entry = zone[name.toLowerCase()]
  if (entry?.instead === 'silence') return undefined
  if (entry?.instead === 'nonsense') return Buffer.concat([query.subarray(0, 2), Buffer.from([0x81, 0x80, 0, 1, 0, 9, 0, 0, 0, 0]), query.subarray(12, end + 4), Buffer.from('nonsense')])
  const records = entry ? recordsOf(name, type, zone) : []
  const rcode = entry?.instead ? rcodes[entry.instead] : entry ? 0 : rcodes.NXDOMAIN
  // An answer with recursion available, the question again, then the records.
  return Buffer.concat([query.subarray(0, 2), Buffer.from([0x81, 0x80 | rcode, 0, 1]), u16(records.length), u16(0), u16(0), query.subarray(12, end + 4), ...records])
}

function recordsOf(name: string, type: string, zone: Zone): Buffer[] {
  const entry = zone[name.toLowerCase()] ?? {}
  if (entry.CNAME !== undefined) return [record(name, 5, wire(entry.CNAME)), ...(type === 'CNAME' ? [] : recordsOf(entry.CNAME, type, zone))]
  if (type === 'A') return (entry.A ?? []).map(address => record(name, 1, Buffer.from(address.split('.').map(Number))))
  if (type === 'AAAA') return (entry.AAAA ?? []).map(address => record(name, 28, groups(address)))
  if (type === 'SRV') return (entry.SRV ?? []).map(([priority, weight, port, target]) => record(name, 33, Buffer.concat([u16(priority), u16(weight), u16(port), wire(target)])))
  return []
}

const record = (name: string, type: number, data: Buffer): Buffer => Buffer.concat([wire(name), u16(type), u16(1), u16(0), u16(60), u16(data.length), data])

/** The head and the question alone, with the bit that says that there is more. */
function truncated(answer: Buffer): Buffer {
  const short = Buffer.from(answer.subarray(0, nameAt(answer, 12).end + 4))
  short[2]! |= 0x02
  short.fill(0, 6, 12)
  return short
}

const u16 = (value: number): Buffer => Buffer.from([value >> 8, value & 255])

const wire = (name: string): Buffer => Buffer.concat([...name.split('.').filter(label => label !== '').map(label => Buffer.from([label.length, ...Buffer.from(label)])), Buffer.from([0])])

function groups(address: string): Buffer {
  if (!isIPv6(address)) throw new Error(`${address} is no IPv6 address`)
  const [before = '', after = ''] = address.split('::')
  const [head, tail] = [before, after].map(part => part.split(':').filter(group => group !== '').map(group => parseInt(group, 16)))
  return Buffer.concat([...head!, ...Array<number>(8 - head!.length - tail!.length).fill(0), ...tail!].map(u16))
}

function nameAt(message: Buffer, at: number): { readonly name: string; readonly end: number } {
  const labels: string[] = []
  let end = at
  for (let length = message[end]!; length > 0; length = message[end]!) {
    labels.push(message.toString('latin1', end + 1, end + 1 + length))
    end += 1 + length
  }
  return { name: labels.join('.'), end: end + 1 }
}
