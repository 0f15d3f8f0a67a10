import { type AptParameters, planApt } from './apt-plan.ts'
import { NotAvailable } from './apt-selection.ts'
import { Impossible } from './apt-work.ts'
import { failure, type Module } from './module.ts'
import { printed } from './printed.ts'

const module: Module<AptParameters> = {
  name: 'apt',
  collection: 'ansible.builtin',
  summary: 'Install and remove packages of Debian and Ubuntu',
  description: [
    'Before something is installed, upgraded or removed, apt-get is asked what it would do: the plan names the packages that come or go with it, and a task that cannot succeed fails before anything is touched.',
    'What packages change on a host cannot be undone.',
    'A package that is named here and was installed only for the sake of another is marked as wanted, so that `autoremove` leaves it.',
  ],
  parameters: {
    package: {
      type: 'list',
      elements: 'str',
      aliases: ['name', 'pkg'],
      description:
        'Packages, each as `name`, `name=version`, `name=1.2*` or `name>=version`. A shell pattern stands for all names that match it. `*` with `state: latest` upgrades everything.',
    },
    state: {
      type: 'str',
      choices: ['present', 'absent', 'latest', 'build-dep', 'fixed'],
      default: 'present',
      description:
        '`latest` upgrades what is installed. `build-dep` installs what is needed to build the packages. `fixed` repairs broken dependencies first.',
    },
    update_cache: { type: 'bool', aliases: ['update-cache'], description: 'Read the package lists anew first.' },
    update_cache_retries: { type: 'int', default: 5, description: 'How often that is tried.' },
    update_cache_retry_max_delay: { type: 'int', default: 12, description: 'The longest pause between two tries, in seconds.' },
    cache_valid_time: {
      type: 'int',
      default: 0,
      description: 'Seconds for which lists count as new. Above 0 it asks for `update_cache` too.',
    },
    purge: { type: 'bool', default: false, description: 'Remove configuration files as well.' },
    deb: { type: 'path', description: 'A .deb file on the host; several are parted by commas.' },
    default_release: { type: 'str', aliases: ['default-release'], description: 'The release to prefer, as with `apt-get -t`.' },
    install_recommends: {
      type: 'bool',
      aliases: ['install-recommends'],
      description: "Whether recommended packages are installed too. Without it the host's configuration decides.",
    },
    force: {
      type: 'bool',
      default: false,
      description: 'Allow downgrades, the removal of essential packages, and packages that nobody has signed.',
    },
    upgrade: {
      type: 'str',
      choices: ['no', 'yes', 'safe', 'full', 'dist'],
      default: 'no',
      description:
        '`yes` and `safe` upgrade what can be upgraded without removing anything; `full` and `dist` remove packages where they must.',
    },
    dpkg_options: {
      type: 'str',
      default: 'force-confdef,force-confold',
      description: 'Options for dpkg, without their dashes, parted by commas.',
    },
    autoremove: {
      type: 'bool',
      default: false,
      description: 'Remove packages that were installed only for others that are gone.',
    },
    autoclean: { type: 'bool', default: false, description: 'Delete downloaded archives that can no longer be downloaded.' },
    clean: { type: 'bool', default: false, description: 'Delete all downloaded archives first.' },
    fail_on_autoremove: { type: 'bool', default: false, description: 'Fail where something would have to be removed.' },
    policy_rc_d: {
      type: 'int',
      description:
        'Exit status of /usr/sbin/policy-rc.d while packages are installed: 101 keeps their services from being started.',
    },
    only_upgrade: { type: 'bool', default: false, description: 'Leave out packages that are not installed.' },
    auto_install_module_deps: { type: 'bool', default: true, description: 'Of no account: nothing has to be installed for this module.' },
    force_apt_get: { type: 'bool', default: false, description: 'apt-get is always used; this changes nothing.' },
    allow_unauthenticated: {
      type: 'bool',
      default: false,
      aliases: ['allow-unauthenticated'],
      description: 'Take packages that nobody has signed.',
    },
    allow_downgrade: {
      type: 'bool',
      default: false,
      aliases: ['allow-downgrade', 'allow_downgrades', 'allow-downgrades'],
      description: 'Allow an older version than the installed one.',
    },
    allow_change_held_packages: { type: 'bool', default: false, description: 'Change packages that are on hold.' },
    lock_timeout: { type: 'int', default: 60, description: 'Seconds to wait for another apt to finish.' },
  },
  rules: { mutuallyExclusive: [['deb', 'package', 'upgrade']] },
  returns: {
    cache_updated: 'Whether the package lists were updated.',
    cache_update_time: 'When they were last updated, in seconds since 1970.',
    stdout: 'What apt-get printed.',
    stderr: 'What it printed to its standard error.',
  },
  examples: `
- name: Apache is installed
  ansible.builtin.apt:
    name: apache2
    update_cache: true
    cache_valid_time: 3600

- name: Nothing is left that nobody needs
  ansible.builtin.apt:
    autoremove: true
    purge: true
`,
  async plan(parameters, context) {
    try {
      return await planApt(parameters, context)
    } catch (error) {
      if (error instanceof NotAvailable) return failure(error.message)
      if (error instanceof Impossible)
        return failure(error.message, { rc: error.output.status, ...printed(error.output.stdout, error.output.stderr) })
      throw error
    }
  },
}

export default module
