import { check, type Check, type Sighting } from '../check.ts'
import { headers, type Answer } from '../world.ts'
import { origin } from './client-document.ts'
import { asked, clientApi, clientVersions, limited, nameOf } from './endpoint.ts'
import { isLimited, said } from './answer.ts'

const ours = 'playbooks/site.yml'
const users = 'web clients cannot log in'

const preflight = check({
  id: 'HTTP-13', title: 'Browsers may use the client API', concerns: 'clients', vantage: 'controller', follows: ['HTTP-02'],
  faults: {
    refused: {
      severity: 'error', means: 'OPTIONS is refused',
      cause: '<LimitExcept GET POST>, mod_security, or a password that is wanted for OPTIONS too', users,
      fix: 'Let OPTIONS through to the homeserver.', ours,
    },
    'no-origin': {
      severity: 'error', means: 'the answer allows no origin',
      cause: 'Header unset Access-Control-Allow-Origin; an answer that is not the homeserver\'s', users,
      fix: 'Pass the homeserver\'s headers on.', ours,
    },
    doubled: {
      severity: 'error', means: 'a header of CORS comes twice',
      cause: 'Header set or add Access-Control-Allow-Origin in Apache, on top of what the homeserver sends',
      users: 'browsers refuse an answer with two values: web clients cannot log in',
      fix: 'Remove the Header lines for /_matrix: the homeserver sends them.', ours,
    },
    'not-enough': {
      severity: 'error', means: 'a method or header that clients need is not allowed',
      cause: 'headers of CORS that Apache sets itself', users, fix: 'Pass the homeserver\'s headers on.', ours,
    },
  },
  async look(site) {
    const endpoint = await clientApi(site)
    if ('notMade' in endpoint) return endpoint
    const target = `${endpoint.base}/_matrix/client/v3/login`
    const wish = [['Origin', origin], ['Access-Control-Request-Method', 'POST'], ['Access-Control-Request-Headers', 'authorization,content-type']] as const
    const exchanged = await site.ask(endpoint, { method: 'OPTIONS', target, headers: wish })
    const { answer } = exchanged
    if (!answer) return { notMade: said(exchanged) }
    if (isLimited(exchanged)) return limited(exchanged)
    const question = `${asked(endpoint, target, 'OPTIONS')} with Origin: ${origin}`
    if (answer.status < 200 || answer.status > 299) return [{
      kind: 'refused' as const, message: `${nameOf(endpoint)} refuses what browsers ask before they send`, asked: question,
      answered: said(exchanged),
    }]
    const versions = await site.ask(endpoint, { target: endpoint.base + clientVersions })
    const wrong = judge(answer).map(sighting => ({ ...sighting, asked: question }))
    return wrong.length > 0 ? wrong : origins(versions.answer!).map(sighting => ({ ...sighting, asked: asked(endpoint, endpoint.base + clientVersions) }))
  },
})

function judge(answer: Answer): readonly Sighting<'no-origin' | 'doubled' | 'not-enough'>[] {
  const wrong = origins(answer)
  if (wrong.length > 0) return wrong
  const [methods, names] = [headers(answer, 'access-control-allow-methods'), headers(answer, 'access-control-allow-headers')]
  const missing = [...absent(methods, ['GET', 'POST', 'PUT', 'DELETE']), ...absent(names, ['Authorization', 'Content-Type'])]
  return missing.length === 0 ? [] : [{
    kind: 'not-enough', message: `Web clients may not use ${missing.join(', ')}`,
    answered: `Access-Control-Allow-Methods: ${methods.join(', ')}; Access-Control-Allow-Headers: ${names.join(', ')}`,
  }]
}

function origins(answer: Answer): readonly Sighting<'no-origin' | 'doubled'>[] {
  const allowed = headers(answer, 'access-control-allow-origin')
  if (allowed.length > 1) return [{ kind: 'doubled', message: 'Access-Control-Allow-Origin comes twice', answered: allowed.join(' and ') }]
  return allowed[0] === '*' || allowed[0] === origin ? [] : [{
    kind: 'no-origin', message: 'Web clients may not use the client API',
    answered: `Access-Control-Allow-Origin: ${allowed[0] ?? 'none'}`,
  }]
}

/** The words of a list of headers that are not in it. */
function absent(values: readonly string[], wanted: readonly string[]): readonly string[] {
  const allowed = values.join(',').toLowerCase().split(',').map(word => word.trim())
  return allowed.includes('*') ? [] : wanted.filter(word => !allowed.includes(word.toLowerCase()))
}

export const corsChecks: readonly Check[] = [preflight]
