import { describe, expect, test } from 'vitest'
import { didYouMean, nearest } from '../../src/core/nearest.ts'

describe('near names', () => {
  test.each<[string, string[], string[]]>([
    ['wbe', ['web', 'db'], ['web']],
    ['apche_port', ['apache_port', 'apache_ports', 'port'], ['apache_port', 'apache_ports']],
    ['Copy', ['copy'], ['copy']],
    ['copy', ['copy'], []],
    ['zzz', ['web'], []],
  ])('%s among %j', (name, candidates, near) => expect(nearest(name, candidates)).toEqual(near))

  test('are asked for as a question', () => {
    expect(didYouMean('wbe', ['web'])).toBe('Did you mean web?')
    expect(didYouMean('tag', ['tags', 'tab'], name => `'${name}'`)).toBe("Did you mean 'tab' or 'tags'?")
    expect(didYouMean('zzz', ['web'])).toBeUndefined()
  })
})
