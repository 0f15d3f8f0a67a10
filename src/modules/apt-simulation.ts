/** What apt-get would do, as `apt-get -s` prints it. */
export interface Simulation {
  readonly installs: readonly { readonly name: string; readonly from: string | null; readonly version: string }[]
  readonly removes: readonly { readonly name: string; readonly version: string; readonly purge: boolean }[]
  /** Archives that `autoclean` would delete, as `name version`. */
  readonly deletes: readonly string[]
}

export function readSimulation(stdout: string): Simulation {
  const lines = stdout.split('\n')
  const matches = (pattern: RegExp) => lines.map(line => pattern.exec(line)).filter(found => found !== null)
  return {
    installs: matches(/^Inst (\S+) (?:\[([^\]]+)\] )?\((\S+)/).map(([, name, from, version]) => ({
      name: name!,
      from: from ?? null,
      version: version!,
    })),
    removes: matches(/^(Remv|Purg) (\S+)(?: \[([^\]]+)\])?/).map(([, verb, name, version]) => ({
      name: name!,
      version: version ?? '',
      purge: verb === 'Purg',
    })),
    deletes: matches(/^Del (\S+ \S+)/).map(([, archive]) => archive!),
  }
}

/** Whether apt-get did nothing, told by what it printed in the C locale. */
export const didNothing = (stdout: string): boolean =>
  /^0 upgraded, 0 newly installed, (?:\d+ downgraded, )?0 to remove/m.test(stdout)
