/** What a mode is applied to: its type decides what `X` means. */
export interface ModeSubject {
  /** Permission bits as they are. */
  readonly mode: number
  readonly directory: boolean
}

/** Bits that `chmod` may be asked for: permissions, set-id, sticky. */
const allBits = 0o7777

/** Ansible takes the umask of the host's user; we do not look it up and take the one that Debian and its relatives ship. */
export const umask = 0o022

/**
 * The permission bits that a `mode` parameter asks for, as Ansible reads it (module_utils/basic.py,
 * `set_mode_if_different`): a number is taken as it is, text of octal digits as octal, everything else as symbolic.
 *
 * @returns the bits, or undefined where the text is neither
 */
export function modeBits(mode: string | number, subject: ModeSubject): number | undefined {
  if (typeof mode === 'number') return isPermission(mode) ? mode : undefined
  const octal = /^\s*(?:0o)?([0-7]+)\s*$/i.exec(mode)?.[1]
  const bits = octal === undefined ? symbolicBits(mode, subject) : parseInt(octal, 8)
  return bits !== undefined && isPermission(bits) ? bits : undefined
}

/** `0644`, as Ansible and `ls` readers write it; at least three digits behind the zero. */
export const formatMode = (bits: number): string => '0' + bits.toString(8).padStart(3, '0')

const isPermission = (bits: number) => Number.isInteger(bits) && bits >= 0 && bits <= allBits

/**
 * `u=rwX,g-w,o=g`: clauses separated by commas, several operations in one clause. What is copied (`g=u`) and what `X`
 * asks about is the mode before the first clause.
 */
function symbolicBits(text: string, subject: ModeSubject): number | undefined {
  let bits = subject.mode
  for (const clause of text.split(',')) {
    const [, who = '', operations = ''] = /^([^+=-]*)(.*)$/s.exec(clause)!
    if (!/^(a|[ugo]*)$/.test(who)) return undefined
    for (const [, operator, permissions = ''] of operations.matchAll(/([+=-])([^+=-]*)/g)) {
      if (!/^[rwxXstugo]*$/.test(permissions)) return undefined
      for (const user of who === '' || who === 'a' ? 'ugo' : who) {
        const asked = asBits(permissions, user as User, subject, who === '' ? umask : 0)
        if (operator === '=') bits = (bits & ~reach[user as User]) | asked
        else if (operator === '+') bits |= asked
        else bits &= ~asked
      }
    }
  }
  return bits
}

type User = 'u' | 'g' | 'o'

/** The bits that `=` sets anew for a user. */
const reach: { readonly [U in User]: number } = { u: 0o4700, g: 0o2070, o: 0o1007 }
const shift: { readonly [U in User]: number } = { u: 6, g: 3, o: 0 }
const special: { readonly [U in User]: { readonly [letter: string]: number } } = { u: { s: 0o4000 }, g: { s: 0o2000 }, o: { t: 0o1000 } }

/** @param masked bits that `r`, `w` and `x` do not give: the umask, where nobody is named before the operator */
function asBits(permissions: string, user: User, { mode, directory }: ModeSubject, masked: number): number {
  let bits = 0
  for (const letter of permissions) {
    if (letter === 'r' || letter === 'w' || letter === 'x') bits |= (plain[letter] << shift[user]) & ~masked
    else if (letter === 'X') bits |= directory || (mode & 0o111) !== 0 ? 1 << shift[user] : 0
    else if (letter === 'u' || letter === 'g' || letter === 'o') bits |= ((mode >> shift[letter]) & 7) << shift[user]
    else bits |= special[user][letter] ?? 0
  }
  return bits
}

const plain = { r: 4, w: 2, x: 1 }
