import { request } from 'node:http';
import { connect } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { TestCentre } from '../../test/centre/test-centre.ts';

let centre: TestCentre;
afterEach(() => centre?.close());

async function listening(): Promise<number> {
  centre = await TestCentre.open();
  await centre.app.listen({ host: '127.0.0.1', port: 0 });
  return (centre.app.server.address() as { port: number }).port;
}

const authorization = `Basic ${Buffer.from('3001:3001').toString('base64')}`;

/** Sends bytes, returns all that comes until the server closes or answers once. */
function raw(port: number, ...pieces: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let answer = '';
    socket.on('error', reject);
    socket.on('data', (chunk) => {
      answer += chunk.toString();
      if (/<\/ApiErrors>$|\r\n\r\n$/.test(answer)) {
        socket.destroy();
        resolve(answer);
      }
    });
    for (const piece of pieces) socket.write(piece);
  });
}

test('a body of 64 MB is refused with the documented error before it is read', async () => {
  const port = await listening();
  const head = `PUT /finesse/api/User/3001 HTTP/1.1\r\nHost: x\r\nAuthorization: ${authorization}\r\nContent-Length: 67108864\r\n\r\n`;
  const answer = await raw(port, head, '<User>');
  expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  expect(answer).toContain('<ErrorType>Bad Request</ErrorType>');
});

test('a chunked body without end is cut at the limit', async () => {
  const port = await listening();
  const head = `PUT /finesse/api/User/3001 HTTP/1.1\r\nHost: x\r\nAuthorization: ${authorization}\r\nTransfer-Encoding: chunked\r\n\r\n`;
  const answer = await raw(
    port,
    head,
    ...Array.from({ length: 20 }, () => `2000\r\n${'x'.repeat(8192)}\r\n`),
  );
  expect(answer).toMatch(/^HTTP\/1\.1 400 /);
});

test('without credentials not a byte of the body is waited for', async () => {
  const port = await listening();
  const answer = await raw(
    port,
    'PUT /finesse/api/User/3001 HTTP/1.1\r\nHost: x\r\nContent-Length: 50000\r\n\r\n',
  );
  expect(answer).toMatch(/^HTTP\/1\.1 401 /);
});

test('names of headers go out as the original writes them, and an empty 202 has its type and length', async () => {
  const port = await listening();
  const body = '<User><state>LOGIN</state><extension>2003</extension></User>';
  const head = `PUT /finesse/api/User/3001 HTTP/1.1\r\nHost: x\r\nAuthorization: ${authorization}\r\nRequestId: r1\r\nContent-Length: ${body.length}\r\n\r\n`;
  const answer = await raw(port, head + body);
  expect(answer).toMatch(/^HTTP\/1\.1 202 Accepted\r\n/);
  for (const line of [
    'Pragma: No-cache',
    'Cache-Control: no-cache',
    'requestId: r1',
    'Content-Type: application/xml;charset=UTF-8',
    'content-length: 0',
  ]) {
    expect(answer).toContain(`\r\n${line}\r\n`);
  }
});

test('a client that goes away after its request is still served: the CTI server gets it', async () => {
  const port = await listening();
  const body = '<User><state>LOGIN</state><extension>2003</extension></User>';
  await new Promise<void>((resolve) => {
    const call = request({
      port,
      method: 'PUT',
      path: '/finesse/api/User/3001',
      headers: { authorization, requestid: 'gone' },
    });
    call.on('error', () => resolve());
    call.on('response', (response) => {
      response.destroy();
      resolve();
    });
    call.end(body);
  });
  const answers = () => {
    centre.clock.advance(1);
    return centre.answers('gone').length;
  };
  await expect.poll(answers).toBeGreaterThan(0);
});
