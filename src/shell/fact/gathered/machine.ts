import type { Json } from '../../../core/value.ts'
import { dmiFields } from './program.ts'
import type { Parts } from './parts.ts'

/** What the firmware calls kinds of cases (SMBIOS specification, system enclosure types). */
const formFactors = [
  'Unknown', 'Other', 'Unknown', 'Desktop', 'Low Profile Desktop', 'Pizza Box', 'Mini Tower', 'Tower', 'Portable', 'Laptop', 'Notebook', 'Hand Held', 'Docking Station', 'All In One',
  'Sub Notebook', 'Space-saving', 'Lunch Box', 'Main Server Chassis', 'Expansion Chassis', 'Sub Chassis', 'Bus Expansion Chassis', 'Peripheral Chassis', 'RAID Chassis', 'Rack Mount Chassis',
  'Sealed-case PC', 'Multi-system', 'CompactPCI', 'AdvancedTCA', 'Blade', 'Blade Enclosure', 'Tablet', 'Convertible', 'Detachable', 'IoT Gateway', 'Embedded PC', 'Mini PC', 'Stick PC',
]

/** What the firmware says of the machine; `NA` where it is silent or only root may ask. */
export function machineFacts(parts: Parts): { readonly [fact: string]: Json } {
  return Object.fromEntries(
    Object.entries(dmiFields).map(([fact, field]) => {
      const said = parts.line(`/sys/class/dmi/id/${field}`)
      return [fact, said === '' ? 'NA' : fact === 'form_factor' ? (formFactors[Number(said)] ?? said) : said]
    }),
  )
}

export function processorFacts(parts: Parts): { readonly [fact: string]: Json } {
  const processor: string[] = []
  const occurrences = { vendor_id: 0, 'model name': 0, processor: 0 }
  const sockets = new Map<string, number>()
  const siblings = new Map<string, number>()
  let [physical, core] = ['0', '0']
  for (const line of parts.file('/proc/cpuinfo') ?? []) {
    const [key = '', value = ''] = line.split(':').map(side => side.trim())
    if (['model name', 'Processor', 'vendor_id', 'cpu', 'Vendor', 'processor'].includes(key)) {
      processor.push(value)
      if (key in occurrences) occurrences[key as keyof typeof occurrences]++
    } else if (key === 'physical id') sockets.set((physical = value), sockets.get(value) ?? 1)
    else if (key === 'core id') siblings.set((core = value), siblings.get(value) ?? 1)
    else if (key === 'cpu cores') sockets.set(physical, Number(value))
    else if (key === 'siblings') siblings.set(core, Number(value))
  }
  const entries = occurrences.vendor_id > 0 && occurrences.vendor_id === occurrences['model name'] ? occurrences.processor : processor.length
  const count = sockets.size || Math.max(1, occurrences.processor || entries)
  const cores = [...sockets.values()][0] ?? 1
  const threads = Math.max(1, Math.floor(([...siblings.values()][0] ?? cores) / cores))
  const [nproc] = parts.lines('nproc')
  return {
    processor,
    processor_count: count,
    processor_cores: cores,
    processor_threads_per_core: threads,
    processor_vcpus: threads * count * cores,
    processor_nproc: Number(nproc) || Math.max(1, occurrences.processor),
  }
}

/** Mebibytes. */
export function memoryFacts(parts: Parts): { readonly [fact: string]: Json } {
  const sizes = new Map(
    (parts.file('/proc/meminfo') ?? []).flatMap(line => {
      const [, name, kibibytes] = /^(\w+):\s*(\d+)/.exec(line) ?? []
      return name === undefined ? [] : [[name, Math.floor(Number(kibibytes) / 1024)] as const]
    }),
  )
  const size = (name: string) => sizes.get(name) ?? 0
  const [total, free, swap, swapFree] = [size('MemTotal'), size('MemFree'), size('SwapTotal'), size('SwapFree')]
  const cacheless = free + size('Cached') + size('Buffers')
  return {
    memtotal_mb: total,
    memfree_mb: free,
    swaptotal_mb: swap,
    swapfree_mb: swapFree,
    memory_mb: {
      real: { total, used: total - free, free },
      nocache: { free: cacheless, used: total - cacheless },
      swap: { total: swap, free: swapFree, used: swap - swapFree, cached: size('SwapCached') },
    },
  }
}

/** File systems on devices and servers, with sizes of those that are on this machine. */
export function mountFacts(parts: Parts): { readonly [fact: string]: Json } {
  const spaces = new Map(
    parts.lines('space').flatMap(line => {
      const [, mount, ...numbers] = /^(.*)\|(\d+)\|(\d+)\|(\d+)\|(\d+)\|(\d+)\|(\d+)$/.exec(line) ?? []
      return mount === undefined ? [] : [[mount, numbers.map(Number)] as const]
    }),
  )
  const uuids = new Map<string, string>(
    parts.lines('uuids').flatMap(line => {
      const [, uuid, device] = /(\S+) -> (?:\S*\/)?(\S+)$/.exec(line) ?? []
      return uuid === undefined ? [] : [[`/dev/${device}`, uuid] as readonly [string, string]]
    }),
  )
  const mounts = (parts.file('/proc/mounts') ?? []).flatMap((line): Json[] => {
    const [device, mount, fstype, options, dump, passno] = line.split(' ').map(unescape)
    if (device === undefined || mount === undefined || fstype === 'none') return []
    if (!device.startsWith('/') && !device.includes(':/')) return []
    const space = spaces.get(mount)
    return [{ mount, device, fstype: fstype ?? '', options: options ?? '', dump: Number(dump), passno: Number(passno), uuid: uuids.get(device) ?? 'N/A', ...(space && sizes(space)) }]
  })
  return { mounts }
}

function sizes(numbers: readonly number[]): { readonly [member: string]: Json } {
  const [fragment = 0, block = 0, total = 0, available = 0, inodes = 0, freeInodes = 0] = numbers
  return {
    size_total: fragment * total, size_available: fragment * available, block_size: block, block_total: total, block_available: available, block_used: total - available,
    inode_total: inodes, inode_available: freeInodes, inode_used: inodes - freeInodes,
  }
}

/** `\040` stands for a blank. */
const unescape = (text: string): string => text.replaceAll(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(parseInt(digits, 8)))
