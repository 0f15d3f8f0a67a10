/** Lookups that Ansible users know and that are not here, and what to do instead. */
export const refused: Readonly<Record<string, string>> = {
  config: 'Settings of Ansible have no meaning here.',
  url: 'Read the address with the module uri, and register its result.',
  filetree: 'List the files with the lookup fileglob.',
  hashi_vault: 'Read the secret with the lookup pipe and the tool of your secret store.',
  'community.hashi_vault.hashi_vault': 'Read the secret with the lookup pipe and the tool of your secret store.',
  dig: 'Resolve the name with the lookup pipe and dig or getent.',
  passwordstore: 'Read the secret with the lookup pipe and pass.',
}
