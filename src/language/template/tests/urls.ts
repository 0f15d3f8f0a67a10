import { iterate } from '../python/sequence.ts'
import { str } from '../python/text.ts'
import { type Thing } from '../thing.ts'
import { parseUrl, type Url } from '../url.ts'
import { test, type Tests } from './test.ts'
import { ProvisionError } from '../../../core/error.ts'

function urlOf(value: Thing): Url | undefined {
  if (typeof value !== 'string') return undefined
  try {
    return parseUrl(value)
  } catch (error) {
    if (error instanceof ProvisionError) return undefined
    throw error
  }
}

function isUri(url: Url | undefined, schemes: Thing): url is Url {
  if (!url) return false
  const allowed = schemes === null ? [] : iterate(schemes).map(str)
  return allowed.length === 0 || allowed.includes(url.scheme)
}

export const urlTests: Tests = {
  uri: test('schemes?', (value, { schemes = null }) => isUri(urlOf(value), schemes)),
  url: test('schemes?', (value, { schemes = null }) => {
    const url = urlOf(value)
    return isUri(url, schemes) && (url.netloc !== '' || url.scheme === 'file')
  }),
  urn: test('', value => isUri(urlOf(value), ['urn'])),
}
