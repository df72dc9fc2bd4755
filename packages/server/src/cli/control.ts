/** `poise status` and `poise stop`: talk to the running server of a data directory. */
import { controlRequest } from '../control/client.ts';
import { type ControlRole, controlLocation } from '../control/location.ts';
import { processIsAlive } from '../control/lock.ts';
import { PlainError, say } from '../messages/catalogue.ts';
import { formatDuration } from '../settings/parsers.ts';
import { type Arguments, EXIT } from './command.ts';
import { settingsFrom } from './settings-arguments.ts';
import type { Terminal } from './terminal.ts';

/** What `status` answers over the control socket. */
export interface ServerStatus {
  readonly version: string;
  readonly pid: number;
  readonly uptimeSeconds: number;
  readonly ready: boolean;
  readonly urls: readonly string[];
  readonly parts: ReadonlyArray<{
    readonly name: string;
    readonly state: string;
    readonly ready: boolean;
    readonly reason?: string;
    /** What the part tells of itself: those who run, figures. */
    readonly detail?: Readonly<Record<string, unknown>>;
  }>;
}

/** What `stop` answers over the control socket. */
export interface StopAnswer {
  /** With `ifEmpty`: desktops that are here, so that the server works on; else 0. */
  readonly desktops: number;
}

/**
 * Sends a command to what runs with the data directory: to the first of these, or to the other one when only
 * that runs.
 */
export async function ask(
  command: string,
  given: Arguments,
  terminal: Terminal,
  argument: Readonly<Record<string, unknown>> = {},
  [first, other]: readonly [ControlRole, ControlRole] = ['server', 'cti'],
  timeoutMs?: number,
): Promise<unknown> {
  const { settings } = await settingsFrom(given, terminal);
  try {
    return await controlRequest(controlLocation(settings.data, first), command, argument, timeoutMs);
  } catch (error) {
    if (!(error instanceof PlainError) || error.said.id !== 'control.notRunning') throw error;
    return controlRequest(controlLocation(settings.data, other), command, argument, timeoutMs);
  }
}

/** Exit status 0 when every part is ready, with `--alive` when the process answers however its parts are; else 1. */
export async function status(given: Arguments, terminal: Terminal): Promise<number> {
  const answer = (await ask('status', given, terminal)) as ServerStatus;
  if (given.flags.has('json')) terminal.print(JSON.stringify(answer));
  else {
    const { version, pid } = answer;
    const uptime = formatDuration(Math.round(answer.uptimeSeconds) * 1000);
    terminal.print(say(terminal.messages, 'cli.status', { version, pid, uptime }));
    for (const part of answer.parts) {
      terminal.print(
        `  ${part.name.padEnd(14)} ${part.ready ? 'ready' : `${part.state}${part.reason === undefined ? '' : `: ${part.reason}`}`}`,
      );
    }
    for (const url of answer.urls) terminal.print(`  ${url}`);
  }
  return answer.ready || given.flags.has('alive') ? EXIT.done : EXIT.failed;
}

/** How long a server that has said goodbye may take until its process has ended, ms; as the units of systemd allow. */
const END_MAX_MS = 30_000;
/** How long it may take to tell monitoring, and to say goodbye, ms. */
const STOP_ANSWER_MAX_MS = 30_000;
const END_POLL_MS = 50;

/** Done when the process has ended, too, so that whoever waits for the command may start the next one. */
export async function stop(given: Arguments, terminal: Terminal): Promise<number> {
  const { pid } = (await ask('status', given, terminal)) as ServerStatus;
  await askStop(false, given, terminal);
  return untilEnded(pid, terminal);
}

/**
 * The same where no desktop is connected at the moment at which the server would stop.
 * @returns null: there is one, and the server works on
 */
export async function stopIfEmpty(given: Arguments, terminal: Terminal): Promise<number | null> {
  const { pid } = (await ask('status', given, terminal)) as ServerStatus;
  const { desktops } = await askStop(true, given, terminal);
  return desktops > 0 ? null : untilEnded(pid, terminal);
}

const askStop = async (ifEmpty: boolean, given: Arguments, terminal: Terminal): Promise<StopAnswer> =>
  (await ask('stop', given, terminal, { ifEmpty }, undefined, STOP_ANSWER_MAX_MS)) as StopAnswer;

/** The second half of {@link stop}, also where somebody else has said the word. @param pid of the server */
export async function untilEnded(pid: number, terminal: Terminal): Promise<number> {
  for (
    let waited = 0;
    waited < END_MAX_MS && pid !== process.pid && processIsAlive(pid);
    waited += END_POLL_MS
  )
    await new Promise((done) => setTimeout(done, END_POLL_MS));
  terminal.print(say(terminal.messages, 'cli.stopped'));
  return EXIT.done;
}
