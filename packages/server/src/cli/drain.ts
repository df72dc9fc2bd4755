/**
 * `poise drain`: empties the running server of its desktops, and follows that until it is over, so that a script can stop the server
 * next. On top of the maintenance mode (docs/presence.md), which goes on by itself: this command only watches, and ends it when it is
 * interrupted.
 */
import { type Clock, systemClock } from '@poise/clock';
import { say } from '../messages/catalogue.ts';
import type { MaintenanceAnswer } from '../parts/maintenance-commands.ts';
import { type Arguments, EXIT } from './command.ts';
import { ask, stop } from './control.ts';
import type { Terminal } from './terminal.ts';

/** Exit statuses beside those of every command. */
export const DRAIN_EXIT = {
  /** Desktops are left: the limit was reached, or somebody else ended the mode. The server works on. */
  left: 3,
  /** Interrupted, and the mode ended: 128 and the number of SIGINT, as shells have it. */
  interrupted: 130,
} as const;

/** Between two looks, ms. */
const LOOK_MS = 1_000;

/** What the command needs besides the server. Handed in, so that tests need neither time nor signals. */
export interface DrainSurroundings {
  readonly clock: Clock;
  /** Calls back when somebody interrupts the command. @returns the function that ends the watch */
  readonly onInterrupt: (interrupted: () => void) => () => void;
  /** Gives a command to the running server. */
  readonly ask: (command: 'maintenance.start' | 'maintenance.status' | 'maintenance.end') => Promise<unknown>;
  /** Stops it. @returns an exit status */
  readonly stop: () => Promise<number>;
}

function processSurroundings(given: Arguments, terminal: Terminal): DrainSurroundings {
  return {
    // While it waits, nothing else keeps the process running.
    clock: systemClock({ keepAlive: true }),
    onInterrupt: (interrupted) => {
      const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
      for (const signal of signals) process.on(signal, interrupted);
      return () => {
        for (const signal of signals) process.off(signal, interrupted);
      };
    },
    ask: (command) => ask(command, given, terminal),
    stop: () => stop(given, terminal),
  };
}

/**
 * Begins the maintenance mode, or joins the one that is on, and prints a line whenever something has changed.
 *
 * @returns 0: no desktop is left (and with `--stop` the server is stopped); {@link DRAIN_EXIT} otherwise
 * @throws PlainError when the server does not run, or ends meanwhile
 */
export async function drain(
  given: Arguments,
  terminal: Terminal,
  surroundings: DrainSurroundings = processSurroundings(given, terminal),
): Promise<number> {
  const { clock } = surroundings;
  let isInterrupted = false;
  let wake = (): void => {};
  const unwatch = surroundings.onInterrupt(() => {
    isInterrupted = true;
    wake();
  });
  const pause = () =>
    new Promise<void>((done) => {
      const timer = clock.schedule(LOOK_MS, done);
      wake = () => {
        timer.cancel();
        done();
      };
    });
  const print = progress(given, terminal);
  try {
    const before = (await surroundings.ask('maintenance.status')) as MaintenanceAnswer;
    let answer =
      before.mode === null ? ((await surroundings.ask('maintenance.start')) as MaintenanceAnswer) : before;
    print(answer);
    while (!isInterrupted && answer.mode !== null && answer.report?.status === 'IN_PROGRESS') {
      await pause();
      if (isInterrupted) break;
      answer = (await surroundings.ask('maintenance.status')) as MaintenanceAnswer;
      print(answer);
    }
    if (answer.mode !== null && answer.report?.status === 'COMPLETED')
      return given.flags.has('stop') ? await surroundings.stop() : EXIT.done;
    if (!isInterrupted) return DRAIN_EXIT.left;
    print((await surroundings.ask('maintenance.end')) as MaintenanceAnswer);
    return DRAIN_EXIT.interrupted;
  } finally {
    unwatch();
  }
}

/** Prints what is new: with `--json` whole answers, else sentences. */
function progress(given: Arguments, terminal: Terminal): (answer: MaintenanceAnswer) => void {
  const isJson = given.flags.has('json');
  let last = '';
  let hasTakers = true;
  return (answer) => {
    const { mode, report, takers } = answer;
    // They stay for now, and the command waits: whoever called it should know why.
    const isStuck = takers === 0 && report?.status === 'IN_PROGRESS' && report.connected.desktop > 0;
    if (isStuck && hasTakers && !isJson) terminal.print(say(terminal.messages, 'cli.drainNobody'));
    hasTakers = !isStuck;
    // The time at which it may be over moves on with the clock; that is no news.
    const news = isJson
      ? JSON.stringify([mode, report?.status, report?.connected, takers])
      : sentence(answer, terminal);
    if (news === last) return;
    last = news;
    terminal.print(isJson ? JSON.stringify({ mode, ...report, takers }) : news);
  };
}

function sentence({ mode, report }: MaintenanceAnswer, { messages }: Terminal): string {
  const desktops = report?.connected.desktop ?? 0;
  if (mode === null) return say(messages, 'cli.drainLeft', { desktops });
  if (report?.status === 'COMPLETED') return say(messages, 'cli.drainDone', { programs: programsOf(report) });
  return say(messages, mode === 'INITIATING' ? 'cli.drainAnnounced' : 'cli.drainRuns', { desktops });
}

/** Programs that are no desktops are neither moved nor waited for, but whoever stops the server should know of them. */
function programsOf({ connected }: NonNullable<MaintenanceAnswer['report']>): number {
  return connected.fippa + connected.thirdparty;
}
