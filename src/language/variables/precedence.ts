import type { Layer } from './layers.ts'

/**
 * Where variables come from, those that count least first: Ansible's levels 2 to 22 (before them level 1, what the command line
 * says, such as `-u`: no variables in themselves, but shown as such where nothing else is said), and what nobody can override.
 *
 * https://docs.ansible.com/ansible/latest/playbook_guide/playbooks_variables.html#understanding-variable-precedence
 */
export const precedence = [
  'how the host is reached',
  'role defaults',
  'group variables of the inventory',
  'group_vars/all beside the inventory',
  'group_vars/all beside the playbook',
  'group_vars of other groups beside the inventory',
  'group_vars of other groups beside the playbook',
  'host variables of the inventory',
  'host_vars beside the inventory',
  'host_vars beside the playbook',
  'facts',
  'play variables',
  'prompted variables',
  'variable files of the play',
  'role variables',
  'block variables',
  'task variables',
  'included variables',
  'facts that were set and registered results',
  'role parameters',
  'include parameters',
  'extra variables',
  'what Ansible defines',
  'the loop',
] as const

export type Precedence = (typeof precedence)[number]

/** Layers by their level. */
export type Levels = { readonly [level in Precedence]?: readonly Layer[] }

/** All layers, those that count least first. Empty ones that cannot fill are left out by whoever makes them. */
export const inOrder = (levels: Levels): Layer[] => precedence.flatMap(level => levels[level] ?? [])
