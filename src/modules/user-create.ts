import { Unknown } from '../core/unknown.ts'
import type { Change, Prediction } from '../host/change.ts'
import type { Account, FactKey, Facts } from '../host/fact.ts'
import type { Step } from '../host/step.ts'
import { agingWishes, expiryDate, expiryDay, lookUpGroups, passwordAging, shadowText, type UserParameters } from './account-wish.ts'
import { directoriesIn, homeAsItWillBe, missingParents } from './home-directory.ts'
import { hostPath } from './host-path.ts'
import { readLoginDefaults } from './login-defaults.ts'

/**
 * Makes an account with useradd. The password does not stand in any argument list: it is fed to chpasswd.
 *
 * @throws Unfulfillable when a group does not exist
 */
export async function createUser(
  parameters: UserParameters,
  facts: Facts,
): Promise<{ readonly change: Change; readonly account: Account }> {
  const { name, uid } = parameters
  const [groups, namesake, defaults] = await Promise.all([
    lookUpGroups(parameters, facts),
    facts.group(name),
    readLoginDefaults(facts),
  ])
  const home = parameters.home === undefined ? `${defaults.homes}/${name}` : await hostPath(parameters.home, facts)
  const [before, above] = await Promise.all([
    facts.followed(home),
    parameters.home !== undefined && parameters.create_home ? missingParents(home, facts) : [],
  ])
  const day = expiryDay(parameters)
  const supplementary = (groups.supplementary ?? []).map(group => group.name)

  const useradd = ['useradd']
  if (uid !== undefined) useradd.push('-u', String(uid), ...(parameters.non_unique ? ['-o'] : []))
  if (groups.primary) useradd.push('-g', groups.primary.name)
  // A group of this name exists: useradd must not try to make it.
  else if (namesake) useradd.push('-N')
  if (supplementary.length > 0) useradd.push('-G', supplementary.join(','))
  if (parameters.comment !== undefined) useradd.push('-c', parameters.comment)
  if (parameters.home !== undefined) useradd.push('-d', home)
  if (parameters.shell !== undefined) useradd.push('-s', parameters.shell)
  if (day !== undefined) useradd.push('-e', expiryDate(day))
  if (parameters.uid_min !== undefined) useradd.push('-K', `UID_MIN=${parameters.uid_min}`)
  if (parameters.uid_max !== undefined) useradd.push('-K', `UID_MAX=${parameters.uid_max}`)
  if (parameters.create_home) {
    useradd.push('-m')
    if (parameters.skeleton !== undefined) useradd.push('-k', parameters.skeleton)
    if (parameters.umask !== undefined) useradd.push('-K', `UMASK=${parameters.umask}`)
  } else useradd.push('-M')
  if (parameters.system) useradd.push('-r')
  useradd.push(name)

  const aging = passwordAging(parameters, undefined)
  const steps: Step[] = [
    ...above,
    { step: 'account', argv: useradd },
    ...(parameters.password === undefined
      ? []
      : [{ step: 'account' as const, argv: ['chpasswd', '-e'], stdin: `${name}:${shadowText(parameters)}\n` }]),
    ...(aging ? [{ step: 'account' as const, argv: aging }] : []),
    { step: 'exec', argv: ['getent', 'passwd', name] },
  ]

  const ownGroup = !groups.primary && !namesake && defaults.ownGroups
  const account: Account = {
    name,
    uid: uid ?? -1,
    gid: groups.primary?.gid ?? -1,
    group: groups.primary?.name ?? (ownGroup ? name : ''),
    groups: [...supplementary].sort(),
    comment: parameters.comment ?? '',
    home,
    shell: parameters.shell ?? defaults.shell,
    // useradd leaves an account without a password locked.
    password: parameters.password === undefined ? '!' : shadowText(parameters),
    expires: day ?? null,
    passwordMinimumDays: -1,
    passwordMaximumDays: -1,
    passwordWarnDays: -1,
    passwordInactiveDays: -1,
    ...Object.fromEntries(agingWishes(parameters).map(({ attribute, kept }) => [attribute, kept])),
  }
  const mode =
    parameters.umask !== undefined && !defaults.saysHomeMode ? 0o777 & ~parseInt(parameters.umask, 8) : defaults.homeMode
  const makesHome = parameters.create_home && before.type === 'absent'
  const predicts: Prediction[] = [
    { kind: 'account', key: name, value: account },
    ...(ownGroup ? [{ kind: 'group' as const, key: name, value: { name, gid: -1, members: [] } }] : []),
    ...(groups.supplementary ?? []).map(group => ({
      kind: 'group' as const,
      key: group.name,
      value: { ...group, members: [...new Set([...group.members, name])] },
    })),
    ...(makesHome ? homeAsItWillBe(home, mode, name, account.group, account.uid, account.gid) : []),
  ]
  const change: Change = {
    subject: { kind: 'account', name },
    kind: 'create',
    observed: {},
    desired: {
      ...(uid !== undefined && { uid }),
      ...(account.group !== '' && { group: account.group }),
      ...(supplementary.length > 0 && { groups: supplementary.join(',') }),
      ...(parameters.comment !== undefined && { comment: parameters.comment }),
      home,
      ...(account.shell !== '' && { shell: account.shell }),
      ...(parameters.system && { system: true }),
      ...(day !== undefined && { expires: expiryDate(day) || 'never' }),
    },
    steps,
    undo: null,
    touches: [
      ...predicts.map(({ kind, key }): FactKey => ({ kind, key })),
      ...(ownGroup ? [] : [{ kind: 'group' as const, key: name }]),
      ...directoriesIn(above),
    ],
    predicts,
  }
  return { change, account }
}

/** A line of passwd as the members of Ansible's result; unknown where the account is not made yet. */
export function accountResult(line: string | undefined, name: string): { readonly [member: string]: unknown } {
  if (line === undefined) {
    const unknown = new Unknown(`account ${name} is not made yet`)
    return { uid: unknown, group: unknown, comment: unknown, home: unknown, shell: unknown }
  }
  const [, , uid, gid, comment = '', home = '', shell = ''] = line.trim().split(':')
  return { uid: Number(uid), group: Number(gid), comment, home, shell }
}
