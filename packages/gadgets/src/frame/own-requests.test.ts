import { expect, test } from 'vitest';
import { OwnRequests } from './own-requests.ts';

const failed = (requestId: string) =>
  JSON.stringify({
    content: '<Update/>',
    object: { Update: { data: { apiErrors: { apiError: {} } }, requestId } },
  });
const changed = (requestId: string) =>
  JSON.stringify({ object: { Update: { data: { dialog: {} }, requestId } } });

test('that a request has failed is told after its answer, all else at once', () => {
  const said: string[] = [];
  const requests = new OwnRequests();
  const deliver = (what: string, payload: string | undefined) =>
    requests.inTurn(payload, () => said.push(what));
  const answered = requests.begin({ 'Content-Type': 'application/xml', requestId: 'one' });
  requests.begin(undefined)();
  requests.begin({ locale: 'en_US' })();
  deliver('failed', failed('one'));
  deliver('failed, of another gadget', failed('two'));
  deliver('changed', changed('one'));
  deliver('nothing', undefined);
  expect(said).toEqual(['failed, of another gadget', 'changed', 'nothing']);
  said.push('answer');
  answered();
  deliver('late', failed('one'));
  expect(said.slice(3)).toEqual(['answer', 'failed', 'late']);
});
