/** Gives commands to the running server of a data directory. */
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { PlainError, phrase } from '../messages/catalogue.ts';
import type { ControlLocation } from './location.ts';
import { LineReader, parseAnswer } from './protocol.ts';

const TIMEOUT_MS = 10_000;

const NOT_RUNNING = 'control.notRunning';
/** Whoever may not look cannot know whether a server runs. */
const NOT_ALLOWED = ['EACCES', 'EPERM'];

/** Whether {@link controlRequest} found nobody there, in contrast to one who refuses or does not answer in time. */
export const isNotRunning = (error: unknown): boolean =>
  error instanceof PlainError && error.said.id === NOT_RUNNING;

/**
 * Sends one command and waits for its answer.
 *
 * @throws PlainError when nothing runs there, the server refuses, or no answer comes in time
 */
export function controlRequest(
  location: ControlLocation,
  command: string,
  argument: Readonly<Record<string, unknown>> = {},
  timeoutMs = TIMEOUT_MS,
): Promise<unknown> {
  const notRunning = (cause?: unknown): PlainError =>
    new PlainError(phrase(NOT_RUNNING, { path: location.data }), { cause });
  const unreachable = (error: unknown): PlainError =>
    NOT_ALLOWED.includes((error as NodeJS.ErrnoException).code ?? '')
      ? new PlainError(phrase('control.notAllowed', { path: location.data }), { cause: error })
      : notRunning(error);
  let token: string;
  try {
    token = readFileSync(location.token, 'utf8').trim();
  } catch (error) {
    return Promise.reject(unreachable(error));
  }
  return new Promise((resolve, reject) => {
    const lines = new LineReader();
    const socket = connect(location.socket);
    const fail = (error: PlainError): void => {
      clearTimeout(timer);
      socket.destroy();
      reject(error);
    };
    const timer = setTimeout(() => {
      fail(new PlainError(phrase('control.timeout', { seconds: Math.ceil(timeoutMs / 1000) })));
    }, timeoutMs);
    socket.setEncoding('utf8');
    socket.on('connect', () => socket.write(`${JSON.stringify({ token, command, arguments: argument })}\n`));
    socket.on('error', (error) => fail(unreachable(error)));
    socket.on('close', () => fail(notRunning()));
    socket.on('data', (chunk: string) => {
      const complete = lines.push(chunk);
      if (complete?.length === 0) return;
      const answer = parseAnswer(complete?.[0] ?? '');
      if (answer?.ok === true) {
        clearTimeout(timer);
        socket.destroy();
        resolve(answer.result);
      } else
        fail(new PlainError(phrase('control.refused', { reason: answer?.error ?? 'it is not a Poise' })));
    });
  });
}
