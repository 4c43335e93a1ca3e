import { X509Certificate } from 'node:crypto';
import { expect, it } from 'vitest';
import { createCertificate } from '../../local/ses/create-certificate.ts';

it('signs the certificate of the local SES by SHA-256, for the names of this machine', async () => {
  const certificate = new X509Certificate((await createCertificate()).cert);
  expect(certificate.signatureAlgorithm).toBe('ecdsa-with-SHA256');
  expect(certificate.checkHost('localhost')).toBe('localhost');
  expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1');
});
