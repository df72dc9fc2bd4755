/**
 * A server with three witnesses, one on each transport. After every test each of them must still see its own
 * Update promptly, from the same process, which has not grown beyond a bound.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { type RunningPoise, startPoise } from '../server.ts';
import { boshSession } from './bosh.ts';
import { tcpSession } from './tcp-session.ts';
import { webSocketSession } from './websocket.ts';
import { residentMiB, Witness } from './witness.ts';

/** Bodies of 64 MB are sent several at a time: whoever keeps them is found out. */
const GROWTH_MAX_MIB = 128;

export interface WatchedServer {
  readonly poise: RunningPoise;
  readonly authority: Buffer;
  readonly witnesses: readonly Witness[];
  /** Somebody else each time, so that the limits on one user's bindings are not what is tested. */
  nextAttacker(): string;
  /** Lines of the log files below a folder whose names fit. */
  logLines(folder: string, file: RegExp): string[];
  /** What the webservices were told of a full JID, in order. */
  presencesOf(jid: string): string[];
  /** Whether the notification service has said that it closed the session. */
  saysClosed(jid: string): boolean;
}

/** Starts it before the tests of the file. */
export function watchedServer(settings: Readonly<Record<string, string>> = {}): WatchedServer {
  let poise: RunningPoise;
  let authority: Buffer;
  let witnesses: Witness[];
  let residentAtStart: number | undefined;
  let attackers = 0;

  beforeAll(async () => {
    const args = Object.entries(settings).flatMap(([key, value]) => ['--set', `${key}=${value}`]);
    poise = await startPoise({ args });
    authority = readFileSync(join(poise.data, 'certs', 'authority.crt'));
    const { bosh, xmpp } = poise.ports;
    witnesses = [
      await Witness.signIn(poise, '3018', await boshSession(bosh, '3018', 'witness')),
      await Witness.signIn(poise, '3019', await webSocketSession(bosh, '3019', 'witness')),
      await Witness.signIn(poise, '3020', (await tcpSession(xmpp, '3020', 'witness')).answerPings()),
    ];
    residentAtStart = residentMiB(poise.child.pid!);
  });
  afterAll(() => poise?.stop());

  afterEach(async () => {
    for (const witness of witnesses) await witness.isServed();
    expect(poise.child.exitCode ?? poise.child.signalCode).toBeNull();
    const resident = residentMiB(poise.child.pid!);
    if (resident !== undefined) expect(resident - residentAtStart!).toBeLessThan(GROWTH_MAX_MIB);
  });

  const logLines = (folder: string, file: RegExp) => {
    const at = join(poise.data, 'logs', folder);
    return readdirSync(at)
      .filter((name) => file.test(name))
      .flatMap((name) => readFileSync(join(at, name), 'utf8').split('\n'));
  };

  return {
    get poise() {
      return poise;
    },
    get authority() {
      return authority;
    },
    get witnesses() {
      return witnesses;
    },
    nextAttacker: () => String(3001 + (attackers++ % 16)),
    logLines,
    presencesOf: (jid) =>
      logLines('desktop/logs/webservices', /^Desktop-webservices\..*\.log$/)
        .filter(
          (line) => line.includes('PRESENCE_NOTIFICATION_RECIEVED') && line.includes(`[FROM JID=${jid}]`),
        )
        .map((line) => /\[PRESENCE_TYPE=(\w+)\]/.exec(line)?.[1] ?? line),
    saysClosed: (jid) =>
      logLines('desktop/logs/openfire', /^info\.log/).some((line) =>
        line.includes(`A session is being closed for ${jid}`),
      ),
  };
}
