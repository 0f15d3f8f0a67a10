import { expect, test } from 'vitest'
import { fingerprint } from '../../src/modules/ssh-public-key.ts'

test.each([
  ['ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMTT8GyELCkhAaF6YyH9bUbZWLjtH076Fk+Z8YKqUG7+ ada@lab1', '256 SHA256:2EvJb3dnPxe+e1OcdrUASNtkdY/0Lm9dne0yfKkzH6c ada@lab1 (ED25519)'],
  ['ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMTT8GyELCkhAaF6YyH9bUbZWLjtH076Fk+Z8YKqUG7+\n', '256 SHA256:2EvJb3dnPxe+e1OcdrUASNtkdY/0Lm9dne0yfKkzH6c no comment (ED25519)'],
  [
    'ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBLThVqdBIeZx6oAHZ0OVtutN0cNFliBU4He8VXnBoGLGwy7nZmK+DNioWVZzteRzDj+wjO8TGa2oJe0XWw/mxtU= a b',
    expect.stringMatching(/^256 SHA256:\S{43} a b \(ECDSA\)$/),
  ],
  ['what?', undefined],
  ['ssh-rsa AAAA', undefined],
  ['', undefined],
])('%s', (key, print) => expect(fingerprint(key)).toEqual(print))
