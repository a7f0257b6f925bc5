import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { run } from '../../../fixtures/archive-lab/daemon.ts';
import { readConnectionFile } from './connection-file.ts';

const FILE = {
  ConnectionFileVersion: '1.0',
  SiteName: '指挥中心',
  ApplicationName: 'Receiver',
  ApplicationVersion: '2.1',
  ContentDestinationAsNTPServer: false,
  AuthenticationTokenURI: ['https://10.0.0.7:8080/auth/v1.0', 'http://10.0.0.8/auth/v1.0'],
  BlobAPIKey: 'the-secret',
  BlobAPIUserName: 'station',
  ContainerType: 'mp4',
};
const read = (content: object) => readConnectionFile(JSON.stringify(content), 'vms');

test('a connection file says where and who; it reads nothing back unless it says that it can', () => {
  expect(read(FILE)).toMatchObject({ ok: true, value: { BlobAPIUserName: 'station', FullStoreAndReadSupport: false, HTTPSCertificate: [] } });
  expect(read({ ...FILE, FullStoreAndReadSupport: true, Added: 'later' })).toMatchObject({ ok: true, value: { FullStoreAndReadSupport: true } });
});

test('a certificate comes as Base64 of DER, of PEM, or as PEM', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'evidock-connection-'));
  const pem = path.join(folder, 'pem');
  await run('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-keyout', `${pem}.key`, '-out', pem, '-subj', '/CN=lab']);
  const text = fs.readFileSync(pem, 'utf8');
  const der = text.replaceAll(/-----.*-----|\n/g, '');
  for (const form of [text, der, Buffer.from(text).toString('base64')]) {
    expect(read({ ...FILE, HTTPSCertificate: [form] })).toMatchObject({ ok: true, value: { HTTPSCertificate: [text] } });
  }
  fs.rmSync(folder, { recursive: true });
});

test.each([
  ['not JSON', '{"BlobAPIKey": "the-secret"', 'not JSON'],
  ['longer than 64 kB', JSON.stringify({ ...FILE, More: 'x'.repeat(64 * 1024) }), 'longer'],
  ['a list', '[]', 'not an object'],
  ['no key', JSON.stringify({ ...FILE, BlobAPIKey: undefined }), 'BlobAPIKey'],
  ['a key too long', JSON.stringify({ ...FILE, BlobAPIKey: 'the-secret'.repeat(7) }), 'BlobAPIKey'],
  ['no address', JSON.stringify({ ...FILE, AuthenticationTokenURI: [] }), 'AuthenticationTokenURI'],
  ['another scheme', JSON.stringify({ ...FILE, AuthenticationTokenURI: ['ftp://10.0.0.7'] }), 'AuthenticationTokenURI.0'],
  ['no certificate', JSON.stringify({ ...FILE, HTTPSCertificate: ['AAAA'] }), 'HTTPSCertificate.0'],
])('one that is %s is refused by the name of what is wrong, and nothing of the secret is said', (_, text, detail) => {
  const refused = readConnectionFile(text, 'vms');
  expect(refused).toMatchObject({
    ok: false,
    failure: { code: 'destination.connection-file-invalid', what: expect.stringMatching(`^vms: .*${detail}`) },
  });
  expect(JSON.stringify(refused)).not.toContain('the-secret');
});

test('one that wants clips encrypted is refused, because originals go as they are', () => {
  const wanted = read({ ...FILE, WantEncryption: true, PublicKey: 'x', PublicKeyId: 'y' });
  expect(wanted).toMatchObject({ ok: false, failure: { code: 'destination.wants-encryption' } });
});
