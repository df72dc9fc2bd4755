import { beforeEach, describe, expect, it } from 'vitest';
import { CallCentre } from './testing/call-centre.ts';

const CUSTOMER = '5550001111';
const HOME = '5557654321';
let centre: CallCentre;
beforeEach(() => {
  centre = new CallCentre();
});

describe('a mobile agent, call by call', () => {
  beforeEach(() => {
    centre.signInMobile('1001', '201', HOME, 'callByCall');
    centre.ready('1001');
    centre.log();
  });

  it('is called at the phone that was named, and answers there by hand', () => {
    centre.exchange.arrive(CUSTOMER, '7001');
    expect(centre.logOf('delivered')).toEqual(['delivered #1 201 from 5550001111']);
    expect(centre.exchange.orders.find(({ type }) => type === 'offer')).toMatchObject({
      address: HOME,
      kind: 'external',
    });
    expect(centre.answer('201')).toBe('CF INVALID_OBJECT_STATE');
    centre.exchange.pickUp(HOME);
    expect(centre.parties(1)).toBe('5550001111 CONNECT, 201 CONNECT');
    expect(centre.stateOf('1001')).toBe('TALKING');
    centre.drop('201');
    expect(centre.exchange.at(HOME)).toBeUndefined();
  });

  it.each([
    ['noAnswer', 'NOT_READY 50041'],
    ['busy', 'NOT_READY 50041'],
    ['unobtainable', 'LOGOUT 50040'],
    ['failure', 'LOGOUT 50040'],
  ] as const)('whose phone ends with %s is %s, and the caller waits again', (cause, state) => {
    centre.exchange.silent.add(HOME);
    centre.exchange.arrive(CUSTOMER, '7001');
    centre.exchange.hangUp(HOME, cause);
    expect(centre.stateOf('1001')).toBe(state);
    expect(centre.parties(1)).toBe('5550001111 INITIATE, 7001 QUEUED');
  });

  it('dials by being called first', () => {
    centre.exchange.silent.add(HOME);
    expect(centre.make('201', CUSTOMER, { belligerent: true })).toBe('ok');
    expect(centre.parties(1)).toBe('201 INITIATE');
    centre.exchange.pickUp(HOME);
    expect(centre.parties(1)).toBe('201 INITIATE, 5550001111 ALERTING');
  });
});

describe('a mobile agent with a nailed connection', () => {
  it('can be given calls once the line stands', () => {
    centre.signInMobile('1001', '201', HOME, 'nailed');
    centre.ready('1001');
    centre.exchange.arrive(CUSTOMER, '7001');
    expect(centre.parties(1)).toBe('5550001111 INITIATE, 7001 QUEUED');
    expect(centre.exchange.at(HOME)).toMatchObject({ purpose: 'nailed', up: false });
    centre.log();
    centre.exchange.pickUp(HOME);
    expect(centre.logOf('preCall', 'delivered')).toEqual([
      'preCall #1 1001',
      'delivered #1 201 from 5550001111',
    ]);
    expect(centre.answer('201')).toBe('ok');
    expect(centre.exchange.at(HOME)?.hears).toBe('call 101');
    centre.exchange.hangUp(CUSTOMER);
    expect(centre.exchange.at(HOME)).toMatchObject({ up: true, hears: 'silence' });
    expect(centre.stateOf('1001')).toBe('AVAILABLE');
    expect(centre.exchange.legs.size).toBe(1);
  });

  it('dials over the line that stands', () => {
    centre.signInMobile('1001', '201', HOME, 'nailed');
    expect(centre.make('201', CUSTOMER)).toBe('CF RESOURCE_OUT_OF_SERVICE');
    centre.exchange.pickUp(HOME);
    expect(centre.make('201', CUSTOMER)).toBe('ok');
    centre.exchange.pickUp(CUSTOMER);
    expect(centre.exchange.at(HOME)?.hears).toBe('call 101');
    centre.drop('201');
    expect(centre.exchange.legs.size).toBe(1);
  });

  it('does not answer in time like anybody else', () => {
    centre.signInMobile('1001', '201', HOME, 'nailed');
    centre.exchange.pickUp(HOME);
    centre.ready('1001');
    centre.exchange.arrive(CUSTOMER, '7001');
    centre.clock.advance(15_000);
    expect(centre.stateOf('1001')).toBe('NOT_READY 50041');
    expect(centre.exchange.at(HOME)?.up).toBe(true);
  });

  it('is signed out when the line is lost, in a call too', () => {
    centre.signInMobile('1001', '201', HOME, 'nailed');
    centre.exchange.pickUp(HOME);
    centre.ready('1001');
    centre.exchange.arrive(CUSTOMER, '7001');
    centre.answer('201');
    centre.log();
    centre.exchange.hangUp(HOME);
    expect(centre.log()).toEqual([
      'left #1 201',
      'left #1 5550001111',
      'cleared #1 201,5550001111',
      '1001 LOGOUT 50042',
      'end #1 201',
    ]);
    expect(centre.exchange.legs.size).toBe(0);
  });

  it('is not ready when the phone was busy, and the next attempt is to become ready', () => {
    centre.signInMobile('1001', '201', HOME, 'nailed');
    centre.exchange.hangUp(HOME, 'busy');
    expect(centre.stateOf('1001')).toBe('NOT_READY 50041');
    centre.ready('1001');
    centre.exchange.pickUp(HOME);
    centre.exchange.arrive(CUSTOMER, '7001');
    expect(centre.stateOf('1001')).toBe('RESERVED');
  });

  it('is signed out when the number cannot be reached', () => {
    centre.signInMobile('1001', '201', HOME, 'nailed');
    centre.exchange.hangUp(HOME, 'unobtainable');
    expect(centre.stateOf('1001')).toBe('LOGOUT 50040');
  });

  it('lets the line go when signing out or moving to a phone', () => {
    centre.signInMobile('1001', '201', HOME, 'nailed');
    centre.exchange.pickUp(HOME);
    expect(centre.signOut('1001')).toBe('ok');
    expect(centre.exchange.legs.size).toBe(0);
    centre.signInMobile('1001', '201', HOME, 'nailed');
    centre.exchange.pickUp(HOME);
    centre.signIn('1001', '202');
    expect(centre.exchange.legs.size).toBe(0);
    centre.ready('1001');
    centre.exchange.arrive(CUSTOMER, '7001');
    expect(centre.parties(1)).toBe('5550001111 INITIATE, 202 ALERTING');
  });
});
