/** When a running server has to end: signals, the control socket, and errors that nobody caught. */
import type { Clock } from '@poise/clock';
import { say } from '../messages/catalogue.ts';
import { EXIT } from './command.ts';
import type { OperatorLog } from './main-types.ts';
import type { Terminal } from './terminal.ts';

/**
 * What each signal means when the stop is under way already: the exit status, or null when it changes nothing.
 * A hang-up says that the terminal is gone; nobody is there who could be impatient.
 */
const STATUS_WHEN_REPEATED: Readonly<Record<'SIGINT' | 'SIGTERM' | 'SIGHUP', number | null>> = {
  SIGINT: 130,
  SIGTERM: 143,
  SIGHUP: null,
};
type Signal = keyof typeof STATUS_WHEN_REPEATED;
const SIGNALS = Object.keys(STATUS_WHEN_REPEATED) as Signal[];
/**
 * A signal again within this time is the same wish: the terminal signals the whole process group, and npm
 * passes the signal on to its child, so one Ctrl+C arrives twice within milliseconds.
 */
const SAME_WISH_MS = 1000;
/** Uncaught errors within a minute that are too many to go on. */
const ERRORS_MAX = 20;
const ERRORS_WINDOW_MS = 60_000;

export interface SignalWatch {
  /** Resolves when the server has to stop. */
  readonly stopped: Promise<void>;
  /** Asks for the stop. */
  stop(): void;
  /** 0 after an orderly stop, 1 when errors forced it. */
  exitStatus(): number;
  /**
   * Whoever wants the stop has time for it: neither errors forced it, nor does somebody sit at the terminal and wait (SIGINT), nor is that
   * terminal gone (SIGHUP: Windows ends the process soon after).
   */
  isPlanned(): boolean;
  /** Done with what comes before the stop, or when another signal says that nobody waits for it. @param before the stop; never rejects */
  patiently(before: Promise<void>): Promise<void>;
  /** Ends the watch. */
  close(): void;
}

/**
 * The first signal stops the server in order, another one after a second ends the process at once; or what comes before the stop
 * ({@link SignalWatch.patiently}), so that whoever is impatient has an orderly stop first. An error that nobody caught is logged and the server goes on, because the agents of a whole centre hang on it and every part
 * keeps its state to itself; a series of them means that something is broken for good, and stops it.
 */
export function watchSignals(
  terminal: Pick<Terminal, 'messages'>,
  operator: OperatorLog,
  clock: Clock,
): SignalWatch {
  let resolveStopped = (): void => {};
  const stopped = new Promise<void>((resolve) => {
    resolveStopped = resolve;
  });
  /** Monotonic ms of the first signal. */
  let signalledAt: number | undefined;
  let status: number = EXIT.done;
  let isHurried = false;
  let endPatience: (() => void) | undefined;
  let errorTimes: number[] = [];
  const onSignal = (signal: NodeJS.Signals): void => {
    const now = clock.monotonic();
    if (signalledAt !== undefined) {
      const exitStatus = STATUS_WHEN_REPEATED[signal as Signal];
      if (exitStatus === null || now - signalledAt < SAME_WISH_MS) return;
      if (endPatience === undefined) process.exit(exitStatus);
      else {
        signalledAt = now;
        endPatience();
      }
      return;
    }
    signalledAt = now;
    isHurried = signal !== 'SIGTERM';
    operator.info(say(terminal.messages, 'cli.stopping'));
    resolveStopped();
  };
  const onError = (error: unknown): void => {
    operator.error(say(terminal.messages, 'cli.unexpected', { reason: messageOf(error) }), {
      stack: stackOf(error),
    });
    const now = clock.monotonic();
    errorTimes = [...errorTimes.filter((time) => now - time < ERRORS_WINDOW_MS), now];
    if (errorTimes.length < ERRORS_MAX) return;
    status = EXIT.failed;
    resolveStopped();
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  process.on('uncaughtException', onError);
  process.on('unhandledRejection', onError);
  return {
    stopped,
    stop: resolveStopped,
    exitStatus: () => status,
    isPlanned: () => status === EXIT.done && !isHurried,
    patiently: (before) =>
      new Promise((done) => {
        endPatience = () => {
          endPatience = undefined;
          done();
        };
        void before.then(endPatience);
      }),
    close: () => {
      for (const signal of SIGNALS) process.off(signal, onSignal);
      process.off('uncaughtException', onError);
      process.off('unhandledRejection', onError);
    },
  };
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
const stackOf = (error: unknown): string => (error instanceof Error ? (error.stack ?? '') : '');
