/** A controller with a store, whose clients answer what a test says; the agent is 2001 at the phone 2003. */
import { ApiError, type PoiseClientOptions } from '@poise/client';
import { VirtualClock } from '@poise/clock';
import { DesktopController } from '../src/session/controller.ts';
import { Store } from '../src/session/store.ts';
import { FakeClient, systemInfo, userIn } from './fake-client.ts';

/** A refusal of the server. */
export const api = (status: number, errorType = '', errorData = '') =>
  new ApiError(status, [{ errorType, errorData, errorMessage: '' }]);

export const reason = (id: number, label: string) => ({ id, label });

export class DesktopAtWork {
  readonly clock = new VirtualClock(100_000);
  readonly store = new Store();
  /** In the order in which they were made, with what each was made with. */
  readonly clients: FakeClient[] = [];
  readonly options: PoiseClientOptions[] = [];
  /** Lines of the page's log. */
  readonly log: string[] = [];
  readonly controller = new DesktopController(this.store, 'http://desk.example:8082', {
    clock: this.clock,
    log: { add: (line) => void this.log.push(line), text: () => this.log.join('\n') },
    createClient: (given) => {
      this.options.push(given);
      const client = new FakeClient();
      this.clients.push(client);
      return client;
    },
  });

  /** The client made last. */
  get client(): FakeClient {
    return this.clients.at(-1) as FakeClient;
  }

  /** Begins to sign in. */
  start(): void {
    void this.controller.signIn('2001', 'secret', '2003');
  }

  async untilConnecting(): Promise<void> {
    this.start();
    await this.client.answer('systemInfo', systemInfo('IN_SERVICE'));
  }

  async untilSignedIn(): Promise<void> {
    await this.untilConnecting();
    await this.client.answer('connect');
    await this.client.answer('user', userIn('LOGOUT'));
    await this.client.answer('signIn', userIn('NOT_READY'));
  }

  async answerReasons(): Promise<void> {
    await this.client.answer('reasonCodes', [reason(1, 'End of Shift')]);
    await this.client.answer('reasonCodes', [reason(10, 'Lunch')]);
  }
}
