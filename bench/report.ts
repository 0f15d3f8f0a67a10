import { cpus, release, totalmem } from 'node:os'
import { spread, type Spread } from './measure.ts'
import type { Contender, Phase } from './contender/contender.ts'
import { run } from './python.ts'

/** Figures of one run, in seconds. */
export interface Sample {
  readonly contender: string
  readonly phase: Phase
  readonly hosts: number
  readonly wall: number
  readonly cpu: number
  readonly hostsCpu: number
}

const [begin, end] = ['<!-- measured: npm run bench -->', '<!-- end of what is measured -->']

/** A page with its measured part replaced. @throws Error where it has none */
export function withReport(page: string, text: string): string {
  const [from, to] = [page.indexOf(begin), page.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`the page has no part between ${begin} and ${end}`)
  return `${page.slice(0, from + begin.length)}\n\n${text}\n\n${page.slice(to)}`
}

/** The figures as Markdown. */
export function report(samples: readonly Sample[], contenders: readonly Contender[], sizes: readonly number[], rounds: number): string {
  const [cpu] = cpus()
  const versions = contenders.map(({ name, version }) => `${name} (${version})`).join(', ')
  return [
    `${cpus().length} × ${cpu!.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GB, Linux ${release()}; the hosts run on the same machine. Node ${process.versions.node}, ${run('python3', '--version').trim()}; ${versions}.`,
    `Median of ${rounds} interleaved rounds, in which each runs one to five times, with the least and the most in brackets. Seconds, of the whole process.`,
    ...sizes.map(hosts => tableOf(samples.filter(sample => sample.hosts === hosts), contenders, hosts)),
  ].join('\n\n')
}

function tableOf(samples: readonly Sample[], contenders: readonly Contender[], hosts: number): string {
  const figures = (contender: string, phase: Phase, what: 'wall' | 'cpu' | 'hostsCpu') => {
    const values = samples.filter(sample => sample.contender === contender && sample.phase === phase).map(sample => sample[what])
    return values.length === 0 ? undefined : spread(values)
  }
  const base = figures('floor', 'second apply', 'wall')!.median
  const rows = contenders.map(({ name }) => {
    const [first, second, dry] = [figures(name, 'first apply', 'wall'), figures(name, 'second apply', 'wall')!, figures(name, 'dry run', 'wall')]
    const [cpu, hostsCpu] = [figures(name, 'second apply', 'cpu')!, figures(name, 'second apply', 'hostsCpu')!]
    return [name, shown(first), shown(second), (second.median / base).toFixed(2), shown(dry), cpu.median.toFixed(2), Number.isNaN(hostsCpu.median) ? '' : hostsCpu.median.toFixed(2)]
  })
  const head = [`${hosts} ${hosts === 1 ? 'host' : 'hosts'}`, 'first apply', 'second apply', '× floor', 'dry run', 'its CPU, second apply', "the hosts' CPU, second apply"]
  return [head, ['---', ...head.slice(1).map(() => '--:')], ...rows].map(cells => `| ${cells.join(' | ')} |`).join('\n')
}

const shown = (figures: Spread | undefined): string =>
  figures === undefined ? '' : `${figures.median.toFixed(2)} (${figures.least.toFixed(2)}..${figures.most.toFixed(2)})`
