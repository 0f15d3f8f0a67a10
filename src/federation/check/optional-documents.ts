import { check, type Check } from '../check.ts'
import { isObject } from '../json.ts'
import { isHtml, objectOf, said } from './answer.ts'

/** A document that may be there, and must be right when it is. */
function optionalDocument(id: string, name: 'support' | 'policy_server', title: string, faults: Check['faults'], problemOf: (content: unknown) => string | undefined): Check {
  return check({
    id, title, concerns: 'clients', vantage: 'controller', faults,
    async look(site) {
      const exchanged = await site.document(name)
      if (exchanged.answer?.status !== 200) return 'absent' in faults && exchanged.answer?.status === 404 ? [{
        kind: 'absent', message: `There is no document /.well-known/matrix/${name}`,
      }] : { notApplicable: 'there is no such document' }
      if (exchanged.failure) return { notMade: `the document does not come whole: ${said(exchanged)}` }
      // A web site that answers everything with its page has no document either.
      if (isHtml(exchanged.answer)) return { notApplicable: 'there is no such document' }
      const problem = problemOf(objectOf(exchanged))
      return problem === undefined ? [] : [{
        kind: 'invalid', message: `/.well-known/matrix/${name} ${problem}`,
        asked: `GET https://${site.hostname}/.well-known/matrix/${name}`, answered: said(exchanged),
      }]
    },
  })
}

const support = optionalDocument(
  'WKU-01', 'support', 'The support document says whom to ask',
  {
    invalid: {
      severity: 'warning', means: 'the document does not follow its schema',
      cause: 'a contact without role, or without an address', users: 'nobody can report abuse or a fault',
      fix: 'Give each contact a role, and a matrix_id or email_address.',
      ours: 'matrix_well_known (support_contacts, support_page)',
    },
    absent: {
      severity: 'info', means: 'there is none', users: 'nobody knows whom to ask when something is wrong',
      fix: 'Serve /.well-known/matrix/support.', ours: 'matrix_well_known (support_contacts, support_page)',
    },
  },
  content => {
    if (!isObject(content)) return 'is not a JSON object'
    const { contacts, support_page: page } = content
    if (contacts === undefined && page === undefined) return 'has neither contacts nor support_page'
    if (page !== undefined && (typeof page !== 'string' || !URL.canParse(page))) return 'has a support_page that is no address'
    if (contacts === undefined) return undefined
    if (!Array.isArray(contacts) || (contacts.length === 0 && page === undefined)) return 'has no contacts'
    return contacts.map(contactProblem).find(problem => problem !== undefined)
  },
)

/** Matrix 1.10, "Getting support contact". */
function contactProblem(contact: unknown): string | undefined {
  if (!isObject(contact)) return 'has a contact that is no object'
  if (typeof contact.role !== 'string' || !/^(m\.role\.(admin|security|moderator|dpo)|(?!m\.)[\w-]+(\.[\w-]+)+)$/.test(contact.role)) return 'has a contact without a role such as m.role.admin'
  const { matrix_id: id, email_address: email } = contact
  if (id === undefined && email === undefined) return 'has a contact without matrix_id and email_address'
  if (id !== undefined && !(typeof id === 'string' && /^@[^:]*:.+/.test(id))) return 'has a contact whose matrix_id is none'
  return email === undefined || (typeof email === 'string' && email.includes('@')) ? undefined : 'has a contact whose email_address is none'
}

const policyServer = optionalDocument(
  'WKP-01', 'policy_server', 'The policy server\'s document has its key',
  { invalid: {
    severity: 'warning', means: 'the document has no usable key', cause: 'public_keys without ed25519',
    users: 'rooms cannot use the policy server', fix: 'Write {"public_keys": {"ed25519": "…"}}.',
  } },
  content => {
    const keys = isObject(content) ? content.public_keys : undefined
    if (!isObject(keys) || typeof keys.ed25519 !== 'string') return 'has no public_keys.ed25519'
    // The specification's own example is in the alphabet of URLs.
    return Buffer.from(keys.ed25519, /[-_]/.test(keys.ed25519) ? 'base64url' : 'base64').length === 32 ? undefined : 'has a key that is not 32 bytes of base64'
  },
)

export const optionalDocumentChecks: readonly Check[] = [support, policyServer]
