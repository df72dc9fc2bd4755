// The line to a CTI server that answers wrongly: twice, late, never, with what was asked about somebody else.
import { decode, encode, Framer, message } from '@poise/ged188';

const VERSION = 24;
/** Answers that say something of somebody; the rest of the session is left alone, or no fault could be told from another. */
const ANSWERS = new Set([
  'QUERY_AGENT_STATE_CONF',
  'SET_AGENT_STATE_CONF',
  'SNAPSHOT_DEVICE_CONF',
  'SNAPSHOT_CALL_CONF',
  'ANSWER_CALL_CONF',
  'HOLD_CALL_CONF',
  'RETRIEVE_CALL_CONF',
  'CLEAR_CONNECTION_CONF',
]);

/** What can become of an answer, and how it is done: frames to deliver, now or after ms. */
const HABITS = {
  twice: ({ frame }, deliver) => {
    deliver(frame);
    deliver(frame);
  },
  late: ({ frame }, deliver, { lateMs }) => setTimeout(() => deliver(frame), lateMs),
  never: () => {},
  /** The answer to a question that nobody asked, then the right one. */
  unasked: ({ decoded, frame }, deliver) => {
    const { InvokeID, ...fields } = decoded.fields;
    deliver(encode({ name: decoded.name, fields: { ...fields, InvokeID: 0x7ffffff0 } }, VERSION));
    deliver(frame);
  },
  /** Two answers change places: each comes with the InvokeID of the other. */
  exchanged: (answer, deliver, memory) => {
    const other = memory.kept;
    memory.kept = other === null ? answer : null;
    if (other === null) return;
    for (const [one, another] of [
      [answer, other],
      [other, answer],
    ])
      deliver(
        encode(
          {
            name: one.decoded.name,
            fields: { ...one.decoded.fields, InvokeID: another.decoded.fields.InvokeID },
          },
          VERSION,
        ),
      );
  },
  /** What it says of a stranger comes along. */
  foreign: ({ frame }, deliver, { peripheralId }) => {
    deliver(frame);
    const stranger = { AgentID: 'stranger-1', AgentExtension: '99999', AgentInstrument: '99999' };
    const fields = { MonitorID: 0, PeripheralID: peripheralId, AgentState: 4, EventReasonCode: 0 };
    deliver(encode(message('AGENT_STATE_EVENT', { ...fields, ...stranger }), VERSION));
  },
};

export const WRONG_HABITS = Object.keys(HABITS);

/** Decides for each answer whether it is left alone, or which habit it falls to. */
export class WrongAnswers {
  /** `null`: every answer is left alone. */
  habit = null;
  /** Answers that were tampered with. */
  count = 0;

  /** @param random chooses; @param lateMs how late late answers are; @param peripheralId of the stranger */
  constructor(random, { lateMs, peripheralId }) {
    this.random = random;
    this.lateMs = lateMs;
    this.peripheralId = peripheralId;
  }

  /** For {@link Line}: one connection between the webservices (near) and the CTI server (far). */
  alter = ({ toFar, toNear }) => {
    const framer = new Framer();
    const memory = { lateMs: this.lateMs, peripheralId: this.peripheralId, kept: null };
    return {
      fromNear: toFar,
      fromFar: (bytes) => {
        for (const frame of framer.push(bytes)) this.#frame(Buffer.from(frame), toNear, memory);
      },
    };
  };

  #frame(frame, toNear, memory) {
    const { habit } = this;
    if (habit !== null) {
      const decoded = decode(frame, VERSION);
      if (ANSWERS.has(decoded.name) && this.random.next() < 0.5) {
        this.count += 1;
        HABITS[habit]({ frame, decoded }, (out) => toNear(Buffer.from(out)), memory);
        return;
      }
    }
    toNear(frame);
  }
}
