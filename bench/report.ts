import { cpus, release, totalmem } from 'node:os'
import { spread, type Spread } from './measure.ts'
import type { Contender, Phase } from './contender/contender.ts'
import type { Parts } from './contender/parts.ts'
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

/** A page with the part replaced that a command has measured. @throws Error where it has none */
export function withReport(page: string, text: string, command = 'npm run bench'): string {
  const [begin, end] = [`<!-- measured: ${command} -->`, '<!-- end of what is measured -->']
  const from = page.indexOf(begin)
  const to = page.indexOf(end, from)
  if (from < 0 || to < from) throw new Error(`the page has no part between ${begin} and ${end}`)
  return `${page.slice(0, from + begin.length)}\n\n${text}\n\n${page.slice(to)}`
}

/** The figures as Markdown. */
export function report(samples: readonly Sample[], contenders: readonly Contender[], parts: Parts, sizes: readonly number[], rounds: number): string {
  const [cpu] = cpus()
  const versions = contenders.map(({ name, version }) => `${name} (${version})`).join(', ')
  const figures = figuresOf(samples)
  return [
    `${cpus().length} × ${cpu!.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GB, Linux ${release()}; the hosts run on the same machine. Node ${process.versions.node}, ${run('python3', '--version').trim()}; ${versions}.`,
    `Median of ${rounds} interleaved rounds, in each of which they run one to five times, with the least and the most in brackets. Seconds, from the start of a program to its end; for CPU, of all its processes.`,
    ...sizes.map(hosts => tableOf(figures, contenders, hosts)),
    'Where the second apply spends its time, in milliseconds:',
    partsTable(figures, parts, sizes),
  ].join('\n\n')
}

type Figures = (contender: string, phase: Phase, hosts: number, what?: 'wall' | 'cpu' | 'hostsCpu') => Spread | undefined

const figuresOf = (samples: readonly Sample[]): Figures => (contender, phase, hosts, what = 'wall') => {
  const values = samples.filter(sample => sample.contender === contender && sample.phase === phase && sample.hosts === hosts).map(sample => sample[what])
  return values.length === 0 ? undefined : spread(values)
}

function tableOf(figures: Figures, contenders: readonly Contender[], hosts: number): string {
  const base = figures('floor', 'second apply', hosts)!.median
  const rows = contenders.map(({ name }) => {
    const [first, second, dry] = [figures(name, 'first apply', hosts), figures(name, 'second apply', hosts)!, figures(name, 'dry run', hosts)]
    const [cpu, hostsCpu] = [figures(name, 'second apply', hosts, 'cpu')!, figures(name, 'second apply', hosts, 'hostsCpu')!]
    return [name, shown(first), shown(second), (second.median / base).toFixed(2), shown(dry), cpu.median.toFixed(2), Number.isNaN(hostsCpu.median) ? '' : hostsCpu.median.toFixed(2)]
  })
  return markdown([counted(hosts), 'first apply', 'second apply', '× floor', 'dry run', 'its CPU, second apply', "the hosts' CPU, second apply"], rows)
}

/** What is measured beside it is taken from the whole; what is left is the rest. */
function partsTable(figures: Figures, { node, library, reading }: Parts, sizes: readonly number[]): string {
  const of = (name: string, hosts: number) => figures(name, 'second apply', hosts)!.median * 1000
  const rows: [string, (hosts: number) => number][] = [
    ['Node starts', hosts => of(node.name, hosts)],
    ['the program starts, reads inventory and playbook', hosts => of(reading.name, hosts) - of(node.name, hosts)],
    ['the hosts log it in and give it root (as in the floor)', hosts => of('floor', hosts) - of(library.name, hosts)],
    ['the rest: ssh2 is loaded, tasks are rendered, hosts are looked at, tasks run in order, the report', hosts => of('matrix-provision', hosts) - of(reading.name, hosts) - of('floor', hosts) + of(library.name, hosts)],
    ['together', hosts => of('matrix-provision', hosts)],
    ['the floor: Node and ssh2 start, the hosts log it in and give it root', hosts => of('floor', hosts)],
  ]
  return markdown(['', ...sizes.map(counted)], rows.map(([what, time]) => [what, ...sizes.map(hosts => time(hosts).toFixed(0))]))
}

const counted = (hosts: number): string => `${hosts} ${hosts === 1 ? 'host' : 'hosts'}`

const markdown = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, ['---', ...head.slice(1).map(() => '--:')], ...rows].map(cells => `| ${cells.join(' | ')} |`).join('\n')

const shown = (figures: Spread | undefined): string =>
  figures === undefined ? '' : `${figures.median.toFixed(2)} (${figures.least.toFixed(2)}..${figures.most.toFixed(2)})`
