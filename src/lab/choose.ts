import { existsSync } from 'node:fs'
import { ProvisionError } from '../core/error.ts'
import type { Backend } from './backend.ts'
import { tryProgram } from './program.ts'
import { stateDirectory } from './nspawn/state.ts'

/**
 * What makes hosts on this machine: systemd-nspawn for root on Linux, otherwise the container engine that answers.
 *
 * @param change whether the lab is to be changed; to look at root's lab no rights are needed
 * @throws ProvisionError with one sentence that says what is missing
 */
export async function chooseBackend(change: boolean): Promise<Backend> {
  const root = process.platform === 'linux' && process.getuid?.() === 0
  if (!root && existsSync(stateDirectory) && change)
    throw new ProvisionError('lab', 'The lab on this machine was made by root', { hint: 'Run the command with sudo.' })
  if (root || existsSync(stateDirectory)) {
    const { nspawnBackend } = await import('./nspawn/nspawn.ts')
    return nspawnBackend()
  }
  const engine = await answeringEngine()
  if (engine) {
    const { containerBackend } = await import('./container.ts')
    return containerBackend(engine)
  }
  throw new ProvisionError('lab', 'The lab needs root on Linux, or else Docker or Podman, and neither of them answers', {
    hint: process.platform === 'linux' ? 'Run the command with sudo, or start Docker.' : 'Start Docker or Podman.',
  })
}

async function answeringEngine(): Promise<string | undefined> {
  for (const engine of ['docker', 'podman'])
    if ((await tryProgram(engine, ['info'], { timeout: 10_000 })).status === 0) return engine
  return undefined
}
