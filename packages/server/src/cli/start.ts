/** `poise start` and `poise cti`: run the server until somebody stops it. */
import { systemClock } from '@poise/clock';
import { type ControlRole, controlLocation } from '../control/location.ts';
import { ControlServer } from '../control/server.ts';
import { catalogueOf, PlainError, phrase, say, words } from '../messages/catalogue.ts';
import { exposureProblem, isLoopback } from '../settings/exposure.ts';
import type { Settings } from '../settings/settings.ts';
import { awaitDatabase } from './await-database.ts';
import { type Arguments, UsageError } from './command.ts';
import type { ServerStatus, StopAnswer } from './control.ts';
import {
  type OperatorLog,
  PART_NAMES,
  type PartName,
  type Patiently,
  type RunningServer,
  type StartOptions,
} from './main-types.ts';
import { createOperatorLog } from './operator-log.ts';
import { startSettings } from './settings-arguments.ts';
import { watchSignals } from './signals.ts';
import type { Terminal } from './terminal.ts';
import { version } from './version.ts';

const READY_POLL_MS = 50;
/** After this the operator is told what keeps the server from being in service. */
const READY_PATIENCE_MS = 10_000;
const BENCH_MAX = 20_000;

export async function start(
  given: Arguments,
  terminal: Terminal,
  role: ControlRole,
  load: () => Promise<{ startPoise(options: StartOptions): Promise<RunningServer> }> = () =>
    import('../main.ts'),
): Promise<number> {
  const bench = benchFrom(given, terminal);
  const demo = given.flags.has('demo') || bench !== undefined;
  const only = role === 'cti' ? (['cti'] as const) : onlyFrom(given, terminal);
  const { settings, origins } = await startSettings(given, terminal, demo, systemClock({ keepAlive: true }));
  const speaking =
    settings.language === 'auto' ? terminal : { ...terminal, messages: await catalogueOf(settings.language) };
  const clock = systemClock();
  const operator = createOperatorLog({ terminal: speaking, now: () => clock.now() });
  const startedAt = clock.monotonic();
  let server: RunningServer | undefined;
  const signals = watchSignals(speaking, operator, clock);
  const control = new ControlServer(controlLocation(settings.data, role), {
    status: () => statusOf(server, (clock.monotonic() - startedAt) / 1000),
    stop: async ({ ifEmpty }): Promise<StopAnswer> => {
      await server?.announceStop();
      const desktops = server?.desktops() ?? 0;
      if (ifEmpty === true && desktops > 0) {
        server?.withdrawStop();
        return { desktops };
      }
      await server?.stop();
      // The answer goes out before the process ends.
      setImmediate(() => signals.stop());
      return { desktops: 0 };
    },
  });
  await control.start();
  try {
    // It may go away after the settings were read, too; or hang, or be slow once.
    const patiently: Patiently = (open) =>
      awaitDatabase(open, speaking, systemClock({ keepAlive: true }), signals.stopped);
    await refuseExposure(settings, operator, patiently);
    const { startPoise } = await load();
    server = await startPoise({
      settings,
      origins,
      demo,
      operator,
      patiently,
      ...(bench === undefined ? {} : { bench }),
      ...(only === undefined ? {} : { only }),
    });
    if (server.control !== undefined) control.addCommands(server.control);
    const announcing = announce(server, operator, speaking, signals.stopped);
    await signals.stopped;
    await announcing;
    if (signals.isPlanned()) await signals.patiently(server.announceStop());
    return signals.exitStatus();
  } finally {
    await server?.stop();
    await control.stop();
    signals.close();
  }
}

/** Others are served only when nobody can guess the way in. @throws PlainError */
async function refuseExposure(
  settings: Settings,
  operator: OperatorLog,
  patiently: Patiently,
): Promise<void> {
  if (isLoopback(settings.host)) return;
  const { Store, storeOptions } = await import('../store/store.ts');
  const store = await patiently(() =>
    Store.open({
      ...storeOptions(settings),
      onBackup: (backup) => operator.info(words(phrase('store.backup', backup))),
    }),
  );
  try {
    const problem = exposureProblem(settings, await store.repositories.credentials.administratorSetByHand());
    if (problem !== null) throw new PlainError(problem);
  } finally {
    await store.close();
  }
}

/** Says IN_SERVICE when all parts that agents need answer; says what is missing when that takes long, or remains. */
async function announce(
  server: RunningServer,
  operator: OperatorLog,
  terminal: Terminal,
  stopped: Promise<void>,
): Promise<void> {
  let waiting = true;
  void stopped.then(() => {
    waiting = false;
  });
  const clock = systemClock();
  const patienceEnds = clock.monotonic() + READY_PATIENCE_MS;
  let told = false;
  while (waiting) {
    const health = server.health();
    const missing = health.parts.filter(({ ready }) => !ready);
    if (health.ready || (missing.length > 0 && missing.every(({ serviceGoesOn }) => serviceGoesOn))) {
      for (const part of missing) operator.warn(notReady(part));
      terminal.print(`poise: IN_SERVICE ${server.urls.join(' ')}`);
      return;
    }
    if (!told && clock.monotonic() > patienceEnds) {
      told = true;
      for (const part of missing) operator.warn(notReady(part));
    }
    await new Promise<void>((resolve) => {
      const timer = clock.schedule(READY_POLL_MS, resolve);
      void stopped.then(() => {
        timer.cancel();
        resolve();
      });
    });
  }
}

const notReady = ({ name, reason, state }: { name: string; reason?: string; state: string }): string =>
  `The part ${name} is not ready: ${reason ?? state}`;

function statusOf(server: RunningServer | undefined, uptimeSeconds: number): ServerStatus {
  const health = server?.health() ?? { ready: false, parts: [] };
  return {
    version: version(),
    pid: process.pid,
    uptimeSeconds: Math.round(uptimeSeconds),
    ready: health.ready,
    urls: server?.urls ?? [],
    parts: health.parts.map(({ name, state, ready, reason, detail }) => ({
      name,
      state,
      ready,
      ...(reason === undefined ? {} : { reason }),
      ...(detail === undefined ? {} : { detail }),
    })),
  };
}

function benchFrom(given: Arguments, { messages }: Terminal): number | undefined {
  const text = given.value('bench');
  if (text === undefined) return undefined;
  const value = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (value < 1 || value > BENCH_MAX) {
    throw new UsageError(
      say(messages, 'cli.count', { option: '--bench', min: 1, max: BENCH_MAX, value: JSON.stringify(text) }),
    );
  }
  return value;
}

function onlyFrom(given: Arguments, { messages }: Terminal): readonly PartName[] | undefined {
  const names = given
    .values('only')
    .flatMap((text) => text.split(','))
    .map((name) => name.trim());
  if (names.length === 0) return undefined;
  const unknown = names.find((name) => !(PART_NAMES as readonly string[]).includes(name));
  if (unknown !== undefined) {
    throw new UsageError(
      words(
        phrase('parts.unknown', { part: JSON.stringify(unknown), parts: PART_NAMES.join(', ') }),
        messages,
      ),
    );
  }
  return PART_NAMES.filter((name) => names.includes(name));
}
