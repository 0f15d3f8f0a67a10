import type { ConnectionView, Report } from '../../federation/report.ts'

/**
 * The report in the JSON shape of matrix-org/matrix-federation-tester (`GET /api/report`), for what reads that. It knows less:
 * a server that is broken for us can be `FederationOK` for it.
 */
export function federationTesterOf(report: Report): unknown {
  const { discovery, connections, server } = report
  const [asked, silent] = [connections.filter(({ keyDocument }) => keyDocument !== null), connections.filter(({ keyDocument }) => keyDocument === null)]
  const reports = Object.fromEntries(asked.map(connection => [placeOf(connection), connectionReport(connection, report.serverName, Date.parse(report.at))]))
  return {
    ...(discovery === null && { Error: `Invalid server name '${report.serverName}'` }),
    WellKnownResult: wellKnownResult(report),
    DNSResult: dnsResult(report),
    ConnectionReports: reports,
    ConnectionErrors: Object.fromEntries(silent.map(connection => [placeOf(connection), { Message: connection.error ?? 'no answer' }])),
    Version: server ? { name: server.name, version: server.version } : { error: 'no version came' },
    FederationOK: server !== null && asked.length > 0 && silent.length === 0 && Object.values(reports).every(({ Checks }) => Checks.AllChecksOK),
  }
}

const placeOf = ({ address, port }: { readonly address: string; readonly port: number }) => `${address.includes(':') ? `[${address}]` : address}:${port}`

function wellKnownResult({ discovery, at }: Report) {
  const wellKnown = discovery?.wellKnown
  if (!wellKnown?.ok) return { 'm.server': '', result: wellKnown?.failure?.message ?? 'not looked up', CacheExpiresAt: 0 }
  const kept = wellKnown.lifetime.from === 'default' ? 0 : Math.floor((Date.parse(at) + wellKnown.lifetime.milliseconds) / 1000)
  return { 'm.server': wellKnown.server, CacheExpiresAt: kept }
}

function dnsResult({ discovery }: Report) {
  const services = discovery?.services ?? null
  const byName = Map.groupBy(discovery?.targets ?? [], ({ name }) => name)
  return {
    SRVSkipped: discovery !== null && ['1', '2', '3.1', '3.2'].includes(discovery.step ?? ''),
    SRVCName: services?.name ?? '',
    SRVRecords: services?.records.map(({ target, port, priority, weight }) => ({ Target: target, Port: port, Priority: priority, Weight: weight })) ?? null,
    SRVError: null,
    Hosts: Object.fromEntries([...byName].map(([name, targets]) => [name, { CName: `${name}.`, Addrs: [...new Set(targets.map(({ address }) => address))], Error: null }])),
    Addrs: (discovery?.targets ?? []).map(placeOf),
  }
}

function connectionReport({ tls, keyDocument, error }: ConnectionView, serverName: string, now: number) {
  const keys = keyDocument?.keys ?? []
  const checks = {
    MatchingServerName: keyDocument?.serverName === serverName,
    FutureValidUntilTS: (keyDocument?.validUntil ?? 0) > now,
    HasEd25519Key: keys.length > 0,
    AllEd25519ChecksOK: keys.length === 0 ? null : keys.every(({ valid, signed }) => valid && signed),
    Ed25519Checks: Object.fromEntries(keys.map(({ id, valid, signed }) => [id, { ValidEd25519: valid, MatchingSignature: signed }])),
    ValidCertificates: tls?.trusted ?? false,
  }
  const all = checks.MatchingServerName && checks.FutureValidUntilTS && checks.HasEd25519Key && checks.AllEd25519ChecksOK === true && checks.ValidCertificates
  return {
    Certificates: (tls?.certificates ?? []).map(({ subject, issuer, fingerprint, names }) => ({
      SubjectCommonName: commonName(subject), IssuerCommonName: commonName(issuer), SHA256Fingerprint: Buffer.from(fingerprint, 'hex').toString('base64').replace(/=+$/, ''), DNSNames: names,
    })),
    Cipher: { Version: (tls?.protocol ?? '').replace(/^TLSv/, 'TLS '), CipherSuite: tls?.cipher ?? '' },
    Checks: { AllChecksOK: all, ...checks },
    Errors: tls && !tls.trusted && error !== undefined ? [{ Message: error }] : [],
    Ed25519VerifyKeys: all ? Object.fromEntries(keys.map(({ id, key }) => [id, key])) : null,
    Info: {},
    Keys: keyDocument?.raw ?? null,
  }
}

/** `CN=R3,O=Let's Encrypt` → `R3`; what has none is taken whole. */
const commonName = (distinguishedName: string): string => /(?:^|[,\n/]\s*)CN\s*=\s*([^,\n/]*)/.exec(distinguishedName)?.[1]?.trim() ?? distinguishedName
