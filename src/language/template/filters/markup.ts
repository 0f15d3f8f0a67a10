import { fail } from '../fail.ts'
import { integerOf, dictionaryOf, textOf } from '../python/convert.ts'
import { repr, str } from '../python/text.ts'
import { truth } from '../python/truth.ts'
import { iterate } from '../python/sequence.ts'
import { present, Undefined } from '../thing.ts'
import { filter, type Filters } from './filter.ts'

const marks: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&#34;', "'": '&#39;' }

/** The five characters that HTML and XML give a meaning, written as entities. */
export const escapeMarkup = (text: string): string => text.replaceAll(/[&<>"']/g, mark => marks[mark]!)

const escaping = filter('', value => escapeMarkup(str(value)))
const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\xa0', copy: '©', reg: '®', hellip: '…', mdash: '—', ndash: '–', euro: '€', laquo: '«', raquo: '»' }

/** Filters for HTML and XML. Nothing is escaped without being asked for. */
export const markupFilters: Filters = {
  e: escaping,
  escape: escaping,
  forceescape: escaping,
  safe: filter('', value => value),
  striptags: filter('', value => unescape(str(value).replaceAll(/<!--[\s\S]*?-->|<[^>]*>/g, '').split(/\s+/).filter(word => word !== '').join(' '))),
  urlize: filter('trim_url_limit? nofollow? target? rel? extra_schemes?', (value, { trim_url_limit = null, nofollow = false, target = null, rel = null, extra_schemes = [] }) => {
    const relations = new Set(['noopener', ...(truth(nofollow) ? ['nofollow'] : []), ...(rel === null ? [] : str(rel).split(/\s+/))])
    const schemes = extra_schemes === null ? [] : iterate(extra_schemes).map(scheme => textOf(scheme, 'a scheme'))
    return linked(str(value), {
      limit: trim_url_limit === null ? undefined : integerOf(trim_url_limit, 'trim_url_limit'),
      attributes: ` rel="${[...relations].sort().join(' ')}"${target === null ? '' : ` target="${escapeMarkup(str(target))}"`}`,
      schemes,
    })
  }),
  xmlattr: filter('autospace?', (value, { autospace = true }) => {
    const attributes: string[] = []
    for (const [key, member] of dictionaryOf(value, 'what xmlattr writes')) {
      if (member === null || member instanceof Undefined) continue
      const name = str(key)
      if (/[\s/>=]/.test(name)) fail(`${repr(name)} cannot be the name of an attribute`)
      attributes.push(`${escapeMarkup(name)}="${escapeMarkup(str(present(member)))}"`)
    }
    return (truth(autospace) && attributes.length > 0 ? ' ' : '') + attributes.join(' ')
  }),
}

const unescape = (text: string): string => text.replaceAll(/&(?:#(\d+)|#[xX]([0-9a-fA-F]+)|(\w+));/g, (all, decimal, hex, name) => {
  const code = decimal !== undefined ? Number(decimal) : hex !== undefined ? Number.parseInt(hex, 16) : undefined
  if (code !== undefined) return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd'
  return entities[name] ?? all
})

interface LinkOptions {
  readonly limit: number | undefined
  readonly attributes: string
  readonly schemes: readonly string[]
}

const address = /^(?:https?:\/\/|www\.)(?:(?:[\w%-]+\.)+[a-z]{2,63}|(?:[\w%]{2,63}\.)+(?:com|net|int|edu|gov|org|info|mil)|(?:localhost|\d{1,3}(?:\.\d{1,3}){3}|\[[\da-f:]+\]))(?::\d{1,5})?(?:[/?#]\S*)?$/i
const mail = /^\S+@\w[\w.-]*\.\w+$/

/** Text with its web and mail addresses as links. */
function linked(text: string, { limit, attributes, schemes }: LinkOptions): string {
  const shown = (url: string) => (limit !== undefined && url.length > limit ? `${url.slice(0, limit)}...` : url)
  return escapeMarkup(text).split(/(\s+)/).map(word => {
    const head = /^(?:[(<]|&lt;)+/.exec(word)?.[0] ?? ''
    let middle = word.slice(head.length)
    let tail = ''
    const end = /(?:[)>.,\n]|&gt;)+$/.exec(middle)
    if (end) [middle, tail] = [middle.slice(0, end.index), middle.slice(end.index)]
    for (const [open, close] of [['(', ')'], ['&lt;', '&gt;']] as const) {
      while (middle.split(open).length > middle.split(close).length && tail.includes(close)) {
        const at = tail.indexOf(close) + close.length
        ;[middle, tail] = [middle + tail.slice(0, at), tail.slice(at)]
      }
    }
    const link = (target: string) => `${head}<a href="${target}"${attributes}>${shown(middle)}</a>${tail}`
    if (address.test(middle)) return link(/^https?:/i.test(middle) ? middle : `https://${middle}`)
    if (/^mailto:/.test(middle) && mail.test(middle.slice(7))) return `${head}<a href="${middle}">${middle.slice(7)}</a>${tail}`
    if (mail.test(middle) && !middle.includes(':') && !middle.startsWith('www.')) return `${head}<a href="mailto:${middle}">${middle}</a>${tail}`
    return schemes.some(scheme => middle !== scheme && middle.startsWith(scheme)) ? link(middle) : word
  }).join('')
}
