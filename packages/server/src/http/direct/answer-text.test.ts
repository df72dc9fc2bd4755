import { answerHeaders } from '@poise/xmpp';
import { expect, test } from 'vitest';
import { AnswerText } from './answer-text.ts';

const ORIGIN = 'Vary: Origin\r\nAccess-Control-Allow-Origin: https://desk.example\r\n';

test('the head of an answer with a body is the same whatever was answered before it', () => {
  let nowMs = Date.UTC(2026, 0, 1);
  const answers = new AnswerText(() => nowMs, 30_000);
  const requests: Array<[bytes: number, first: string, passedMs: number]> = [
    [57, '', 0],
    [57, '', 999],
    [57, '', 1],
    [57, ORIGIN, 0],
    [57, '', 0],
    [1_900, '', 0],
    [57, '', 0],
    [57, '', -3_600_000],
  ];
  for (const [bytes, first, passedMs] of requests) {
    nowMs += passedMs;
    const head = answers.bodyHead(first, bytes);
    expect(head).toBe(new AnswerText(() => nowMs, 30_000).head(200, first, answerHeaders(bytes)));
    expect(head).toContain(`\r\nContent-Length: ${bytes}\r\n`);
    expect(head).toContain(`\r\nDate: ${new Date(nowMs).toUTCString()}\r\n`);
    expect(head.startsWith(`HTTP/1.1 200 OK\r\n${first}Content-Type: `)).toBe(true);
  }
});
