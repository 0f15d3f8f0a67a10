import { fixed } from './number.ts'

/** A float without sign in one of C's forms `f`, `e`, `g` (`F`, `E`, `G` in capitals), or as Python writes it with so many digits, `r`. */
export function formatFloat(value: number, form: string, precision: number, alternate = false): string {
  const size = Math.abs(value)
  const text = Number.isFinite(size) ? finite(size, form.toLowerCase(), precision, alternate) : Number.isNaN(size) ? 'nan' : 'inf'
  return form >= 'A' && form <= 'Z' ? text.toUpperCase() : text
}

function finite(size: number, form: string, precision: number, alternate: boolean): string {
  if (form === 'f') return fixed(size, precision) + (alternate && precision === 0 ? '.' : '')
  if (form === 'e') return exponential(size, precision, alternate)
  const digits = Math.max(1, precision)
  const exponent = size === 0 ? 0 : Number(exponential(size, digits - 1, false).split('e')[1])
  const scientific = exponent < -4 || exponent >= (form === 'r' ? digits - 1 : digits)
  const text = scientific ? exponential(size, digits - 1, alternate) : fixed(size, Math.max(0, digits - 1 - exponent))
  if (alternate) return text.includes('.') ? text : `${text}.`
  const trimmed = trimZeros(text)
  return form === 'r' && !scientific && !trimmed.includes('.') ? `${trimmed}.0` : trimmed
}

function exponential(size: number, precision: number, alternate: boolean): string {
  const [digits, exponent] = size.toExponential(Math.min(precision, 100)).split('e') as [string, string]
  const sign = exponent[0] === '-' ? '-' : '+'
  const mark = alternate && precision === 0 ? '.' : ''
  return `${digits}${mark}e${sign}${exponent.slice(1).padStart(2, '0')}`
}

function trimZeros(text: string): string {
  const [digits, exponent] = text.split('e') as [string, string | undefined]
  const trimmed = digits.includes('.') ? digits.replace(/\.?0+$/, '') : digits
  return exponent === undefined ? trimmed : `${trimmed}e${exponent}`
}

/** An integer without sign in base `b`, `o`, `x`, `X` or `d`; with its prefix when `alternate`. */
export function formatInteger(size: bigint, form: string, alternate = false): string {
  switch (form) {
    case 'b': return (alternate ? '0b' : '') + size.toString(2)
    case 'o': return (alternate ? '0o' : '') + size.toString(8)
    case 'x': return (alternate ? '0x' : '') + size.toString(16)
    case 'X': return (alternate ? '0X' : '') + size.toString(16).toUpperCase()
    default: return size.toString()
  }
}
