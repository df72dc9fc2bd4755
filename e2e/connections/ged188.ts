/** A GED-188 client by hand: bytes on a socket, frames in and out. */
import { type CtiMessage, type DecodedMessage, decode, encode, message, ServiceMask } from '@poise/ged188';
import { Connection } from './connection.ts';

const VERSION = 24;
const HEADER_BYTES = 8;

export class Ged188Connection {
  readonly connection: Connection;

  private constructor(connection: Connection) {
    this.connection = connection;
  }

  static async connect(port: number): Promise<Ged188Connection> {
    return new Ged188Connection(await Connection.tcp(port));
  }

  /** The whole frame of an OPEN_REQ that asks for every event and for client control. */
  static openRequest(fields: Record<string, number | string> = {}): Uint8Array {
    return encode(
      message('OPEN_REQ', {
        InvokeID: 1,
        VersionNumber: VERSION,
        IdleTimeout: 0xffffffff,
        PeripheralID: 0xffffffff,
        ServicesRequested: ServiceMask.ALL_EVENTS | ServiceMask.CLIENT_CONTROL,
        CallMsgMask: 0,
        AgentStateMask: 0x3ff,
        ConfigMsgMask: 0,
        ClientID: 'Stranger',
        ClientPassword: '',
        ...fields,
      }),
      VERSION,
    );
  }

  /** Opens a session. */
  async open(): Promise<this> {
    this.connection.send(Ged188Connection.openRequest());
    await this.until((m) => m.name === 'SYSTEM_EVENT');
    return this;
  }

  send(msg: CtiMessage): void {
    this.connection.send(encode(msg, VERSION));
  }

  async next(ms?: number): Promise<DecodedMessage> {
    const frame = await this.connection.take(
      (bytes) => (bytes.length < HEADER_BYTES ? 0 : bytes.readUInt32BE(0) + HEADER_BYTES),
      'a message of the CTI server',
      ms,
    );
    return decode(frame, VERSION);
  }

  /** Takes messages up to the first that fits. */
  async until(fits: (message: DecodedMessage) => boolean, ms?: number): Promise<DecodedMessage> {
    for (;;) {
      const msg = await this.next(ms);
      if (fits(msg)) return msg;
    }
  }

  close(): void {
    this.connection.destroy();
  }
}
