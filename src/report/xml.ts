import { printable } from './printable.ts'

/** An element with its attributes. Children that are elements get lines of their own; text stays as it is. */
export function element(name: string, attributes: { readonly [name: string]: string | number }, children: readonly string[]): string {
  const start = `<${name}${Object.entries(attributes).map(([key, value]) => ` ${key}="${escape(String(value)).replaceAll('\n', '&#10;')}"`).join('')}`
  if (children.length === 0) return `${start}/>`
  const nested = children.every(child => child.startsWith('<'))
  return nested ? `${start}>\n${children.join('\n')}\n</${name}>` : `${start}>${children.join('')}</${name}>`
}

/** XML 1.0 cannot hold most control characters, escaped or not: they are shown as text (section 2.2). */
export const escape = (text: string): string =>
  printable(text).replaceAll(/[\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd')
    .replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
