import { certificatePaths } from '../../../src/lab/image/personal.ts'
import { inHomeserver, paths } from './apache.ts'
import type { Fault, Injection } from './fault.ts'
import { curl } from './symptom.ts'

const names = ['lab1.test', 'matrix.lab1.test']
const version = 'https://matrix.lab1.test/_matrix/federation/v1/version'

/** The same directives in all virtual hosts with TLS. */
const everywhere = (found: string, by: string): Injection => ({ edit: { [paths.homeserver]: [[found, by]], [paths.delegation]: [[found, by]] } })

/** What is wrong with certificates and handshakes. */
export const tlsFaults: readonly Fault[] = [
  {
    id: 'certificate-for-another-name',
    broken: 'The certificate is for another name',
    by: { certificates: [{ names: ['www.lab1.test'] }] },
    shows: curl(version, /no alternative certificate subject name matches/),
    expect: ['TLS-02', 'other-name'],
    line: /SSLCertificateFile/,
  },
  {
    id: 'missing-intermediate',
    broken: '`SSLCertificateFile` without the intermediate',
    by: { certificates: [{ names, alone: true }] },
    shows: curl(version, /unable to get local issuer certificate/),
    expect: ['TLS-01', 'missing-intermediate'],
    line: /SSLCertificateFile/,
  },
  {
    id: 'self-signed',
    broken: 'The certificate is signed by itself',
    by: { certificates: [{ names, by: 'itself' }] },
    shows: curl(version, /self-signed certificate/),
    expect: ['TLS-01', 'self-signed'],
    line: /SSLCertificateFile/,
  },
  {
    id: 'unknown-authority',
    broken: 'The certificate comes from an authority that nobody trusts',
    by: { certificates: [{ names, by: 'stranger' }] },
    shows: curl(version, /self-signed certificate in certificate chain/),
    expect: ['TLS-01', 'untrusted-root'],
    line: /SSLCertificateFile/,
  },
  {
    id: 'expired',
    broken: 'The certificate has ended',
    by: { certificates: [{ names, valid: [-90, -1] }] },
    shows: curl(version, /certificate has expired/),
    expect: ['TLS-03', 'expired'],
    line: /SSLCertificateFile/,
  },
  {
    id: 'not-valid-yet',
    broken: 'The certificate is not valid yet',
    by: { certificates: [{ names, valid: [1, 90] }] },
    shows: curl(version, /certificate is not yet valid/),
    expect: ['TLS-03', 'not-yet'],
    line: /SSLCertificateFile/,
  },
  {
    id: 'ends-soon',
    broken: 'The certificate ends in five days',
    by: { certificates: [{ names, valid: [-85, 5] }] },
    shows: { on: 'lab1', sh: `openssl x509 -checkend $((7 * 86400)) -in ${certificatePaths.chain} || true`, shows: /Certificate will expire/ },
    expect: ['TLS-03', 'soon'],
    line: /SSLCertificateFile/,
  },
  {
    id: 'outdated-tls',
    broken: '`SSLProtocol` allows TLS 1.1 alone',
    by: everywhere('SSLProtocol -all +TLSv1.2 +TLSv1.3', 'SSLProtocol -all +TLSv1.1\n    SSLCipherSuite ALL:@SECLEVEL=0'),
    shows: curl(version, /legacy sigalg disallowed|protocol version/),
    expect: ['TLS-04', 'old'],
    line: /SSLProtocol -all \+TLSv1\.1/,
  },
  {
    id: 'no-tls',
    broken: '`SSLEngine off` in the virtual hosts of port 443',
    by: everywhere('    SSLEngine on\n', '    SSLEngine off\n'),
    shows: curl(version, /wrong version number|packet length too long|record layer failure/),
    expect: ['WKS-08', 'no-tls'],
    line: /SSLEngine off/,
  },
  {
    id: 'client-certificates',
    broken: '`SSLVerifyClient require`',
    by: inHomeserver('    SSLVerifyClient require\n    SSLCACertificateFile /usr/local/share/ca-certificates/matrix-provision-lab.crt'),
    shows: curl(version, /^curl: /),
    expect: ['TLS-07', 'required'],
    line: /SSLVerifyClient require/,
  },
]
