import type { Change, Prediction } from '../host/change.ts'
import { absentFile, type Account, type Facts } from '../host/fact.ts'
import type { UserParameters } from './account-wish.ts'
import { readLoginDefaults } from './login-defaults.ts'

/** Deletes an account with userdel. */
export async function deleteUser({ name, force, remove }: UserParameters, account: Account, facts: Facts): Promise<Change> {
  const [namesake, defaults, home, ...memberships] = await Promise.all([
    facts.group(name),
    readLoginDefaults(facts),
    remove ? facts.followed(account.home) : undefined,
    ...account.groups.map(group => facts.group(group)),
  ])
  const takesGroup = namesake !== null && defaults.ownGroups && namesake.members.every(member => member === name)
  // userdel leaves a home directory alone that belongs to somebody else.
  const takesHome = home?.type === 'directory' && home.uid === account.uid
  const predicts: Prediction[] = [
    { kind: 'account', key: name, value: null },
    ...(takesGroup ? [{ kind: 'group' as const, key: name, value: null }] : []),
    ...memberships
      .filter(group => group !== null && !(takesGroup && group.name === name))
      .map(group => ({
        kind: 'group' as const,
        key: group!.name,
        value: { ...group!, members: group!.members.filter(member => member !== name) },
      })),
    ...(takesHome
      ? [
          { kind: 'file' as const, key: account.home, value: absentFile },
          { kind: 'followed' as const, key: account.home, value: { ...absentFile, path: account.home } },
        ]
      : []),
  ]
  return {
    subject: { kind: 'account', name },
    kind: 'delete',
    observed: { uid: account.uid, home: account.home },
    desired: {},
    steps: [{ step: 'account', argv: ['userdel', ...(force ? ['-f'] : []), ...(remove ? ['-r'] : []), name] }],
    undo: null,
    touches: [...predicts.map(({ kind, key }) => ({ kind, key })), ...(force ? [{ kind: 'group' as const, key: name }] : [])],
    predicts,
    ...(takesHome && { note: `removes ${account.home}` }),
  }
}
