import type { UnitState } from '../../host/fact.ts'
import { quoteAll } from '../quote.ts'
import { observed, type FactReader } from './reader.ts'

export const unit: FactReader<'unit'> = {
  kind: 'unit',
  // One block of properties a unit, in the order asked for, parted by an empty line. `--all` would cost four times as long.
  program: units => `mp_section unit; systemctl show -p Id,Names,Description,Type,RemainAfterExit,LoadState,LoadError,ActiveState,SubState,UnitFileState,UnitFilePreset,MainPID,FragmentPath,NeedDaemonReload,CanReload,Result,ExecMainStatus -- ${quoteAll(units)}\n`,
  parse(sections, units, stderr) {
    const blocks = sections.text('unit').trim().split('\n\n').map(parseBlock)
    return units.map((name, index) => {
      const properties = blocks[index] ?? {}
      const exists = properties.LoadState !== undefined && properties.LoadState !== 'not-found'
      const state: UnitState = { exists, active: properties.ActiveState ?? 'unknown', enabled: properties.UnitFileState ?? '', properties }
      if (properties.LoadState === undefined && stderr.includes('not been booted with systemd')) return observed<'unit'>({ ...state, active: 'offline' })
      void name
      return observed<'unit'>(state)
    })
  },
}

const parseBlock = (block: string): Record<string, string> =>
  Object.fromEntries(block.split('\n').filter(line => line.includes('=')).map(line => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]))
