/** localhost_access_log: one line per HTTP exchange on any listener. */
import type { Happening } from '../happenings.ts';
import { escapeField } from './escape.ts';

/** `<remote ip> <remote host> <user or -> - <local port> <METHOD> <uri> HTTP/1.1 <status> <bytes or -> <ms>` */
export function accessLine(happening: Happening<'http.access'>): string {
  const { remoteAddress, user, port, method, uri, status, bytes, elapsedMs } = happening;
  const remote = escapeField(remoteAddress);
  const size = bytes === null || bytes === 0 ? '-' : bytes;
  return `${remote} ${remote} ${escapeField(user)} - ${port} ${escapeField(method)} ${escapeField(uri)} HTTP/1.1 ${status} ${size} ${Math.round(elapsedMs)}`;
}
