/** `show open ports …`: sockets that listen, one line each as `lsof` prints them (admin.md 3; the columns are unconfirmed there). */
import { phrase } from '../../../messages/catalogue.ts';
import { boundedRegExp } from '../bounded-regexp.ts';
import type { OpenPort } from '../machine.ts';
import { refusal, type Shell } from '../shell.ts';

/** process, pid, user, fd, type, device, size, node, name. */
export const portLines = (ports: readonly OpenPort[]): readonly string[] =>
  [...ports]
    .sort((a, b) => a.port - b.port || a.family.localeCompare(b.family) || a.pid - b.pid)
    .map(({ process, pid, user, fd, family, device, address, port }) =>
      [
        process.padEnd(10),
        String(pid || '-').padStart(7),
        user.padEnd(10),
        (pid === 0 ? '-' : `${fd}u`).padStart(5),
        family,
        device.padStart(10),
        '0t0',
        'TCP',
        `${address}:${port} (LISTEN)`,
      ].join(' '),
    );

export async function openPorts(shell: Shell, expression?: string): Promise<void> {
  const pattern = expression === undefined ? undefined : boundedRegExp(expression);
  shell.print('Executing.. please wait.');
  const ports = shell.machine.openPorts();
  if (ports !== null) {
    show(portLines(ports));
    return;
  }
  // Another system than Linux: its own program, whose lines are the model of ours.
  const answer = await shell.machine.program('lsof', ['-nP', '-iTCP', '-sTCP:LISTEN']);
  if (answer === null) throw refusal(phrase('shell.noPorts'));
  show(
    answer.out
      .split('\n')
      .slice(1)
      .filter((line) => line !== ''),
  );

  function show(lines: readonly string[]): void {
    const matches = pattern?.matches(lines);
    for (const [index, line] of lines.entries()) if (matches?.[index] !== false) shell.print(line);
  }
}
