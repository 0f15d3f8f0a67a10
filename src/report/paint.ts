import picocolors from 'picocolors'

/** Colours by what they say. They only add: every line reads the same without them. */
export interface Paint {
  readonly good: (text: string) => string
  readonly change: (text: string) => string
  readonly bad: (text: string) => string
  readonly dim: (text: string) => string
  readonly strong: (text: string) => string
}

export function createPaint(enabled: boolean): Paint {
  const { green, yellow, red, dim, bold } = picocolors.createColors(enabled)
  return { good: green, change: yellow, bad: red, dim, strong: bold }
}
