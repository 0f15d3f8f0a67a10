import { posix } from 'node:path'
import type { Prediction } from '../host/change.ts'
import { absentFile, type FactKey, type FileState, type Facts } from '../host/fact.ts'
import type { Step } from '../host/step.ts'
import type { LoginDefaults } from './login-defaults.ts'

/** A directory as it will be, for those who ask for it by its path or through it. */
export const homeAsItWillBe = (
  path: string,
  mode: number,
  owner: string,
  group: string,
  uid: number,
  gid: number,
): readonly Prediction[] => {
  const state: FileState = { ...absentFile, type: 'directory', mode, owner, group, uid, gid }
  return [
    { kind: 'file', key: path, value: state },
    { kind: 'followed', key: path, value: { ...state, path } },
  ]
}

/** Steps that make the directories above a home directory where they are missing: useradd makes only the last one. */
export async function missingParents(home: string, facts: Facts): Promise<readonly Step[]> {
  const above: string[] = []
  for (let path = posix.dirname(home); path !== '/'; path = posix.dirname(path)) above.unshift(path)
  const states = await Promise.all(above.map(path => facts.followed(path)))
  return above.flatMap((path, index): Step[] =>
    states[index]!.type === 'absent'
      ? [
          { step: 'directory', path },
          { step: 'chmod', path, mode: 0o755 },
        ]
      : [],
  )
}

/** The directories that steps make. */
export const directoriesIn = (steps: readonly Step[]): FactKey[] =>
  steps.flatMap(step => (step.step === 'directory' ? [{ kind: 'file' as const, key: step.path }] : []))

/** Steps that make a home directory for an account that is there already, with what new ones hold. */
export async function makeHome(
  home: string,
  owner: { readonly uid: number; readonly gid: number },
  skeleton: string | undefined,
  defaults: LoginDefaults,
  facts: Facts,
): Promise<readonly Step[]> {
  const source = skeleton ?? defaults.skeleton
  const [above, filled] = await Promise.all([missingParents(home, facts), facts.followed(source)])
  return [
    ...above,
    filled.type === 'directory'
      ? { step: 'account', argv: ['cp', '-R', '-P', '-p', source, home] }
      : { step: 'directory', path: home },
    { step: 'chmod', path: home, mode: defaults.homeMode },
    { step: 'account', argv: ['chown', '-R', '-h', `${owner.uid}:${owner.gid}`, home] },
  ]
}
