/** Seconds since 1970 as Python prints a `datetime`, in UTC: `2024-05-01 12:00:00.250000`. */
export function formatMoment(seconds: number): string {
  const { whole, micros } = split(seconds)
  const [date = '', time = ''] = new Date(whole * 1000).toISOString().split('T')
  return `${date} ${time.slice(0, 8)}.${micros}`
}

/** Seconds as Python prints a `timedelta`: `0:00:00.001529`, `1 day, 2:03:04.000000`. */
export function formatDuration(seconds: number): string {
  const { whole, micros } = split(Math.max(0, seconds))
  const two = (number: number) => String(number).padStart(2, '0')
  const days = Math.floor(whole / 86400)
  const clock = `${Math.floor((whole % 86400) / 3600)}:${two(Math.floor((whole % 3600) / 60))}:${two(whole % 60)}.${micros}`
  return days === 0 ? clock : `${days} day${days === 1 ? '' : 's'}, ${clock}`
}

function split(seconds: number): { readonly whole: number; readonly micros: string } {
  const all = Math.round(seconds * 1e6)
  const whole = Math.floor(all / 1e6)
  return { whole, micros: String(all - whole * 1e6).padStart(6, '0') }
}
