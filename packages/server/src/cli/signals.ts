/** When a running server has to end: signals, the control socket, and errors that nobody caught. */
import { say } from '../messages/catalogue.ts';
import { EXIT } from './command.ts';
import type { OperatorLog } from './main-types.ts';
import type { Terminal } from './terminal.ts';

const SIGNALS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM'];
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
  /** Ends the watch. */
  close(): void;
}

/**
 * The first signal stops the server in order, the second ends the process at once. An error that nobody
 * caught is logged and the server goes on, because the agents of a whole centre hang on it and every part
 * keeps its state to itself; a series of them means that something is broken for good, and stops it.
 */
export function watchSignals(terminal: Terminal, operator: OperatorLog): SignalWatch {
  let resolveStopped = (): void => {};
  const stopped = new Promise<void>((resolve) => {
    resolveStopped = resolve;
  });
  let signalled = false;
  let status: number = EXIT.done;
  let errorTimes: number[] = [];
  const onSignal = (signal: NodeJS.Signals): void => {
    if (signalled) process.exit(signal === 'SIGINT' ? 130 : 143);
    signalled = true;
    operator.info(say(terminal.messages, 'cli.stopping'));
    resolveStopped();
  };
  const onError = (error: unknown): void => {
    operator.error(say(terminal.messages, 'cli.unexpected', { reason: messageOf(error) }), {
      stack: stackOf(error),
    });
    const now = Date.now();
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
    close: () => {
      for (const signal of SIGNALS) process.off(signal, onSignal);
      process.off('uncaughtException', onError);
      process.off('unhandledRejection', onError);
    },
  };
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
const stackOf = (error: unknown): string => (error instanceof Error ? (error.stack ?? '') : '');
