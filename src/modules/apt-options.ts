/** The parameters that become options of apt-get. */
export interface OptionParameters {
  readonly default_release?: string
  readonly install_recommends?: boolean
  readonly force: boolean
  readonly dpkg_options: string
  readonly autoremove: boolean
  readonly fail_on_autoremove: boolean
  readonly only_upgrade: boolean
  readonly purge: boolean
  readonly allow_unauthenticated: boolean
  readonly allow_downgrade: boolean
  readonly allow_change_held_packages: boolean
  readonly lock_timeout: number
}

export type AptVerb = 'install' | 'remove' | 'upgrade' | 'build-dep' | 'autoremove' | 'autoclean' | 'clean' | 'update'

/** Options that decide what apt-get does, so that a simulation needs them too. */
export function resolving(parameters: OptionParameters, verb: AptVerb): string[] {
  const installs = verb === 'install' || verb === 'upgrade' || verb === 'build-dep'
  const options: string[] = []
  if (installs) {
    if (parameters.default_release !== undefined) options.push('-t', parameters.default_release)
    if (parameters.install_recommends !== undefined)
      options.push('-o', `APT::Install-Recommends=${parameters.install_recommends ? 'yes' : 'no'}`)
    if (parameters.only_upgrade && verb === 'install') options.push('--only-upgrade')
    if (parameters.fail_on_autoremove) options.push('--no-remove')
    if (parameters.allow_change_held_packages || parameters.force) options.push('--allow-change-held-packages')
  }
  if (parameters.autoremove && (verb === 'install' || verb === 'upgrade' || verb === 'remove')) options.push('--auto-remove')
  if (verb !== 'update' && verb !== 'clean') {
    if (parameters.allow_downgrade || parameters.force) options.push('--allow-downgrades')
    if (parameters.force) options.push('--allow-remove-essential')
  }
  if (parameters.purge && (verb === 'remove' || verb === 'autoremove')) options.push('--purge')
  return options
}

/** All options of the run itself. */
export function running(parameters: OptionParameters, verb: AptVerb): string[] {
  const options = resolving(parameters, verb)
  if (parameters.allow_unauthenticated || parameters.force) options.push('--allow-unauthenticated')
  if (verb !== 'update' && verb !== 'clean' && verb !== 'autoclean')
    for (const option of parameters.dpkg_options.split(',').filter(Boolean))
      options.push('-o', `Dpkg::Options::=--${option.trim()}`)
  if (parameters.lock_timeout > 0) options.push('-o', `DPkg::Lock::Timeout=${parameters.lock_timeout}`)
  return options
}
