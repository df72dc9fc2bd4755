import { connect, type Socket } from 'node:net';
import {
  type CtiMessage,
  decode,
  encode,
  type Fields,
  Framer,
  type MessageName,
  type OpenParameters,
} from '@poise/ged188';

type Received = { readonly name: string; readonly fields: Fields };

/** A bare CTI client on TCP: no session logic of ours in it, so that the server's is what is tested. */
export class TcpClient {
  readonly socket: Socket;
  readonly version: number;
  readonly inbox: Received[] = [];
  readonly closed: Promise<'end' | 'reset'>;
  readonly #framer = new Framer();
  readonly #waiting: {
    test: (message: Received) => boolean;
    resolve: (message: Received) => void;
    reject: (error: Error) => void;
  }[] = [];
  #invokeId = 0;

  private constructor(socket: Socket, version: number) {
    this.socket = socket;
    this.version = version;
    this.closed = new Promise((resolve) => {
      let how: 'end' | 'reset' = 'end';
      socket.on('error', () => {
        how = 'reset';
      });
      socket.on('close', () => {
        resolve(how);
        for (const { reject } of this.#waiting.splice(0)) reject(new Error('the connection was closed'));
      });
    });
    socket.on('data', (chunk) => {
      for (const frame of this.#framer.push(chunk)) {
        const { name, fields } = decode(frame, this.version);
        this.#arrived({ name, fields });
      }
    });
  }

  static async connect(port: number, version = 24): Promise<TcpClient> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    return new TcpClient(socket, version);
  }

  /** Connects and opens a session. */
  static async open(port: number, open: Partial<OpenParameters> = {}): Promise<TcpClient> {
    const client = await TcpClient.connect(port, open.version ?? 24);
    const conf = await client.openRequest(open);
    if (conf.name !== 'OPEN_CONF') throw new Error(`${conf.name} ${JSON.stringify(conf.fields)}`);
    return client;
  }

  openRequest(open: Partial<OpenParameters> & { idleTimeout?: number } = {}): Promise<Received> {
    return this.request('OPEN_REQ', {
      VersionNumber: this.version,
      IdleTimeout: open.idleTimeout ?? 0xffffffff,
      PeripheralID: open.peripheralId ?? 0xffffffff,
      ServicesRequested: open.services ?? 0x96,
      CallMsgMask: open.callMsgMask ?? 0x07ffffff,
      AgentStateMask: 0x3fff,
      ConfigMsgMask: 0xf,
      ClientID: open.clientId ?? `test-${this.socket.localPort}`,
      ClientPassword: open.clientPassword ?? '',
      ClientSignature: open.clientSignature ?? '',
      AgentID: open.agentId,
      AgentExtension: open.agentExtension,
      AgentInstrument: open.agentInstrument,
    });
  }

  /** Sends a request and waits for what carries its InvokeID. */
  request(name: MessageName, fields: Fields = {}): Promise<Received> {
    const invokeId = ++this.#invokeId;
    this.send({ name, fields: { InvokeID: invokeId, ...fields } });
    return this.next((message) => message.fields.InvokeID === invokeId);
  }

  send(message: CtiMessage): void {
    this.socket.write(encode(message, this.version));
  }

  /** The next message that fits, past or to come; it and all before it leave the inbox. */
  next(test: string | ((message: Received) => boolean)): Promise<Received> {
    const fits = typeof test === 'string' ? (message: Received) => message.name === test : test;
    const at = this.inbox.findIndex(fits);
    if (at >= 0) return Promise.resolve(this.inbox.splice(0, at + 1).at(-1) as Received);
    if (this.socket.closed) return Promise.reject(new Error('the connection is closed'));
    return new Promise((resolve, reject) => this.#waiting.push({ test: fits, resolve, reject }));
  }

  destroy(): void {
    this.socket.destroy();
  }

  #arrived(message: Received): void {
    const at = this.#waiting.findIndex(({ test }) => test(message));
    if (at < 0) {
      this.inbox.push(message);
      return;
    }
    const [waiter] = this.#waiting.splice(at, 1);
    waiter?.resolve(message);
  }
}
