/** Files of the notification service: `YYYY.MM.DD hh:mm:ss <text>`. */
import type { Happening } from '../happenings.ts';
import { escapeXmlLines } from './escape.ts';
import type { Timestamps } from './timestamps.ts';

export function openfireLine(text: string, atMs: number, times: Timestamps): string {
  return `${times.openfire(atMs)} ${escapeXmlLines(text)}`;
}

/**
 * The HTTP wire log of 9.1: the notification service asks REST for the user who signs in, with the user's
 * own credentials. Ours asks inside the process; the lines are those of the exchange that it stands for,
 * with credentials and cookie values masked. The status line comes twice, as in the original.
 */
export function wireLines(happening: Happening<'notification.wire'>): string[] {
  const { user, body } = happening;
  const path = `/finesse/api/User/${user}`;
  const sent = [
    'Authorization: Basic ***',
    'User-Agent: Jakarta Commons-HttpClient/3.1',
    'Host: localhost:8080',
    '',
  ];
  const received = ['HTTP/1.1 200 OK', 'HTTP/1.1 200 OK', 'Pragma: No-cache', 'Cache-Control: no-cache'];
  const lines = body.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return [
    `>> "GET ${path} HTTP/1.1[\\r][\\n]"`,
    'Adding Host request header',
    ...sent.map((line) => `>>"${line}[\\r][\\n]"`),
    ...received.map((line) => `<<"${line}[\\r][\\n]"`),
    'Cookie accepted: "$Version=0; JSESSIONIDSSO=***; $Path=/"',
    'Cookie accepted: "$Version=0; JSESSIONID=***; $Path=/finesse"',
    'Buffering response body',
    ...lines.map((line, i) => `<<"${line}${i < lines.length - 1 ? '[\\n]' : ''}"`),
  ];
}
