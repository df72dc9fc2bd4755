/** The authentication of one connection: which exchange is under way. Exists only until it has succeeded. */
import type { AuthFailure, AuthResult, Peer, ScramMechanism } from '../authenticator.ts';
import type { Core } from '../core.ts';
import { SASL_CONDITION_OF, type SaslCondition } from '../sasl/failure.ts';
import { parsePlain } from '../sasl/plain.ts';
import { parseClientFirst, ScramExchange } from '../sasl/scram.ts';
import type { Transport } from '../transport.ts';
import { type Mechanism, mechanismsFor } from './features.ts';

export type SaslStep =
  | { readonly kind: 'challenge'; readonly data: string }
  | { readonly kind: 'success'; readonly loginId: string; readonly data: string }
  | { readonly kind: 'failure'; readonly condition: SaslCondition };

const fail = (condition: SaslCondition): SaslStep => ({ kind: 'failure', condition });

export class Authentication {
  readonly #core: Core;
  readonly #transport: Transport;
  #mechanism: Mechanism | null = null;
  #scram: ScramExchange | null = null;
  failures = 0;

  constructor(core: Core, transport: Transport) {
    this.#core = core;
    this.#transport = transport;
  }

  /** What this connection offers now. */
  get mechanisms(): Mechanism[] {
    return mechanismsFor(
      this.#transport,
      this.#core.plainInClear,
      this.#core.authenticator.scram !== undefined,
    );
  }

  /** `<auth/>`: begins an exchange. A promise where a credential has to be looked up. */
  start(mechanism: string | undefined, data: string): SaslStep | Promise<SaslStep> {
    this.#mechanism = null;
    this.#scram = null;
    const offered = this.mechanisms.find((name) => name === mechanism);
    if (offered === undefined)
      return fail(mechanism === 'PLAIN' ? 'encryption-required' : 'invalid-mechanism');
    this.#mechanism = offered;
    // Without an initial response the client waits for an empty challenge (RFC 6120 6.4.2).
    return data.trim() === '' ? { kind: 'challenge', data: '' } : this.respond(data);
  }

  /** `<response/>`, or the data of `<auth/>`. */
  respond(data: string): SaslStep | Promise<SaslStep> {
    const mechanism = this.#mechanism;
    if (mechanism === null) return fail('malformed-request');
    if (mechanism === 'PLAIN') return this.#plain(data);
    if (this.#scram !== null) return this.#scramFinal(this.#scram, data);
    return this.#scramFirst(mechanism, data);
  }

  abort(): SaslStep {
    this.#mechanism = null;
    this.#scram = null;
    return fail('aborted');
  }

  /** Checks a name and password; never rejects. */
  async check(authcid: string, password: string): Promise<AuthResult> {
    let result: AuthResult;
    try {
      result = await this.#core.authenticator.plain(authcid, password, this.#peer());
    } catch {
      result = { ok: false, reason: 'unavailable' };
    }
    if (!result.ok) this.#core.observer.authFailed(authcid, result.reason);
    return result;
  }

  #peer(): Peer {
    const { remoteAddress, remotePort, kind, secure, loopback } = this.#transport;
    return { address: remoteAddress, port: remotePort, transport: kind, secure, loopback };
  }

  #plain(data: string): SaslStep | Promise<SaslStep> {
    const message = parsePlain(data);
    if (!message.ok) return fail(message.condition);
    return this.check(message.authcid, message.password).then((result) =>
      result.ok
        ? { kind: 'success', loginId: result.loginId, data: '' }
        : fail(SASL_CONDITION_OF[result.reason as AuthFailure] ?? 'not-authorized'),
    );
  }

  #scramFirst(mechanism: ScramMechanism, data: string): SaslStep | Promise<SaslStep> {
    const first = parseClientFirst(data);
    if (!first.ok) return fail(first.condition);
    const { scram } = this.#core.authenticator;
    if (scram === undefined) return fail('invalid-mechanism');
    return scram.call(this.#core.authenticator, first.value.authcid, mechanism).then(
      (record) => {
        const nonce = this.#core.ids.alphanumeric(24);
        this.#scram = new ScramExchange(mechanism, first.value, record, nonce);
        return { kind: 'challenge', data: this.#scram.challenge };
      },
      () => fail('temporary-auth-failure'),
    );
  }

  async #scramFinal(exchange: ScramExchange, data: string): Promise<SaslStep> {
    const result = exchange.finish(data);
    this.#scram = null;
    this.#mechanism = null;
    const { authenticator, observer } = this.#core;
    const { loginId } = exchange.record;
    try {
      const concluded = authenticator.scramConcluded?.(exchange.authcid, result.ok, this.#peer());
      const admitted = (await concluded) ?? result.ok;
      if (admitted && result.ok && loginId !== null) return { kind: 'success', loginId, data: result.value };
    } catch {
      return fail('temporary-auth-failure');
    }
    observer.authFailed(exchange.authcid, 'not-authorized');
    return fail(result.ok ? 'not-authorized' : result.condition);
  }
}
