import { accessSync, constants, existsSync } from 'node:fs'
import { join } from 'node:path'
import { ProvisionError } from '../../core/error.ts'
import type { Progress } from '../backend.ts'
import { runProgram } from '../program.ts'

/** What must be on the machine, by the Debian package that brings it. */
const needed = [
  { package: 'systemd-container', found: () => isProgram('systemd-nspawn') },
  { package: 'iproute2', found: () => isProgram('ip') },
  { package: 'mmdebstrap', found: () => isProgram('mmdebstrap') },
  { package: 'debian-archive-keyring', found: () => existsSync('/usr/share/keyrings/debian-archive-keyring.gpg') },
]

/**
 * Sees to it that the machine has the programs that the lab calls, installing them where apt-get can.
 *
 * @throws ProvisionError that names what is missing
 */
export async function meetRequirements(progress: Progress): Promise<void> {
  const missing = needed.filter(({ found }) => !found()).map(one => one.package)
  if (missing.length === 0) return
  if (!isProgram('apt-get'))
    throw new ProvisionError('lab', `The lab needs ${missing.join(', ')} (Debian's names), which this machine does not have`)
  progress(`Installing ${missing.join(', ')} with apt-get`)
  const env = { DEBIAN_FRONTEND: 'noninteractive' }
  const doing = `Installing ${missing.join(', ')}`
  await runProgram('apt-get', ['update', '-qq'], { env, doing })
  await runProgram('apt-get', ['install', '-qq', '--no-install-recommends', ...missing], { env, doing })
}

/** Whether `name` is found on the path, or where Debian keeps what only root calls. */
export function isProgram(name: string): boolean {
  const path = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/sbin']
  return path.some(directory => {
    try {
      accessSync(join(directory, name), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}
