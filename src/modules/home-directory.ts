import { posix } from 'node:path'
import type { Prediction } from '../host/change.ts'
import { absentFile, type FileState, type Facts } from '../host/fact.ts'
import type { Step } from '../host/step.ts'
import type { LoginDefaults } from './login-defaults.ts'

/** A directory as it will be, for those who ask for it by its path or through it. */
export const homeAsItWillBe = (path: string, mode: number, owner: string, group: string, uid: number, gid: number): readonly Prediction[] => {
  const state: FileState = { ...absentFile, type: 'directory', mode, owner, group, uid, gid }
  return [{ kind: 'file', key: path, value: state }, { kind: 'followed', key: path, value: { ...state, path } }]
}

/** The directory above a home directory, where it has to be made: useradd makes only the last one. */
export async function missingParent(home: string, facts: Facts): Promise<readonly Step[]> {
  const parent = posix.dirname(home)
  return (await facts.followed(parent)).type === 'absent' ? [{ step: 'account', argv: ['mkdir', '-p', '-m', '0755', parent] }] : []
}

/** Steps that make a home directory for an account that is there already, with what new ones hold. */
export async function makeHome(
  home: string, owner: { readonly uid: number; readonly gid: number }, skeleton: string | undefined, defaults: LoginDefaults, facts: Facts,
): Promise<readonly Step[]> {
  const source = skeleton ?? defaults.skeleton
  const [above, filled] = await Promise.all([missingParent(home, facts), facts.followed(source)])
  return [
    ...above,
    filled.type === 'directory' ? { step: 'account', argv: ['cp', '-R', '-P', source, home] } : { step: 'directory', path: home },
    { step: 'chmod', path: home, mode: defaults.homeMode },
    { step: 'account', argv: ['chown', '-R', '-h', `${owner.uid}:${owner.gid}`, home] },
  ]
}
