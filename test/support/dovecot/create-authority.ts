import { generate } from 'selfsigned';

/** A certificate authority of our own, in PEM, and a certificate that it signed. */
export interface Authority {
  /** What a client must trust to talk to the server. */
  readonly ca: string;
  readonly serverKey: string;
  readonly serverCertificate: string;
}

/** Makes an authority and a certificate of it for this machine's own names, good for a run. */
export async function createAuthority(): Promise<Authority> {
  const authority = await generate([{ name: 'commonName', value: 'Postroom tests' }], {
    keyType: 'ec',
    // Dovecot loads no certificate that is signed over SHA-1, selfsigned's default.
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const server = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    ca: { key: authority.private, cert: authority.cert },
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  });
  return {
    ca: authority.cert,
    serverKey: server.private,
    serverCertificate: server.cert,
  };
}
