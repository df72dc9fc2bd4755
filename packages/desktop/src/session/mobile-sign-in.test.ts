import { expect, it } from 'vitest';
import { fetchMobileOffer, isDialable, mobileAgentOf, NOT_MOBILE, readMobile } from './mobile-sign-in.ts';

it('what the browser kept is read with care', () => {
  const kept = { isOn: true, mode: 'NAILED_CONNECTION', dialNumber: '0049' };
  expect(readMobile(kept)).toEqual(kept);
  expect(readMobile({ isOn: 'yes', mode: 'x', dialNumber: 5 })).toEqual(NOT_MOBILE);
  expect(readMobile(undefined)).toEqual(NOT_MOBILE);
});

it('the server is told of a phone only where there is one', () => {
  expect(mobileAgentOf({ isOn: true, mode: 'CALL_BY_CALL', dialNumber: ' 0049 ' })).toEqual({
    mode: 'CALL_BY_CALL',
    dialNumber: '0049',
  });
  expect(mobileAgentOf({ ...NOT_MOBILE, dialNumber: '0049' })).toBeNull();
});

it('it is offered unless the server says that it is not', async () => {
  const offer = (answer: () => Response) => fetchMobileOffer(async () => answer());
  expect(await offer(() => Response.json({ enableMobileAgentLogin: false }))).toBe(false);
  expect(await offer(() => Response.json({ enableMobileAgentLogin: true }))).toBe(true);
  expect(await offer(() => Response.json(null))).toBe(true);
  expect(await offer(() => new Response('<html>', { status: 404 }))).toBe(true);
  expect(
    await offer(() => {
      throw new TypeError('no network');
    }),
  ).toBe(true);
});

it.each<[string, boolean]>([
  ['0049 (30) 123-456', true],
  ['+49 30/123.456', true],
  ['9,,15551234#', true],
  ['', false],
  ['+', false],
  ['15+55', false],
  ['home', false],
  ['555-HOME', false],
  ['15551234;ext=3', false],
])('whether %s can be dialled: %s', (number, can) => {
  expect(isDialable(number)).toBe(can);
});
