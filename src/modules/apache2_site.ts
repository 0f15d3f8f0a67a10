import { linkPath, linksChange } from './apache2-links.ts'
import { changed, failure, type Module, unchanged } from './module.ts'

interface Parameters {
  readonly name: string
  readonly state: 'present' | 'absent'
  readonly kind: 'site' | 'conf'
}

const module: Module<Parameters> = {
  name: 'apache2_site',
  collection: 'matrix.provision',
  summary: 'Enables or disables a site or a configuration snippet of Apache',
  description: ['What `a2ensite`, `a2dissite`, `a2enconf` and `a2disconf` do on hosts with Debian\'s layout. Notify a handler that reloads Apache.'],
  parameters: {
    name: { type: 'str', required: true, description: 'Name of the file in sites-available (or conf-available), without `.conf`.' },
    state: { type: 'str', choices: ['present', 'absent'], default: 'present', description: 'Whether it is enabled.' },
    kind: { type: 'str', choices: ['site', 'conf'], default: 'site', description: 'A site, or a snippet for all of Apache.' },
  },
  returns: { path: 'The link that enables it.' },
  examples: `
- name: The site is enabled
  apache2_site:
    name: matrix-homeserver
  notify: Reload Apache
`,
  async plan({ name, state, kind }, { facts }) {
    if (!/^[\w.@+-]+$/.test(name)) return failure(`${name} is no name of a site`, { hint: 'Give the name of the file without its directory and .conf.' })
    const link = { kind: kind === 'site' ? 'sites' : 'conf', name: `${name.replace(/\.conf$/, '')}.conf` }
    const path = linkPath(link)
    const available = `/etc/apache2/${link.kind}-available/${link.name}`
    const [there, file] = await Promise.all([facts.file(path), facts.file(available)])
    const subject = { kind, name: link.name.slice(0, -'.conf'.length) }
    if (state === 'absent') {
      if (there.type === 'absent') return unchanged({ path })
      if (there.type !== 'link') return failure(`${path} is a ${there.type} and no link: it is not removed`, { path })
      return changed([linksChange(subject, [link], false)], { path })
    }
    if (file.type === 'absent') return failure(`${kind === 'site' ? 'Site' : 'Conf'} ${subject.name} does not exist: there is no ${available}`, { path, hint: 'Write the file first, with template or copy.' })
    if (there.type === 'link' && there.target === `../${link.kind}-available/${link.name}`) return unchanged({ path })
    if (there.type === 'link' && there.target === available) return unchanged({ path })
    if (there.type !== 'absent' && there.type !== 'link') return failure(`${path} is a ${there.type} and no link: it is not replaced`, { path })
    return changed([linksChange(subject, [link], true)], { path })
  },
}

export default module
