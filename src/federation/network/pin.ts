import { isIP } from 'node:net'
import { ProvisionError } from '../../core/error.ts'
import { parseServerName } from '../server-name.ts'
import type { Pin } from '../world.ts'

/**
 * Reads `NAME:PORT:ADDRESS[,ADDRESS]…` as curl's `--resolve` has it, IPv6 addresses with or without brackets.
 *
 * @throws ProvisionError `wrong-use`
 */
export function parsePin(text: string): Pin {
  const match = /^(?<name>[^:]+):(?<port>\d{1,5}):(?<addresses>.+)$/.exec(text)?.groups
  const name = match && parseServerName(`${match.name}:${match.port}`)
  if (!match || !name?.ok || name.port === undefined) throw wrong(text, 'it is NAME:PORT:ADDRESS')
  const addresses = match.addresses!.split(',').map(address => address.replace(/^\[(.*)\]$/, '$1'))
  const odd = addresses.find(address => !isIP(address))
  if (odd !== undefined) throw wrong(text, `'${odd}' is no IP address`)
  return { name: name.hostname, port: name.port, addresses }
}

const wrong = (text: string, why: string): ProvisionError =>
  new ProvisionError('wrong-use', `--resolve '${text}' is not understood: ${why}`, { hint: 'Write it like --resolve matrix.example.org:443:203.0.113.9' })
