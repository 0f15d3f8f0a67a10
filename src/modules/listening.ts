/**
 * What TCP sockets listen at, out of Linux's `/proc/net/tcp` and `tcp6`: an address is its words of 32 bits in hexadecimal, each
 * with its bytes in the machine's order, which is little-endian wherever Apache runs today.
 */
export function listeningIn(table: string): readonly { readonly address: string; readonly port: number }[] {
  return [...table.matchAll(/^\s*\d+: ([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4}) [0-9A-F]+:[0-9A-F]{4} 0A /gm)].map(([, address, port]) => ({ address: addressOf(address!), port: Number.parseInt(port!, 16) }))
}

function addressOf(hexadecimal: string): string {
  const bytes = (hexadecimal.match(/.{8}/g) ?? []).flatMap(word => [...Buffer.from(word, 'hex').reverse()])
  if (bytes.length === 4) return bytes.join('.')
  const groups = Array.from({ length: 8 }, (_, index) => ((bytes[2 * index]! << 8) | bytes[2 * index + 1]!).toString(16))
  // As a URL writes it: the longest run of zeros is left out.
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1)
}
