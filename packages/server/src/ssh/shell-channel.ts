/** One channel of SSH and the process of the command line behind it. */
import type { Readable, Writable } from 'node:stream';
import type { ServerChannel } from 'ssh2';

/** What is used of a child process. */
export interface ShellProcess {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  kill(): void;
  /** Called once with the exit status. */
  onEnd(listener: (status: number) => void): void;
}

/**
 * @param terminal the client has a terminal in raw mode: a line feed alone would not lead to the first column
 * @param active something came or went
 * @param ended the process is gone
 */
export function serve(
  channel: ServerChannel,
  shell: ShellProcess,
  terminal: boolean,
  active: () => void,
  ended: () => void,
): void {
  for (const stream of [channel, shell.stdin, shell.stdout, shell.stderr]) stream.on('error', () => {});
  channel.on('data', active);
  channel.pipe(shell.stdin);
  // Whoever is gone needs no answer; a command that was begun for him ends.
  channel.on('close', () => shell.kill());
  follow(shell.stdout, channel, terminal, active);
  follow(shell.stderr, terminal ? channel : channel.stderr, terminal, active);
  shell.onEnd((status) => {
    ended();
    channel.exit(status);
    channel.end();
  });
}

/** Text as it comes, no faster than it is taken. */
function follow(from: Readable, to: Writable, terminal: boolean, active: () => void): void {
  from.setEncoding('utf8');
  let last = '';
  from.on('data', (text: string) => {
    active();
    const written = terminal ? `${last}${text}`.replace(/(?<!\r)\n/g, '\r\n').slice(last.length) : text;
    last = text.slice(-1) === '\r' ? '\r' : '';
    if (to.write(written)) return;
    from.pause();
    to.once('drain', () => from.resume());
  });
}
