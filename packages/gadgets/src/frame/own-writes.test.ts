import { expect, test } from 'vitest';
import { type RequestingFrame, watchWrites } from './own-writes.ts';

function frame() {
  const said: string[] = [];
  let answer = (): void => {};
  class FakeXhr extends EventTarget {
    open(method: string, url: string, isAsync: boolean): void {
      said.push(`open ${method} ${url} ${isAsync}`);
    }
  }
  const made = {
    Request,
    XMLHttpRequest: FakeXhr,
    fetch: (input: RequestInfo | URL) => {
      said.push(`fetch ${input instanceof Request ? input.url : String(input)}`);
      return new Promise<Response>((done) => {
        answer = () => done(new Response('answer'));
      });
    },
  } as unknown as RequestingFrame;
  watchWrites(made, () => said.push('changed'));
  const xhr = () => new (made.XMLHttpRequest as unknown as new () => FakeXhr)();
  return { said, made, xhr, answer: () => answer() };
}

test('writes by XMLHttpRequest are told when they begin and when they have ended', () => {
  const { said, xhr } = frame();
  const write = xhr();
  write.open('PUT', '/finesse/api/User/1001', true);
  write.dispatchEvent(new Event('loadstart'));
  write.dispatchEvent(new Event('loadend'));
  const read = xhr();
  read.open('get', '/finesse/api/User/1001', true);
  read.dispatchEvent(new Event('loadstart'));
  read.dispatchEvent(new Event('loadend'));
  expect(said).toEqual([
    'open PUT /finesse/api/User/1001 true',
    'changed',
    'changed',
    'open get /finesse/api/User/1001 true',
  ]);
});

test('writes by fetch likewise, and their answers are the gadget’s', async () => {
  const { said, made, answer } = frame();
  const asked = made.fetch('/finesse/api/User/1001', { method: 'put' });
  expect(said).toEqual(['fetch /finesse/api/User/1001', 'changed']);
  answer();
  expect(await (await asked).text()).toBe('answer');
  expect(said.at(-1)).toBe('changed');
  said.length = 0;
  void made.fetch(new Request('http://localhost/a', { method: 'DELETE' }));
  void made.fetch('/finesse/api/User/1001');
  void made.fetch(new URL('http://localhost/b'), { method: 'HEAD' });
  expect(said).toEqual([
    'fetch http://localhost/a',
    'changed',
    'fetch /finesse/api/User/1001',
    'fetch http://localhost/b',
  ]);
});
