/**
 * What gadgets share of the sign-in: its notification connection, its credentials, what the server said of itself. The container, which is
 * loaded when there is a gadget, listens here.
 */
import type { ConnectionStatus, PoiseClient, SystemInfo } from '@poise/client';

export type GadgetClient = Pick<PoiseClient, 'subscribe' | 'unsubscribe' | 'nodes'>;

export interface GadgetSignIn {
  readonly id: string;
  /** Null: of a user of single sign-on. */
  readonly password: string | null;
  readonly accessToken: () => Promise<string>;
  /** Phone of a mobile agent; empty: none. */
  readonly dialNumber: string;
}

/** An element of an event, whoever parsed it. */
interface XmlNode {
  readonly name: string;
  readonly text: string;
  elements(): readonly XmlNode[];
}

export interface GadgetListener {
  notified(node: string, xml: string, root: XmlNode): void;
  connectionIs(status: string): void;
  presenceIs(from: string, isAvailable: boolean): void;
  /** Somebody else may sign in next. */
  ended(): void;
}

/** What gadgets are told (gadgets.md 7.3); null: nothing that they need to know. */
const TOLD: Readonly<Record<ConnectionStatus, string | null>> = {
  connecting: 'connecting',
  connected: 'connected',
  disconnected: 'disconnected',
  reconnecting: 'reconnecting',
  interrupted: null,
  resumed: null,
  failing: 'failing',
  searching: null,
  moving: null,
  recovered: 'recovered',
  conflict: 'conflict',
  unauthorized: 'unauthorized',
};

/** Among those who subscribe with the client. */
const OWNER = 'gadgets';

export class GadgetLink {
  #client: GadgetClient | null = null;
  #signIn: GadgetSignIn | null = null;
  #server: SystemInfo | null = null;
  #listener: GadgetListener | null = null;
  #status = 'disconnected';

  begin(client: GadgetClient): void {
    this.#client = client;
  }

  serverTold(info: SystemInfo): void {
    this.#server = info;
  }

  signedIn(signIn: GadgetSignIn): void {
    this.#signIn = signIn;
  }

  end(): void {
    this.#client = null;
    this.#signIn = null;
    this.#status = 'disconnected';
    this.#listener?.connectionIs('disconnected');
    this.#listener?.ended();
  }

  /** @returns the function that ends it */
  listen(listener: GadgetListener): () => void {
    this.#listener = listener;
    return () => {
      if (this.#listener === listener) this.#listener = null;
    };
  }

  notified(node: string, xml: string, root: XmlNode): void {
    this.#listener?.notified(node, xml, root);
  }

  connectionIs(status: ConnectionStatus): void {
    const told = TOLD[status];
    if (told === null) return;
    this.#status = told;
    this.#listener?.connectionIs(told);
  }

  /** @param from JID of the service user */
  presenceIs(from: string, isAvailable: boolean): void {
    this.#listener?.presenceIs(from, isAvailable);
  }

  /** Origin of the node that the page works with; undefined: nobody is signed in. */
  get node(): string | undefined {
    return this.#client?.nodes[0];
  }

  get status(): string {
    return this.#status;
  }

  get isConnected(): boolean {
    return this.#status === 'connected' || this.#status === 'recovered';
  }

  /** Null: nobody is signed in. */
  get signIn(): GadgetSignIn | null {
    return this.#signIn;
  }

  /** Null: it has not been asked yet. */
  get server(): SystemInfo | null {
    return this.#server;
  }

  /** The header `Authorization` of the agent. Rejects when nobody is signed in. */
  async authorization(): Promise<string> {
    const signIn = this.#signIn;
    if (signIn === null) throw new Error('nobody is signed in');
    return signIn.password === null
      ? `Bearer ${await signIn.accessToken()}`
      : `Basic ${base64(`${signIn.id}:${signIn.password}`)}`;
  }

  async subscribe(node: string): Promise<void> {
    if (!this.#isAutomatic(node)) await this.#client?.subscribe(node, OWNER);
  }

  async unsubscribe(node: string): Promise<void> {
    if (!this.#isAutomatic(node)) await this.#client?.unsubscribe(node, OWNER);
  }

  /** Nodes that the server subscribes everybody to who signs in. */
  #isAutomatic(node: string): boolean {
    const own = `/finesse/api/User/${this.#signIn?.id ?? ''}`;
    return node === own || node === `${own}/Dialogs` || node === '/finesse/api/SystemInfo';
  }
}

/** Of any text: `btoa` knows Latin-1 alone. */
export function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}
