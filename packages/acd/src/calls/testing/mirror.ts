import type { CallFact, DeviceName } from '../call-fact.ts';

/**
 * What somebody knows who sees nothing but the facts: parties and their states, who is told of which call, who
 * waits, who is reserved. Written apart from the model, so that the two can be compared.
 */
export class Mirror {
  /** Call → device → state. */
  readonly calls = new Map<number, Map<string, string>>();
  /** Call → devices between begin and end. */
  readonly scopes = new Map<number, Set<string>>();
  /** Call → skill group in which it waits. */
  readonly waiting = new Map<number, number>();
  /** Call → its turn in the queue: who was not answered first, then priority, then arrival. */
  readonly turns = new Map<number, readonly [number, number, number]>();
  readonly #priorityOf: (number: string) => number;
  /** Call → wall ms at which it first came into the queue it waits in. */
  readonly queuedAt = new Map<number, number>();
  /** Agent → call. */
  readonly reserved = new Map<string, { readonly call: number; readonly phone: string }>();
  /** Agents who signed in on a phone in the middle of a call: their state follows the next ones. */
  readonly amidst = new Set<string>();
  /** `call/device` → the agent's sign-in during which the device came into the call. */
  readonly owners = new Map<string, string>();
  readonly #sessions = new Map<string, number>();
  readonly agents = new Map<string, { state: string; phone: string | null; since: number }>();
  /** What a well-formed story would not contain. */
  readonly faults: string[] = [];
  #order = 0;

  constructor(priorityOf: (number: string) => number) {
    this.#priorityOf = priorityOf;
  }

  /** Whether the first call is to be served before the second. */
  before(a: number, b: number): boolean {
    const [x = [], y = []] = [this.turns.get(a), this.turns.get(b)];
    const i = x.findIndex((value, index) => value !== y[index]);
    return i >= 0 && x[i]! < y[i]!;
  }

  see(fact: CallFact, now: number): void {
    if (fact.type === 'agent') {
      const { profile, status, instrument } = fact.change.agent;
      const before = this.agents.get(profile.loginId);
      const same = before?.state === status.state && fact.change.kind !== 'state';
      if (status.state === 'LOGOUT')
        this.#sessions.set(profile.loginId, (this.#sessions.get(profile.loginId) ?? 0) + 1);
      const busy = [...this.calls.values()].some((parties) => parties.has(instrument ?? ''));
      if (before?.phone !== instrument && busy) this.amidst.add(profile.loginId);
      const since = same ? before.since : ++this.#order;
      this.agents.set(profile.loginId, { state: status.state, phone: instrument, since });
      return;
    }
    const id = fact.call.id;
    const over = fact.type === 'end' || fact.type === 'dataUpdated' || fact.type === 'preCallAbort';
    const parties = over ? (this.calls.get(id) ?? new Map<string, string>()) : this.#parties(id);
    switch (fact.type) {
      case 'begin':
        if (this.#scope(id).has(fact.device.id)) this.faults.push(`second begin ${id} ${fact.device.id}`);
        this.#scope(id).add(fact.device.id);
        for (const [agent, { phone }] of this.agents) {
          if (phone === fact.device.id) this.owners.set(`${id}/${phone}`, this.session(agent));
        }
        return;
      case 'end':
        if (!this.#scope(id).delete(fact.device.id))
          this.faults.push(`end without begin ${id} ${fact.device.id}`);
        if (parties.has(fact.device.id)) this.faults.push(`end of a party ${id} ${fact.device.id}`);
        if (this.#scope(id).size === 0) this.scopes.delete(id);
        return;
      case 'serviceInitiated':
        this.#told(id, fact.device);
        parties.set(fact.device.id, 'INITIATE');
        return;
      case 'originated':
        this.#told(id, fact.calling);
        return;
      case 'reachedNetwork':
      case 'dataUpdated':
        return;
      case 'queued':
        this.#told(id, fact.routePoint);
        this.#appear(parties, fact.calling);
        parties.set(fact.routePoint.id, 'QUEUED');
        this.waiting.set(id, fact.skillGroup);
        if (fact.cause === 'REDIRECTED') this.turns.set(id, [0, ...this.turns.get(id)!.slice(1)] as never);
        else this.turns.set(id, [1, this.#priorityOf(fact.routePoint.id), ++this.#order]);
        if (fact.cause !== 'REDIRECTED' || !this.queuedAt.has(id)) this.queuedAt.set(id, now);
        return;
      case 'dequeued':
        parties.delete(fact.routePoint.id);
        this.waiting.delete(id);
        return;
      case 'preCall':
        if (this.reserved.has(fact.agentId)) this.faults.push(`${fact.agentId} reserved twice`);
        this.reserved.set(fact.agentId, { call: id, phone: fact.instrument });
        return;
      case 'preCallAbort':
        if (this.reserved.get(fact.agentId)?.call === id) this.reserved.delete(fact.agentId);
        else this.faults.push(`abort without reservation ${fact.agentId}`);
        return;
      case 'delivered':
        this.#told(id, fact.alerting);
        if (fact.calling?.id !== fact.alerting.id) this.#appear(parties, fact.calling);
        parties.set(fact.alerting.id, 'ALERTING');
        return;
      case 'established':
        this.#told(id, fact.answering);
        for (const [device, state] of parties) if (state === 'INITIATE') parties.set(device, 'CONNECT');
        parties.set(fact.answering.id, 'CONNECT');
        this.#unreserve(id, fact.answering);
        return;
      case 'held':
        this.#expect(parties, fact.device, 'CONNECT', id);
        parties.set(fact.device.id, 'HOLD');
        return;
      case 'retrieved':
        this.#expect(parties, fact.device, 'HOLD', id);
        parties.set(fact.device.id, 'CONNECT');
        return;
      case 'diverted':
        this.#expect(parties, fact.diverting, 'ALERTING', id);
        parties.delete(fact.diverting.id);
        this.#unreserve(id, fact.diverting);
        return;
      case 'failed':
        for (const [device, state] of parties) if (state === 'INITIATE') parties.set(device, 'FAIL');
        return;
      case 'connectionCleared':
        this.#told(id, fact.releasing);
        // A caller from outside whose call was refused on the way was never seen.
        if (!parties.delete(fact.releasing.id) && fact.releasing.kind === 'station')
          this.faults.push(`cleared without connection ${id} ${fact.releasing.id}`);
        return;
      case 'cleared':
        if (parties.size > 0) this.faults.push(`cleared with parties ${id} ${[...parties.keys()]}`);
        this.calls.delete(id);
        this.waiting.delete(id);
        return;
      case 'transferred':
      case 'conferenced': {
        const secondary = fact.secondaryCallId === null ? null : this.calls.get(fact.secondaryCallId);
        for (const { device, callId, kind } of fact.parties) {
          if (callId !== id) this.faults.push(`party with another call ${callId}`);
          if (kind === 'station') this.#told(id, { id: device, kind });
          const moved = fact.moved.some((party) => party.device === device);
          const before = moved ? secondary?.get(device) : parties.get(device);
          if (moved && before === undefined) this.faults.push(`moved from nowhere ${id} ${device}`);
          const merged = fact.type === 'conferenced' && device === fact.controller.id && secondary;
          parties.set(
            device,
            merged && !moved
              ? 'CONNECT'
              : (before ?? fact.call.connections.find((party) => party.device === device)?.state ?? 'NULL'),
          );
        }
        if (fact.type === 'transferred') parties.delete(fact.transferring.id);
        const named = new Set(fact.parties.map(({ device }) => device));
        for (const device of parties.keys()) {
          if (!named.has(device)) this.faults.push(`left without a word ${id} ${device}`);
        }
        if (fact.secondaryCallId !== null) this.calls.delete(fact.secondaryCallId);
        return;
      }
    }
  }

  /** Names the present sign-in of an agent. */
  session(agent: string): string {
    return `${agent}:${this.#sessions.get(agent) ?? 0}`;
  }

  #parties(id: number): Map<string, string> {
    let parties = this.calls.get(id);
    if (!parties) {
      parties = new Map();
      this.calls.set(id, parties);
    }
    return parties;
  }

  #scope(id: number): Set<string> {
    let scope = this.scopes.get(id);
    if (!scope) {
      scope = new Set();
      this.scopes.set(id, scope);
    }
    return scope;
  }

  #unreserve(call: number, { id }: DeviceName): void {
    for (const [agent, reserved] of this.reserved) {
      if (reserved.call === call && reserved.phone === id) this.reserved.delete(agent);
    }
  }

  #appear(parties: Map<string, string>, device: DeviceName | null): void {
    if (device && !parties.has(device.id)) parties.set(device.id, 'INITIATE');
  }

  #told(id: number, { id: device, kind }: DeviceName): void {
    if (kind !== 'external' && !this.scopes.get(id)?.has(device))
      this.faults.push(`event outside begin and end ${id} ${device}`);
  }

  #expect(parties: Map<string, string>, { id }: DeviceName, state: string, call: number): void {
    if (parties.get(id) !== state) this.faults.push(`${call} ${id} is ${parties.get(id)}, not ${state}`);
  }
}
