import { beforeEach, describe, expect, it } from 'vitest';
import type { OutboundContact, OutboundMode } from './outbound.ts';
import { CallCentre } from './testing/call-centre.ts';

const CUSTOMER = '5550001111';
const contact = (mode: OutboundMode): OutboundContact => ({
  mode,
  number: CUSTOMER,
  campaign: 'Spring',
  account: 'A-7',
  name: 'Doe, Jo',
  timeZone: -300,
});

let centre: CallCentre;
beforeEach(() => {
  centre = new CallCentre();
  centre.signIn('1001', '201');
  centre.ready('1001');
  centre.log();
});

const value = (id: number, name: string) =>
  centre.calls.call(id)?.data.named.find((variable) => variable.name === name)?.value;

function respond(text: string, id = 101) {
  let ok = false;
  centre.calls.request(
    {
      type: 'setData',
      connection: { callId: id, device: '201' },
      data: { named: [{ name: 'BAResponse', index: null, value: text }] },
    },
    (outcome) => {
      ok = outcome.ok;
    },
  );
  return ok;
}

describe('a contact of a campaign', () => {
  it('reserves the agent and shows the customer data; nothing rings at the switch', () => {
    expect(centre.calls.offerContact('201', contact('preview'))).toBe(true);
    expect(centre.log()).toEqual([
      '1001 RESERVED_OUTBOUND_PREVIEW',
      'begin #1 201',
      'delivered #1 201 from 8900',
    ]);
    expect(centre.calls.call(101)?.type).toBe('RESERVATION_PREVIEW');
    expect(value(101, 'BACampaign')).toBe('Spring');
    expect(value(101, 'BAStatus')).toBe('PO');
    expect(centre.exchange.at('201')).toBeUndefined();
  });

  it('is offered to nobody who is not available', () => {
    expect(centre.calls.offerContact('205', contact('preview'))).toBe(false);
    expect(centre.calls.offerContact('201', contact('preview'))).toBe(true);
    expect(centre.calls.offerContact('201', contact('preview'))).toBe(false);
  });

  it.each([
    ['preview', 'CUSTOMER_PREVIEW'],
    ['directPreview', 'CUSTOMER_PREVIEW_DIRECT'],
    ['callback', 'CUSTOMER_CALLBACK'],
    ['personalCallback', 'CUSTOMER_PERSONAL'],
  ] as const)('Accept calls the customer: %s becomes %s', (mode, type) => {
    centre.calls.offerContact('201', contact(mode));
    centre.log();
    expect(respond('Accept')).toBe(true);
    const log = centre.log();
    expect(log).toContain('end #1 201');
    expect(log).toContain('1001 TALKING');
    expect(log).not.toContain('1001 AVAILABLE');
    expect(centre.calls.call(101)).toBeUndefined();
    centre.exchange.pickUp(CUSTOMER);
    expect(centre.calls.call(102)?.type).toBe(type);
    expect(value(102, 'BAResponse')).toBe('');
    expect(centre.calls.figures(1)).toMatchObject({ agentsTalkingOut: 1, agentsTalkingIn: 0 });
    centre.drop('201');
    expect(centre.log()).toContain('1001 AVAILABLE');
    expect(centre.calls.load).toEqual({ calls: 0, legs: 0, wrapUps: 0 });
  });

  it.each(['Reject', 'Reject-Close', 'Skip', 'Skip-Close'])(
    '%s lets the agent be ready again',
    (response) => {
      centre.calls.offerContact('201', contact('preview'));
      respond(response);
      expect(centre.log().at(-2)).toBe('1001 AVAILABLE');
      expect(centre.calls.load).toEqual({ calls: 0, legs: 0, wrapUps: 0 });
      expect(centre.calls.offerContact('201', contact('preview'))).toBe(true);
    },
  );

  it('other texts in BAResponse are data and no answer', () => {
    centre.calls.offerContact('201', contact('preview'));
    centre.log();
    expect(respond('constructor')).toBe(true);
    expect(centre.log()).not.toContain('1001 AVAILABLE');
    expect(value(101, 'BAResponse')).toBe('constructor');
  });

  it('a customer who cannot be reached leaves the agent ready', () => {
    centre.calls.offerContact('201', { ...contact('preview'), number: '5' });
    respond('Accept');
    centre.clock.advance(60_000);
    expect(centre.log()).toContain('1001 AVAILABLE');
    expect(centre.calls.load).toEqual({ calls: 0, legs: 0, wrapUps: 0 });
  });

  it('ends with the phone, and when the agent hangs up on it', () => {
    centre.calls.offerContact('201', contact('preview'));
    centre.calls.setInstrumentService('201', false);
    expect(centre.calls.load).toEqual({ calls: 0, legs: 0, wrapUps: 0 });
    centre.calls.setInstrumentService('201', true);
    centre.signIn('1001', '201');
    centre.ready('1001');
    expect(centre.calls.offerContact('201', contact('preview'))).toBe(true);
    centre.drop('201');
    expect(centre.log()).toContain('1001 AVAILABLE');
    expect(centre.calls.load).toEqual({ calls: 0, legs: 0, wrapUps: 0 });
  });
});
