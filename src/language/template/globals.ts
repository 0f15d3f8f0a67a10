import { ProvisionError } from '../../core/error.ts'
import type { Context } from './context.ts'
import { fail } from './fail.ts'
import { Cycler, Joiner, Namespace } from './objects.ts'
import { integerOf, textOf } from './python/convert.ts'
import { DateTime } from './python/date-time.ts'
import { dictionary } from './python/dictionary.ts'
import { entriesOf } from './python/dict-methods.ts'
import { strftime } from './python/strftime.ts'
import { str } from './python/text.ts'
import { truth } from './python/truth.ts'
import { bind } from './signature.ts'
import { type Arguments, Callable, orElse, type Thing, Undefined } from './thing.ts'

type Global = (given: Arguments, context: Context) => Thing

const functions: Readonly<Record<string, Global>> = {
  __proto__: null as never,
  cycler: ({ positional }) => new Cycler(positional),
  dict: given => dictionary(entriesOf(given, 'dict')),
  joiner: given => new Joiner(str(bind('sep?', given, 'joiner()').sep ?? ', ')),
  lipsum: (given, context) => lipsum(bind('n? html? min? max?', given, 'lipsum()'), context),
  lookup: (given, context) => context.lookup(pluginName(given), rest(given), false),
  namespace: given => new Namespace(given),
  now: (given, context) => {
    const { utc = false, fmt } = bind('utc? fmt?', given, 'now()')
    const moment = DateTime.from(context.now(), truth(utc))
    return fmt !== undefined && fmt !== null && fmt !== '' ? strftime(moment, textOf(fmt, 'the format')) : moment
  },
  q: (given, context) => context.lookup(pluginName(given), rest(given), true),
  query: (given, context) => context.lookup(pluginName(given), rest(given), true),
  range: (given, context) => range(given, context),
  undef: given => {
    const { hint } = bind('hint?', given, 'undef()')
    const message = hint === undefined || hint === null || hint === '' || hint instanceof Undefined ? 'a variable that must be set is not' : str(hint)
    return new Undefined(() => new ProvisionError('undefined-variable', message))
  },
}

export const globalNames: readonly string[] = Object.keys(functions)

export function globalFunction(name: string, context: Context): Thing | undefined {
  const body = functions[name]
  return body && new Callable(name, given => body(given, context))
}

const pluginName = ({ positional }: Arguments): string => textOf(orElse(positional[0], () => fail('a lookup needs the name of what to look up with')), 'the name of a lookup')
const rest = (given: Arguments): Arguments => ({ ...given, positional: given.positional.slice(1) })

function range(given: Arguments, context: Context): Thing {
  const { first, second, third = 1 } = bind('first second? third?', given, 'range()')
  const [start, stop] = second === undefined ? [0, integerOf(first, 'the end of range()')] : [integerOf(first, 'the start of range()'), integerOf(second, 'the end of range()')]
  const step = integerOf(third, 'the step of range()')
  if (step === 0) fail('the step of range() cannot be zero')
  const count = Math.max(0, Math.ceil((stop - start) / step))
  context.fuel.spend(count)
  return Array.from({ length: count }, (_, at) => start + at * step)
}

const latin = 'lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor incididunt ut labore et dolore magna aliqua'.split(' ')

/** Filler text: paragraphs of words. */
function lipsum({ n = 5, html = true, min = 20, max = 100 }: { readonly n?: Thing; readonly html?: Thing; readonly min?: Thing; readonly max?: Thing }, context: Context): string {
  context.impure('lipsum()')
  const [least, most] = [integerOf(min, 'min'), integerOf(max, 'max')]
  const paragraphs = Array.from({ length: integerOf(n, 'n') }, () => {
    const words = Array.from({ length: least + Math.floor(Math.random() * Math.max(1, most - least)) }, () => latin[Math.floor(Math.random() * latin.length)]!)
    context.fuel.spend(words.length)
    const text = words.join(' ')
    return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
  })
  return truth(html) ? paragraphs.map(text => `<p>${text}</p>`).join('\n') : paragraphs.join('\n\n')
}
