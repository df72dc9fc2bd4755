/**
 * A CTI server whose every frame comes twice. Each change is told once: no Update of a node says again what the one before it
 * said of the same object, and each request is answered by one.
 */
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Floor, PATIENT_CALLS } from '../connections/floor.ts';
import { dialogsOf, idOf, type SeenUpdate, type UserDesk } from '../connections/user-desk.ts';
import { dataDirectory, freeOffset, type LaunchedPoise, launchPoise, portsAt } from '../server.ts';

let data: string;
let line: Server;
let floor: Floor;
const launched: LaunchedPoise[] = [];

/** Frames of GED-188: four bytes length of what follows the type, four bytes type. */
const HEADER_BYTES = 8;

/** A line to the CTI server on which each of its frames comes twice. */
async function doublingLine(farPort: number): Promise<Server> {
  const server = createServer((near) => {
    const far = connect(farPort, '127.0.0.1');
    near.pipe(far);
    let rest = Buffer.alloc(0);
    far.on('data', (chunk: Buffer) => {
      rest = Buffer.concat([rest, chunk]);
      while (rest.length >= HEADER_BYTES && rest.length >= HEADER_BYTES + rest.readUInt32BE(0)) {
        const end = HEADER_BYTES + rest.readUInt32BE(0);
        const frame = rest.subarray(0, end);
        rest = rest.subarray(end);
        near.write(Buffer.concat([frame, frame]));
      }
    });
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

beforeAll(async () => {
  const offset = await freeOffset();
  const ports = portsAt(offset);
  data = dataDirectory();
  const common = ['--data', data, '--set', `ports.offset=${offset}`];
  const start = async (args: readonly string[]) => {
    const poise = launchPoise([...args, ...common]);
    launched.push(poise);
    await poise.says(/^poise: IN_SERVICE/m);
  };
  await start(['cti', '--demo', ...PATIENT_CALLS]);
  line = await doublingLine(ports.ctiA);
  const { port } = line.address() as AddressInfo;
  await start([
    ...['start', '--demo', '--only', 'webservices,notification,desktop'],
    ...['--set', 'cti.embedded=false', '--set', `cti.a=127.0.0.1:${port}`],
  ]);
  floor = await Floor.open({ ports, data }, 'control-cti');
});
afterAll(async () => {
  floor?.close();
  for (const poise of launched) if (poise.child.exitCode === null) await poise.end('SIGKILL');
  line?.close();
  if (data) rmSync(data, { recursive: true, force: true });
});

/** What an Update says of its object, whoever asked for it. */
const saying = ({ node, event, data: object, text }: SeenUpdate): string =>
  JSON.stringify([node, event, object === undefined ? text : object.toString(), withoutRequest(text)]);
const withoutRequest = (text: string) => text.replace(/<requestId>.*?<\/requestId>/, '');

/** Updates that say what the one before of the same object said. */
function repetitions(desk: UserDesk): readonly string[] {
  const last = new Map<string, string>();
  const found: string[] = [];
  for (const update of desk.log.updates) {
    const said = saying(update);
    const about = `${update.node} ${update.source}`;
    if (last.get(about) === said) found.push(update.text);
    last.set(about, said);
  }
  return found;
}

test('calls that are made, held, consulted, transferred and ended are told once each', async () => {
  const [anna, ben, carl] = (await floor.signedIn('3001', '3002', '3003')) as [UserDesk, UserDesk, UserDesk];

  const made = await anna.call('MAKE_CALL', '3002', 'make');
  const id = idOf(dialogsOf(made)[0]!);
  expect(idOf(await ben.rings())).toBe(id);
  await ben.dialog(id, 'ANSWER', 'answer');
  await anna.leg('ACTIVE', id);
  await anna.dialog(id, 'HOLD', 'hold');
  await anna.dialog(id, 'RETRIEVE', 'retrieve');
  await ben.dialog(id, 'CONSULT_CALL', 'consult', '<toAddress>3003</toAddress>');
  const consult = idOf(await carl.rings());
  await carl.dialog(consult, 'ANSWER', 'answer-consult');
  await ben.leg('ACTIVE', consult);
  await ben.dialog(id, 'TRANSFER', 'transfer');
  await ben.over(id);
  await carl.leg('ACTIVE', id);
  await carl.dialog(id, 'DROP', 'drop');
  await Promise.all([anna.over(id), carl.over(id)]);

  const outside = await anna.call('MAKE_CALL', '915550123', 'outside');
  const away = idOf(dialogsOf(outside)[0]!);
  await anna.leg('ACTIVE', away);
  await anna.dialog(away, 'DROP', 'end');
  await anna.over(away);
  await Promise.all([anna, ben, carl].map((desk) => desk.setState('LOGOUT', `out-${desk.id}`)));

  for (const desk of [anna, ben, carl]) {
    expect(repetitions(desk)).toEqual([]);
    const answers = desk.log.updates.filter(({ requestId }) => requestId !== '');
    const nodes = new Set(answers.map(({ node, requestId }) => `${node} ${requestId}`));
    expect(answers).toHaveLength(nodes.size);
  }
}, 240_000);
