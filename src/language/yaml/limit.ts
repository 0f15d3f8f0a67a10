import type { CST } from 'yaml'
import { ProvisionError } from '../../core/error.ts'
import type { SourceText } from '../positions.ts'

/** Honest files nest a dozen levels; the composer calls itself for each. */
export const deepest = 200

/** Values that may come from aliases in one document: a few lines of anchors can stand for more than fits in memory. */
export const mostFromAliases = 100_000

/** @throws ProvisionError `yaml-syntax` where lists and dictionaries nest too deep */
export function checkDepth(tokens: readonly CST.Token[], source: SourceText): void {
  for (const [token, depth] of walk(tokens))
    if (depth > deepest)
      throw new ProvisionError('yaml-syntax', `lists and dictionaries nest more than ${deepest} levels deep`, { at: source.position('offset' in token ? token.offset : 0) })
}

/** Where the quoted text that ends at an offset begins. */
export function quoteBefore(tokens: readonly CST.Token[], end: number): number | undefined {
  for (const [token] of walk(tokens))
    if ((token.type === 'double-quoted-scalar' || token.type === 'single-quoted-scalar') && token.offset + token.source.length === end) return token.offset
  return undefined
}

/** All tokens with how deep they are nested, without calling itself: the nesting may be hostile. */
function* walk(tokens: readonly CST.Token[]): Generator<[token: CST.Token, depth: number]> {
  const waiting: [token: CST.Token, depth: number][] = tokens.map(token => [token, 0])
  while (waiting.length > 0) {
    const [token, depth] = waiting.pop()!
    yield [token, depth]
    if (token.type === 'document' && token.value) waiting.push([token.value, depth])
    if (!('items' in token)) continue
    for (const item of token.items) {
      if (item.key) waiting.push([item.key, depth + 1])
      if (item.value) waiting.push([item.value, depth + 1])
    }
  }
}
