import { expect, test } from 'vitest'
import { makeRecipe } from '../../src/lab/image/recipe.ts'

const ingredients = { rootCertificate: 'ROOT', clientKey: { public: 'ssh-ed25519 CLIENT' }, hostKey: { public: 'ssh-ed25519 HOST', private: 'SECRET' } }

test('the same ingredients give the same image', () => {
  expect(makeRecipe('bookworm', ingredients)).toEqual(makeRecipe('bookworm', structuredClone(ingredients)))
  expect(makeRecipe('bookworm', ingredients).hash).toMatch(/^[0-9a-f]{12}$/)
})

test.each([
  ['another release', 'trixie', ingredients],
  ['another authority', 'bookworm', { ...ingredients, rootCertificate: 'OTHER' }],
  ['another client key', 'bookworm', { ...ingredients, clientKey: { public: 'ssh-ed25519 OTHER' } }],
  ['another host key', 'bookworm', { ...ingredients, hostKey: { ...ingredients.hostKey, public: 'ssh-ed25519 OTHER' } }],
] as const)('%s is another image', (_, release, other) => {
  expect(makeRecipe(release, other).hash).not.toBe(makeRecipe('bookworm', ingredients).hash)
})

test('Apache is in the second layer only, and needs no network', () => {
  const { packages, apache } = makeRecipe('bookworm', ingredients)
  expect(packages).not.toContain('apache2')
  expect(apache).toContain('apt-get install -qq apache2')
  expect(apache).not.toContain('apt-get update')
})
