import type { ModuleDocument } from './module.ts'

/** What changes the run itself rather than a host. The engine does it; here is what it takes. */
export const verbs = {
  add_host: {
    name: 'add_host',
    collection: 'ansible.builtin',
    summary: 'Adds a host, or puts one into groups, for the rest of the run',
    description: ['Later plays can name it. It is done once for all hosts of the play: a loop adds several. All other parameters are variables of the host.'],
    parameters: {
      name: { type: 'str', aliases: ['hostname', 'host'], required: true, description: 'Its name; `name:port` gives it a port.' },
      groups: { type: 'list', elements: 'str', aliases: ['group', 'groupname'], description: 'The groups that it comes into, made where they are missing.' },
    },
    anyParameter: true,
    returns: { add_host: 'What was added: `host_name`, `groups`, `host_vars`.' },
    examples: `
- name: The server that was ordered just now
  add_host:
    name: "{{ ordered.name }}"
    groups: [matrix_homeserver, new]
    ansible_host: "{{ ordered.address }}"
`,
  },
  group_by: {
    name: 'group_by',
    collection: 'ansible.builtin',
    summary: 'Puts hosts into groups by what is known of them, for the rest of the run',
    parameters: {
      key: { type: 'str', required: true, description: 'Name of the group, usually a template. Blanks become hyphens.' },
      parents: { type: 'list', elements: 'str', default: ['all'], description: 'Groups that this group belongs to.' },
    },
    returns: { add_group: 'The group.', parent_groups: 'The groups around it.' },
    examples: `
- name: A group for each release
  group_by:
    key: debian_{{ ansible_distribution_major_version }}
`,
  },
  include_vars: {
    name: 'include_vars',
    collection: 'ansible.builtin',
    summary: 'Reads variables from files of the controller, for the rest of the run',
    description: [
      'A file is looked for in `vars` of the role and beside the playbook. Of a directory the files in it come first, in the order of their names, then those of the directories in it; what comes later counts.',
    ],
    parameters: {
      file: { type: 'str', description: 'The file, YAML or JSON. It can stand behind the name of the module too.' },
      dir: { type: 'str', description: 'A directory of files.' },
      name: { type: 'str', description: 'A variable of this name holds them all, as a dictionary.' },
      hash_behaviour: { type: 'str', choices: ['replace', 'merge'], description: 'What becomes of a variable that there is: it is replaced, or a dictionary is merged into it.' },
      depth: { type: 'int', default: 0, description: 'How many levels of directories are read; 0 for all.' },
      files_matching: { type: 'str', description: 'A regular expression: only files whose names it is found in.' },
      ignore_files: { type: 'list', elements: 'str', description: 'Regular expressions: not the files whose names end with what they match.' },
      extensions: { type: 'list', elements: 'str', default: ['yaml', 'yml', 'json'], description: 'Endings of names.' },
      ignore_unknown_extensions: { type: 'bool', default: false, description: 'Pass over files with other endings, where they are a mistake otherwise.' },
    },
    freeForm: 'file',
    returns: { ansible_included_var_files: 'The files that were read.', ansible_facts: 'The variables, as they stand in the files.' },
    examples: `
- name: What is different on this release
  include_vars: "{{ ansible_distribution_release }}.yml"

- name: All settings, under one name
  include_vars:
    dir: settings
    name: settings
`,
  },
  meta: {
    name: 'meta',
    collection: 'ansible.builtin',
    summary: 'Steers the play itself',
    description: [
      '`flush_handlers` runs the handlers that were notified so far. `end_play`, `end_batch` and `end_host` end the play for all hosts, for those of the batch, and for those that the condition holds for. `clear_facts` forgets facts, `clear_host_errors` takes hosts back that had failed, `reset_connection` logs in anew, `noop` does nothing.',
      '`refresh_inventory` and `end_role` are refused.',
    ],
    parameters: {},
    freeForm: 'what is to be done',
    examples: `
- name: Apache is reloaded before it is asked
  meta: flush_handlers

- name: Nothing to do without a homeserver
  meta: end_host
  when: "'matrix_homeserver' not in group_names"
`,
  },
  set_fact: {
    name: 'set_fact',
    collection: 'ansible.builtin',
    summary: 'Sets variables of a host, for the rest of the run',
    description: ['Their values are rendered now, once. Each parameter is a variable.'],
    parameters: { cacheable: { type: 'bool', default: false, description: 'Keep them among the facts too, where they count less.' } },
    anyParameter: true,
    returns: { ansible_facts: 'The variables.' },
    examples: `
- name: The name of this server
  set_fact:
    server_name: "{{ matrix_server_name | default(inventory_hostname) }}"
`,
  },
  validate_argument_spec: {
    name: 'validate_argument_spec',
    collection: 'ansible.builtin',
    summary: 'Checks variables against a specification of arguments',
    description: ['A role with `meta/argument_specs.yml` is checked by itself.'],
    parameters: {
      argument_spec: { type: 'dict', required: true, description: 'The arguments by their names: `type`, `required`, `default`, `choices`, `elements`, `options`.' },
      provided_arguments: { type: 'dict', description: 'Values that count more than those of variables.' },
      validate_args_context: { type: 'dict', description: 'For whom it is checked; told in the result.' },
    },
    returns: { argument_errors: 'What is wrong.', argument_spec_data: 'What was checked by.', validate_args_context: 'As it was given.' },
    examples: `
- name: A server has a name
  validate_argument_spec:
    argument_spec:
      matrix_server_name:
        type: str
        required: true
`,
  },
} as const satisfies { readonly [verb: string]: ModuleDocument }
