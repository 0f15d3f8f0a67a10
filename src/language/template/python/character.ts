/** Python's predicates over text: every character is of the kind, and there is at least one. Compiled when they are asked. */
export const predicates = {
  isalnum: text => /^[\p{L}\p{N}]+$/u.test(text),
  isalpha: text => /^\p{L}+$/u.test(text),
  isascii: text => /^[\0-\x7f]*$/.test(text),
  isdecimal: text => /^\p{Nd}+$/u.test(text),
  isdigit: text => /^[\p{Nd}\u00b2\u00b3\u00b9\u2070\u2074-\u2079\u2080-\u2089\u2460-\u2468\u2474-\u247c\u2488-\u2490]+$/u.test(text),
  isnumeric: text => /^\p{N}+$/u.test(text),
  isidentifier: text => /^[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}]*$/u.test(text),
  isspace: text => /^[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+$/.test(text),
  isprintable: text => /^(?:\P{C}(?<!(?! )\p{Z}))*$/u.test(text),
} satisfies { readonly [name: string]: (text: string) => boolean }

export const isLower = (text: string): boolean => /\p{Ll}/u.test(text) && !/[\p{Lu}\p{Lt}]/u.test(text)
export const isUpper = (text: string): boolean => /\p{Lu}/u.test(text) && !/[\p{Ll}\p{Lt}]/u.test(text)

export function isTitle(text: string): boolean {
  let inside = false
  let found = false
  for (const character of text) {
    if (/[\p{Lu}\p{Lt}]/u.test(character)) {
      if (inside) return false
      inside = found = true
    } else if (/\p{Ll}/u.test(character)) {
      if (!inside) return false
      found = true
    } else inside = false
  }
  return found
}

export const capitalize = (text: string): string => {
  const [first = '', ...rest] = Array.from(text)
  return first.toUpperCase() + rest.join('').toLowerCase()
}

/** Every run of letters with a capital first. */
export const title = (text: string): string => text.replaceAll(/[\p{Lu}\p{Ll}\p{Lt}]+/gu, capitalize)

export const swapcase = (text: string): string =>
  Array.from(text, character => (/\p{Lu}/u.test(character) ? character.toLowerCase() : character.toUpperCase())).join('')
