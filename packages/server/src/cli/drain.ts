/**
 * `poise drain`: empties the running server of its desktops, and follows that until it is over, so that a script can stop the server
 * next. On top of the maintenance mode (docs/presence.md), which goes on by itself: this command only watches, and ends it when it is
 * interrupted.
 */
import { type Clock, systemClock } from '@poise/clock';
import { isNotRunning } from '../control/client.ts';
import { say } from '../messages/catalogue.ts';
import type { MaintenanceAnswer } from '../parts/maintenance-commands.ts';
import { type Arguments, EXIT } from './command.ts';
import { ask, type ServerStatus, stopIfEmpty, untilEnded } from './control.ts';
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
/** Whoever follows the same mode shall have seen that no desktop is left before the server is gone, ms. */
const SEEN_MS = 2 * LOOK_MS;

/** What the command needs besides the server. Handed in, so that tests need neither time nor signals. */
export interface DrainSurroundings {
  readonly clock: Clock;
  /** Calls back when somebody interrupts the command. @returns the function that ends the watch */
  readonly onInterrupt: (interrupted: () => void) => () => void;
  /** Gives a command to the running server. */
  readonly ask: (command: 'maintenance.start' | 'maintenance.status' | 'maintenance.end') => Promise<unknown>;
  /** Stops it where no desktop is connected at that moment. @returns an exit status; null: there is one, and it works on */
  readonly stop: () => Promise<number | null>;
  /** Waits until the server has ended that ran when the command began. */
  readonly ended: () => Promise<number>;
}

function processSurroundings(given: Arguments, terminal: Terminal): DrainSurroundings {
  let pid: number | undefined;
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
    ask: async (command) => {
      pid ??= ((await ask('status', given, terminal)) as ServerStatus).pid;
      return ask(command, given, terminal);
    },
    stop: () => stopIfEmpty(given, terminal),
    // Without a number it has never been asked, and so was not there.
    ended: () => untilEnded(pid ?? process.pid, terminal),
  };
}

/**
 * Begins the maintenance mode, or joins the one that is on, and prints a line whenever something has changed.
 *
 * Several at once follow the same mode; with `--stop` one of them stops the server, and the others have what they wanted.
 *
 * @returns 0: no desktop is left (and with `--stop` the server is stopped); {@link DRAIN_EXIT} otherwise
 * @throws PlainError when the server does not run, or ends while desktops are left
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
  const pause = (ms: number) =>
    new Promise<void>((done) => {
      const timer = clock.schedule(ms, done);
      wake = () => {
        timer.cancel();
        done();
      };
    });
  const print = progress(given, terminal);
  try {
    const stops = given.flags.has('stop');
    while (!isInterrupted) {
      let answer = await begun(surroundings);
      print(answer);
      while (!isInterrupted && answer.mode !== null && answer.report?.status === 'IN_PROGRESS') {
        await pause(LOOK_MS);
        if (isInterrupted) break;
        try {
          answer = (await surroundings.ask('maintenance.status')) as MaintenanceAnswer;
        } catch (error) {
          // Another command has stopped it, which saw no desktop either.
          if (stops && isNotRunning(error) && answer.report?.connected.desktop === 0)
            return await surroundings.ended();
          throw error;
        }
        print(answer);
      }
      if (isInterrupted) break;
      if (answer.mode === null || answer.report?.status !== 'COMPLETED') return DRAIN_EXIT.left;
      if (!stops) return EXIT.done;
      await pause(SEEN_MS);
      if (isInterrupted) break;
      const status = await stopped(surroundings);
      if (status !== null) return status;
      // A desktop has come since the last look: it is waited for like those before.
    }
    print((await surroundings.ask('maintenance.end')) as MaintenanceAnswer);
    return DRAIN_EXIT.interrupted;
  } finally {
    unwatch();
  }
}

/** The mode begins, also for desktops that have come since it was empty; or it is on, because another command has begun it. */
async function begun({ ask }: DrainSurroundings): Promise<MaintenanceAnswer> {
  try {
    return (await ask('maintenance.start')) as MaintenanceAnswer;
  } catch (error) {
    const on = isNotRunning(error) ? null : ((await ask('maintenance.status')) as MaintenanceAnswer);
    if (on === null || on.mode === null) throw error;
    return on;
  }
}

/** Stops the server, if nobody else has at this moment. */
async function stopped({ stop, ended }: DrainSurroundings): Promise<number | null> {
  try {
    return await stop();
  } catch (error) {
    if (!isNotRunning(error)) throw error;
    return ended();
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
  if (mode === 'IN_PROGRESS') return say(messages, 'cli.drainRuns', { desktops });
  return desktops === 0 ? say(messages, 'cli.drainIdle') : say(messages, 'cli.drainAnnounced', { desktops });
}

/** Programs that are no desktops are neither moved nor waited for, but whoever stops the server should know of them. */
function programsOf({ connected }: NonNullable<MaintenanceAnswer['report']>): number {
  return connected.fippa + connected.thirdparty;
}
