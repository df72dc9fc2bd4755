/** A CTI connection as a capture has it: GED-188 messages (ged188.md) become the facts that logs tell of them. */
import {
  type CtiMessage,
  type DecodedMessage,
  decode,
  enumName,
  Framer,
  formatMessage,
  Ged188Error,
  isOpenRequest,
  messageByType,
  openRequestVersion,
  VERSION_DEFAULT,
} from '@poise/ged188';
import type { FileReport, NoteId } from '../entry.ts';
import { data, type FactData, type FactKind, type Found } from '../fact.ts';
import { refusalName } from '../refusal-name.ts';
import type { Connection, Follower, Place } from './tcp.ts';

/** Versions that are tried where the request that names one was not captured. */
const GUESSES = [VERSION_DEFAULT, 20, 19, 15, 14] as const;
/** Longest frame in bytes, header included. */
const FRAME_MAX = 12_500;
const HEADER = 8;

type Made = { kind: FactKind; agent?: string | null; data?: FactData };

/** What a message says; other messages say nothing to a tracer. */
const MESSAGES: Readonly<Record<string, (message: CtiMessage, version: number) => Made | null>> = {
  SET_AGENT_STATE_REQ: ({ fields }) => ({
    kind: 'cti.request',
    agent: text(fields.AgentID),
    data: data({
      invokeId: number(fields.InvokeID),
      state: number(fields.AgentState),
      reason: number(fields.EventReasonCode),
      force: number(fields.ForcedFlag),
      extension: text(fields.AgentInstrument),
      supervisor: text(fields.SupervisorID),
    }),
  }),
  AGENT_STATE_EVENT: ({ fields }, version) => ({
    kind: 'cti.state',
    agent: text(fields.AgentID),
    data: data({
      state: enumName('AgentState', Number(fields.AgentState), version),
      reason: number(fields.EventReasonCode),
      extension: text(fields.AgentExtension),
    }),
  }),
  CONTROL_FAILURE_CONF: ({ fields }) => ({
    kind: 'cti.refused',
    data: data({
      invokeId: number(fields.InvokeID),
      code: number(fields.FailureCode),
      name: refusalName('ControlFailureCode', number(fields.FailureCode)),
    }),
  }),
  FAILURE_CONF: ({ fields }) => ({
    kind: 'cti.refused',
    data: data({
      invokeId: number(fields.InvokeID),
      code: number(fields.Status),
      name: refusalName('FailureStatus', number(fields.Status)),
    }),
  }),
  OPEN_CONF: () => ({ kind: 'cti.up' }),
  FAILURE_EVENT: () => ({ kind: 'cti.lost' }),
  SYSTEM_EVENT: ({ fields }, version) => {
    const id = enumName('SystemEventID', Number(fields.SystemEventID), version) ?? '';
    if (!/^(?:CENTRAL_CONTROLLER|PERIPHERAL|PERIPHERAL_GATEWAY|CTI_SERVER)_O(?:FF|N)LINE$/.test(id))
      return null;
    return { kind: id.endsWith('OFFLINE') ? 'cti.lost' : 'cti.up' };
  },
};

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);
const number = (value: unknown): string | null => (typeof value === 'number' ? String(value) : null);

/** One direction: frames, or the search for where one begins. */
interface Stream {
  framer: Framer | null;
  search: Buffer;
}

export class CtiFollower implements Follower {
  private readonly connection: Connection;
  private readonly report: FileReport;
  private readonly sink: (found: Found) => void;
  private readonly up: Stream;
  private readonly down: Stream;
  private version: number | null = null;
  /** Whether anything was understood: a port may carry something else. */
  private isCti = false;
  private isEncrypted = false;

  constructor(connection: Connection, report: FileReport, sink: (found: Found) => void) {
    this.connection = connection;
    this.report = report;
    this.sink = sink;
    const stream = (): Stream => ({
      framer: connection.isWhole ? newFramer() : null,
      search: Buffer.alloc(0),
    });
    this.up = stream();
    this.down = stream();
    if (!connection.isWhole) this.note('withoutOpen');
  }

  data(up: boolean, bytes: Buffer, place: Place): void {
    if (this.isEncrypted) return;
    if (!this.isCti && bytes.length >= 3 && bytes[0] === 0x16 && bytes[1] === 3) {
      this.isEncrypted = true;
      this.note('encrypted');
      return;
    }
    const stream = up ? this.up : this.down;
    const fresh = stream.framer === null ? this.found(stream, bytes) : bytes;
    if (fresh === null || stream.framer === null) return;
    let frames: Uint8Array[];
    try {
      frames = stream.framer.push(fresh);
    } catch (error) {
      if (!(error instanceof Ged188Error)) throw error;
      frames = [];
    }
    for (const frame of frames) this.frame(frame, place);
    if (stream.framer.error !== null) {
      this.note('undecodable');
      this.lose(stream);
    }
  }

  gap(up: boolean): void {
    this.note('segmentsMissing');
    this.lose(up ? this.up : this.down);
  }

  closed(up: boolean, how: 'fin' | 'rst', place: Place): void {
    if (!this.isCti) return;
    const { client, server } = this.connection;
    this.emit(
      { kind: 'cti.lost' },
      `CTI connection ${client} > ${server}: ${how === 'rst' ? 'RST' : 'FIN'} from ${up ? client : server}`,
      place,
    );
    // Its other half says the same.
    this.isCti = false;
  }

  end(): void {}

  private lose(stream: Stream): void {
    stream.framer = null;
    stream.search = Buffer.alloc(0);
  }

  /**
   * The bytes from where a frame begins: a possible length and a known type. Peers write whole frames, so the beginning
   * of a segment is believed; a place within one only where the frame behind it begins too. Null: none does yet.
   */
  private found(stream: Stream, bytes: Buffer): Buffer | null {
    const all = stream.search.length === 0 ? bytes : Buffer.concat([stream.search, bytes]);
    const boundary = stream.search.length;
    const isBegin = (at: number) => isFrame(all, at, at === boundary);
    let at = isBegin(boundary) ? boundary : 0;
    while (at + HEADER <= all.length && !isBegin(at)) at++;
    if (at + HEADER > all.length) {
      stream.search = Buffer.from(all.subarray(Math.max(0, all.length - HEADER + 1)));
      return null;
    }
    stream.framer = newFramer();
    stream.search = Buffer.alloc(0);
    return all.subarray(at);
  }

  private frame(frame: Uint8Array, place: Place): void {
    this.report.entries++;
    try {
      if (isOpenRequest(frame)) this.version = openRequestVersion(frame);
      const { message, version } = this.decoded(frame);
      if (message.name === 'UNKNOWN') return;
      this.isCti = true;
      const made = MESSAGES[message.name]?.(message, version) ?? null;
      if (made !== null) this.emit(made, formatMessage(message, version), place);
    } catch (error) {
      if (!(error instanceof Ged188Error)) throw error;
      this.note('undecodable');
    }
  }

  private decoded(frame: Uint8Array): { message: DecodedMessage; version: number } {
    if (this.version !== null) return { message: decode(frame, this.version), version: this.version };
    let best: { message: DecodedMessage; version: number } | null = null;
    for (const version of GUESSES) {
      try {
        const message = decode(frame, version);
        if (best === null || message.unknown.length < best.message.unknown.length)
          best = { message, version };
        if (message.unknown.length === 0) break;
      } catch (error) {
        if (!(error instanceof Ged188Error)) throw error;
      }
    }
    if (best === null) throw new Ged188Error('message-too-short', 'in no version');
    // A message with floating fields, all of them known, tells the version well enough.
    if (best.message.name === 'AGENT_STATE_EVENT' && best.message.unknown.length === 0)
      this.version = best.version;
    return best;
  }

  private emit(made: Made, said: string, { number: line, at }: Place): void {
    this.sink({
      kind: made.kind,
      family: 'capture',
      file: this.report.file,
      line,
      time: Number.isFinite(at) ? { wall: at, offset: 0, hasDate: true } : null,
      epoch: null,
      agent: made.agent ?? null,
      data: made.data ?? {},
      text: said,
    });
  }

  private note(id: NoteId): void {
    this.report.notes[id] = (this.report.notes[id] ?? 0) + 1;
  }
}

const newFramer = (): Framer => new Framer({ lengthMax: FRAME_MAX });

/** @param isBelieved whether it counts where the next one is not there yet */
function isFrame(bytes: Buffer, at: number, isBelieved: boolean): boolean {
  const isHeader = (place: number) =>
    bytes.readUInt32BE(place) <= FRAME_MAX - HEADER &&
    messageByType(bytes.readUInt32BE(place + 4)) !== undefined;
  if (at + HEADER > bytes.length || !isHeader(at)) return false;
  const next = at + HEADER + bytes.readUInt32BE(at);
  return next + HEADER > bytes.length ? isBelieved : isHeader(next);
}
