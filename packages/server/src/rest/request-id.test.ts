import { connect } from 'node:net';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { TestCentre } from '../../test/centre/test-centre.ts';
import { headerBytes, headerText, REQUEST_ID_LENGTH_MAX, refuseRequestId } from './request-id.ts';

let centre: TestCentre;
afterEach(() => centre?.close());

const authorization = `Basic ${Buffer.from('3001:3001').toString('base64')}`;
const signIn = (requestId = '') =>
  `<User><state>LOGIN</state><extension>2003</extension>${requestId && `<requestId>${requestId}</requestId>`}</User>`;

interface RawAnswer {
  readonly status: number;
  /** Bytes of the echo, or undefined. */
  readonly echo: Buffer | undefined;
  readonly body: string;
}

/** One request over a real connection, because only bytes tell what was copied. */
async function send(
  requestId: Buffer | null,
  body: string,
  path = 'User/3001',
  method = 'PUT',
): Promise<RawAnswer> {
  if (centre.app.server.address() === null) await centre.app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = centre.app.server.address() as { port: number };
  const content = Buffer.from(body);
  const request = Buffer.concat([
    Buffer.from(`${method} /finesse/api/${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n`),
    Buffer.from(`Authorization: ${authorization}\r\nContent-Length: ${content.length}\r\n`),
    ...(requestId === null ? [] : [Buffer.from('RequestId: '), requestId, Buffer.from('\r\n')]),
    Buffer.from('\r\n'),
    content,
  ]);
  const answer = await new Promise<Buffer>((resolve, reject) => {
    const pieces: Buffer[] = [];
    const socket = connect(port, '127.0.0.1', () => socket.write(request));
    socket.on('error', reject);
    socket.on('data', (piece) => pieces.push(piece));
    socket.on('end', () => resolve(Buffer.concat(pieces)));
  });
  const text = answer.toString('latin1');
  const [head = '', ...rest] = text.split('\r\n\r\n');
  const echo = /\r\nrequestId: (.*)/.exec(head)?.[1];
  return {
    status: Number(head.slice(9, 12)),
    echo: echo === undefined ? undefined : Buffer.from(echo, 'latin1'),
    body: Buffer.from(rest.join('\r\n\r\n'), 'latin1').toString('utf8'),
  };
}

/** Updates with this requestId; the CTI server answers as time goes on. */
function answers(requestId: string): number {
  centre.clock.advance(1);
  return centre.answers(requestId).length;
}

describe('the requestId is copied faithfully', () => {
  test.each([
    ['a UUID', Buffer.from('6e210ca9-5786-43bc-babf-64a397a6057f'), '6e210ca9-5786-43bc-babf-64a397a6057f'],
    ['UTF-8', Buffer.from('Müller 呼び出し 😀'), 'Müller 呼び出し 😀'],
    ['Latin-1', Buffer.from('M\u00fcller', 'latin1'), 'Müller'],
    ['blanks and a tab inside', Buffer.from('a  b\tc'), 'a  b\tc'],
    ['no-break spaces around', Buffer.from('\u00a0a\u00a0'), '\u00a0a\u00a0'],
    ['1,024 characters', Buffer.from('é'.repeat(1024)), 'é'.repeat(1024)],
  ])('from the header: %s', async (_what, bytes, text) => {
    centre = await TestCentre.open();
    const { status, echo } = await send(bytes, signIn());
    expect([status, echo]).toEqual([202, bytes]);
    await expect.poll(() => answers(text)).toBeGreaterThan(0);
  });

  test.each([
    ['as characters', 'Müller 呼び出し 😀', 'Müller 呼び出し 😀'],
    ['as references', '&#252;&#128512;', 'ü😀'],
    ['without the blanks that a printer put around it', '\n    r1\n  ', 'r1'],
    ['1,024 characters', '😀'.repeat(1024), '😀'.repeat(1024)],
  ])('from the body: %s', async (_what, written, text) => {
    centre = await TestCentre.open();
    const { status, echo } = await send(null, signIn(written));
    expect([status, echo?.toString('utf8')]).toEqual([202, text]);
    await expect.poll(() => answers(text)).toBeGreaterThan(0);
  });

  test('on failures too, whose bodies are text: the bytes of the echo stay', async () => {
    centre = await TestCentre.open();
    for (const bytes of [Buffer.from('Müller'), Buffer.from('M\u00fcller', 'latin1')]) {
      const failing = await send(bytes, '<User><state>Pausé</state></User>');
      expect([failing.status, failing.echo]).toEqual([400, bytes]);
      expect(failing.body).toMatch(/^<ApiErrors>.*<\/ApiErrors>$/s);
      const unknown = await send(bytes, '', 'Nothing', 'GET');
      expect([unknown.status, unknown.echo]).toEqual([404, bytes]);
    }
  });
});

describe('what cannot be copied is refused, not changed', () => {
  const refused = (message: string) =>
    `<ApiErrors>\n  <ApiError>\n    <ErrorType>Bad Request</ErrorType>\n    <ErrorData>requestId</ErrorData>\n    <ErrorMessage>${message}</ErrorMessage>\n  </ApiError>\n</ApiErrors>`;
  const TOO_LONG = refused('The requestId is longer than 1024 characters');

  test('a header of more than 1,024 characters; its echo tells the client which request it was', async () => {
    centre = await TestCentre.open();
    const bytes = Buffer.from('x'.repeat(1025));
    expect(await send(bytes, signIn())).toEqual({ status: 400, echo: bytes, body: TOO_LONG });
    expect((await send(bytes, '', 'User/3001', 'GET')).status).toBe(400);
    expect(centre.published).toEqual([]);
  });

  test.each([
    ['x'.repeat(1025), TOO_LONG],
    ['😀'.repeat(1025), TOO_LONG],
    ['a\nb', refused('The requestId contains characters that cannot be copied')],
  ])('in the body: %#', async (written, body) => {
    centre = await TestCentre.open();
    expect(await send(null, signIn(written))).toEqual({ status: 400, echo: undefined, body });
    const log = `<ClientLog><requestId>${written}</requestId><logData>x</logData></ClientLog>`;
    expect(await send(null, log, 'User/3001/ClientLog', 'POST')).toMatchObject({ status: 400, body });
    expect(centre.published).toEqual([]);
  });

  test('characters that XML cannot carry', () => {
    for (const text of ['\u0000', '\ufffe', '\ud800', 'a\rb', '\u007f'])
      expect(refuseRequestId(text)).not.toBeNull();
  });
});

test('every text that is not refused comes back from its header bytes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      fc.pre(refuseRequestId(text) === null);
      expect(headerText(headerBytes(text))).toBe(text);
    }),
  );
  expect(refuseRequestId('x'.repeat(REQUEST_ID_LENGTH_MAX))).toBeNull();
});
