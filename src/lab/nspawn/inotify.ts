import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readText, writeWhole } from '../cache.ts'
import { stateDirectory } from './state.ts'

const setting = '/proc/sys/fs/inotify/max_user_instances'
const former = join(stateDirectory, 'max_user_instances')
const enough = 8192

/** Every systemd needs a few inotify instances, and root's usual 128 are used up by 25 hosts. */
export async function raiseInotifyLimit(): Promise<void> {
  const value = await readFile(setting, 'utf8')
  if (Number(value) >= enough) return
  await writeWhole(former, value)
  await writeFile(setting, String(enough))
}

/** Gives the setting the value that it had before the lab. */
export async function restoreInotifyLimit(): Promise<void> {
  const value = await readText(former)
  if (value === undefined) return
  await writeFile(setting, value)
  await rm(former)
}
