import type { Json } from '../../../core/value.ts'
import type { Parts } from './parts.ts'

/** Whether the host is a container or a virtual machine, or makes some: as far as files tell. */
export function virtualizationFacts(parts: Parts): { readonly [fact: string]: Json } {
  const there = new Set(parts.lines('paths'))
  const [guests, hosts] = [containers(parts, there), [] as string[]]
  const inContainer = guests.length > 0
  const machine = machineOf(parts)
  if (machine !== undefined) guests.push(machine)
  if (there.has('/proc/xen')) (parts.line('/proc/xen/capabilities').includes('control_d') ? hosts : guests).push('xen')
  if (there.has('/proc/vz') && !there.has('/proc/lve') && there.has('/proc/bc')) hosts.push('openvz')
  if (there.has('/dev/kvm')) hosts.push('kvm')
  const [type = hosts[0] ?? 'NA'] = guests
  return {
    virtualization_type: type,
    virtualization_role: guests.length > 0 ? 'guest' : hosts.length > 0 ? 'host' : 'NA',
    virtualization_tech_guest: [...new Set([...guests, ...(inContainer ? ['container'] : [])])],
    virtualization_tech_host: hosts,
  }
}

/** Kinds of containers, the surest first. */
function containers(parts: Parts, there: ReadonlySet<string>): string[] {
  const found: string[] = []
  const groups = (parts.file('/proc/1/cgroup') ?? []).join('\n')
  if (/\/docker(?:\/|-[0-9a-f]+\.scope)/.test(groups)) found.push('docker')
  if (/\/lxc\/|\/machine\.slice\/machine-lxc/.test(groups)) found.push('lxc')
  if (/\/system\.slice\/containerd\.service/.test(groups)) found.push('containerd')
  const kind = /^container=(\S+)/m.exec(parts.text('container'))?.[1]
  if (kind !== undefined) found.push(kind === 'lxc' || kind === 'podman' ? kind : 'container')
  if (there.has('/proc/vz') && !there.has('/proc/lve') && !there.has('/proc/bc')) found.push('openvz')
  const systemd = parts.line('/run/systemd/container')
  if (systemd !== '') found.push(systemd)
  if (there.has('/.dockerenv') || there.has('/.dockerinit')) found.push('docker')
  if (there.has('/run/.containerenv')) found.push('podman')
  return [...new Set(found)]
}

/** By what the firmware calls itself, as Ansible names it. */
function machineOf(parts: Parts): string | undefined {
  const dmi = (field: string) => parts.line(`/sys/class/dmi/id/${field}`)
  const [product, vendor, bios] = [dmi('product_name'), dmi('sys_vendor'), dmi('bios_vendor')]
  if (/^(?:KVM|KVM Server|Bochs|AHV)$/.test(product) || vendor === 'QEMU' || (vendor === 'Red Hat' && /KVM|RHEV/.test(product)))
    return 'kvm'
  if (
    /^Amazon EC2$|^Google$|^DigitalOcean$|^Hetzner$|^oVirt$|^Nutanix$/.test(vendor) ||
    product === 'OpenStack Nova' ||
    product === 'Google Compute Engine'
  )
    return 'kvm'
  if (/^VMware/.test(product) || /^VMware/.test(vendor)) return 'VMware'
  if (bios === 'Xen') return 'xen'
  if (bios === 'innotek GmbH' || product === 'VirtualBox') return 'virtualbox'
  if (product === 'Virtual Machine' && vendor === 'Microsoft Corporation') return 'VirtualPC'
  if (vendor === 'Parallels Software International Inc.') return 'parallels'
  if (vendor === 'OpenStack Foundation') return 'openstack'
  const hypervisor = /^flags\s*:.*\bhypervisor\b/m.test((parts.file('/proc/cpuinfo') ?? []).join('\n'))
  return hypervisor && /QEMU/.test((parts.file('/proc/cpuinfo') ?? []).join('\n')) ? 'kvm' : undefined
}
