const simple: Readonly<Record<string, string>> = {
  '\n': '', '\\': '\\', "'": "'", '"': '"', a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v',
}

/** Resolves Python's escapes in a text literal; a backslash before anything else stays. */
export function unescape(body: string, fail: (message: string) => never): string {
  if (!body.includes('\\')) return body
  return body.replaceAll(/\\(?:([0-7]{1,3})|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))/gs, (all, octal, two, four, eight, other) => {
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8))
    const code = two ?? four ?? eight
    if (code !== undefined) return Number.parseInt(code, 16) > 0x10ffff ? fail(`${all} is no character`) : String.fromCodePoint(Number.parseInt(code, 16))
    if ('xuU'.includes(other)) return fail(`'${all}' needs ${other === 'x' ? 2 : other === 'u' ? 4 : 8} hexadecimal digits behind it`)
    return simple[other] ?? all
  })
}
