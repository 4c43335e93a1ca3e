import { once } from 'node:events';
import { createServer } from 'node:http';
import { expect, it, onTestFinished } from 'vitest';
import { listVersions } from '../../../adapters/aws/s3-object-lister.ts';
import { createLocalClients } from '../../../local/emulators/create-clients.ts';
import { readPort } from '../../../local/emulators/embedded-aws.ts';

const writeVersion = (key: string, versionId: string): string =>
  `<Version><Key>${key}</Key><VersionId>${versionId}</VersionId><ETag>"e"</ETag><Size>7</Size>` +
  '<LastModified>2026-11-24T09:00:00.000Z</LastModified></Version>';
const PAGES = [
  `${writeVersion('a.eml', 'v2')}${writeVersion('a.eml', 'v1')}` +
    '<IsTruncated>true</IsTruncated><NextKeyMarker>a.eml</NextKeyMarker>' +
    '<NextVersionIdMarker>v1</NextVersionIdMarker>',
  `${writeVersion('b.eml', 'null')}<DeleteMarker><Key>c.eml</Key></DeleteMarker>` +
    '<IsTruncated>false</IsTruncated>',
];

it('lists each version of each object, page after page, and no delete marker', async () => {
  const asked: string[] = [];
  const server = createServer(({ url = '' }, response) => {
    const page = PAGES[asked.length] ?? '';
    asked.push(url);
    response.end(`<?xml version="1.0"?><ListVersionsResult>${page}</ListVersionsResult>`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const clients = createLocalClients(`http://127.0.0.1:${readPort(server)}`);
  onTestFinished(() => {
    clients.destroy();
    server.close();
  });
  const listed: unknown[] = [];
  for await (const page of listVersions(clients.s3, 'drops')) listed.push(page);
  const object = { bucket: 'drops', eTag: 'e', bytes: 7, storedAtMs: 1_795_510_800_000 };
  expect(listed).toEqual([
    [
      { ...object, key: 'a.eml', versionId: 'v2' },
      { ...object, key: 'a.eml', versionId: 'v1' },
    ],
    [{ ...object, key: 'b.eml' }],
  ]);
  expect(asked).toHaveLength(2);
  expect(asked[1]).toContain('key-marker=a.eml&version-id-marker=v1');
});
