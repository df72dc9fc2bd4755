/** The prompt as somebody types at it, over streams in the place of a terminal. */
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LineEditor } from './line-editor.ts';

let input: PassThrough & { isTTY?: boolean };
let output: PassThrough;
let shown: string;
let interrupts: number;
let editor: LineEditor;

beforeEach(() => {
  input = new PassThrough();
  output = new PassThrough();
  shown = '';
  interrupts = 0;
  output.on('data', (chunk) => {
    shown += String(chunk);
  });
  editor = new LineEditor({
    input,
    output,
    complete: (line) => [['utils '].filter((word) => word.startsWith(line)), line],
    help: (line) => [`help for ${JSON.stringify(line)}`],
    interrupted: () => {
      interrupts++;
    },
  });
});
afterEach(() => editor.close());

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
async function type(...keys: string[]): Promise<void> {
  for (const key of keys) {
    input.write(key);
    await turn();
  }
}

test('takes a line, and the Tab key completes it', async () => {
  const line = editor.command('admin:');
  await type('u', 't', '\t', 'x', '\r');
  expect(await line).toBe('utils x');
  expect(shown).toContain('admin:');
});

test('loses none of several lines that come at once', async () => {
  const first = editor.command('admin:');
  await type('one\rtwo\rthree\r');
  expect(await first).toBe('one');
  expect(await editor.command('admin:')).toBe('two');
  expect(await editor.answer('sure? ')).toBe('three');
});

test('a question mark of its own shows help and leaves the line as it was', async () => {
  const line = editor.command('admin:');
  await type('u', ' ', '?');
  expect(shown).toContain('help for "u "');
  await type('y', '\r');
  expect(await line).toBe('u y');
});

test('a question mark in a pattern is a letter', async () => {
  const line = editor.command('admin:');
  await type('a', '?', ' ', '"', ' ', '?', '"', '\r');
  expect(await line).toBe('a? " ?"');
  expect(shown).not.toContain('help for');
});

test('history has commands, not answers', async () => {
  const first = editor.command('admin:');
  await type('first', '\r');
  await first;
  const answer = editor.answer('sure? ');
  await type('yes', '\r');
  expect(await answer).toBe('yes');
  const again = editor.command('admin:');
  await type('\x1b[A', '\r');
  expect(await again).toBe('first');
});

test('a letter of the menu is an answer at once', async () => {
  const answer = editor.answer('options: ', 'nq');
  await type('n');
  expect(await answer).toBe('n');
});

test('Ctrl+C empties the line, refuses a question, and stops what runs', async () => {
  const line = editor.command('admin:');
  await type('abc', '\x03', 'd', '\r');
  expect(await line).toBe('d');
  await type('\x03');
  expect(interrupts).toBe(1);
  const answer = editor.answer('sure? ');
  await type('\x03');
  expect(await answer).toBeNull();
});

test('the end of input ends it', async () => {
  const line = editor.command('admin:');
  await type('\x04');
  expect(await line).toBeNull();
  expect(await editor.command('admin:')).toBeNull();
});

test('a secret is taken without being shown, and is not among what was typed', async () => {
  const secret = editor.secret('Password: ');
  await type('s', '3', 'c', '?', '\r');
  expect(await secret).toBe('s3c?');
  expect(shown).toContain('Password: ');
  expect(shown.endsWith('\n')).toBe(true);
  expect(shown.slice(shown.indexOf('Password: ') + 10)).not.toMatch(/[sc*?]|help/);
  const line = editor.command('admin:');
  await type('x', '\r');
  expect(await line).toBe('x');
  expect(shown).toContain('x');
  const again = editor.command('admin:');
  await type('\x1b[A', '\x1b[A', '\r');
  expect(await again).not.toContain('s');
});

test('a secret that came early is not shown either, and Ctrl+C refuses to give one', async () => {
  const first = editor.command('admin:');
  await type('file get\rs3cret\r');
  expect(await first).toBe('file get');
  expect(await editor.secret('Password: ')).toBe('s3cret');
  const secret = editor.secret('Password: ');
  await type('abc', '\x03');
  expect(await secret).toBe(null);
  expect(shown.slice(shown.indexOf('Password: '))).not.toMatch(/s3cret|abc/);
});
