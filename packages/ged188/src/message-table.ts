import type { DataType, Fields, ValueOfType } from './data-types.ts';
import { agentMessages } from './messages/agent.ts';
import { callControlMessages } from './messages/call-control.ts';
import { callDataMessages } from './messages/call-data.ts';
import { callEventMessages } from './messages/call-event.ts';
import { clientMessages } from './messages/client.ts';
import { configurationMessages } from './messages/configuration.ts';
import type { FloatingRow, GroupRow, MessageRow } from './messages/define.ts';
import { failoverMessages } from './messages/failover.ts';
import { monitorMessages } from './messages/monitor.ts';
import { recordingMessages } from './messages/recording.ts';
import { sessionMessages } from './messages/session.ts';
import { snapshotMessages } from './messages/snapshot.ts';
import { statisticsMessages } from './messages/statistics.ts';
import { supervisorMessages } from './messages/supervisor.ts';
import { MESSAGES_WITHOUT_LAYOUT } from './messages/without-layout.ts';
import type { TAGS, TagName } from './tags.ts';

const ROWS = {
  ...sessionMessages,
  ...failoverMessages,
  ...agentMessages,
  ...callEventMessages,
  ...callDataMessages,
  ...callControlMessages,
  ...snapshotMessages,
  ...supervisorMessages,
  ...monitorMessages,
  ...recordingMessages,
  ...statisticsMessages,
  ...clientMessages,
  ...configurationMessages,
};

/** Name of a message whose layout is known. */
export type LaidOutName = keyof typeof ROWS;
/** Name of a message. */
export type MessageName = LaidOutName | keyof typeof MESSAGES_WITHOUT_LAYOUT;

/** A message of the table. `layout` null: the body is kept as bytes under the field name `Body`. */
export interface MessageDef {
  readonly name: MessageName;
  readonly type: number;
  readonly layout: MessageRow | null;
}

/** All messages, by type. */
export const MESSAGES: readonly MessageDef[] = [
  ...Object.entries(ROWS).map(([name, row]) => ({ name: name as MessageName, type: row.type, layout: row })),
  ...Object.entries(MESSAGES_WITHOUT_LAYOUT).map(([name, type]) => ({
    name: name as MessageName,
    type,
    layout: null,
  })),
].sort((a, b) => a.type - b.type);

const BY_TYPE = new Map(MESSAGES.map((def) => [def.type, def]));
const BY_NAME = new Map<string, MessageDef>(MESSAGES.map((def) => [def.name, def]));

/** The message of a MessageType, or undefined. */
export const messageByType = (type: number): MessageDef | undefined => BY_TYPE.get(type);

/** The message of a name, or undefined. */
export const messageByName = (name: string): MessageDef | undefined => BY_NAME.get(name);

type TagTypeOf<Tag extends TagName> = (typeof TAGS)[Tag][1] & DataType;
type TagValue<Tag extends TagName, Options> = [Options] extends [{ array: true }]
  ? readonly number[]
  : (typeof TAGS)[Tag] extends readonly [unknown, unknown, unknown, { array: true }]
    ? readonly number[]
    : ValueOfType<TagTypeOf<Tag>>;

type ElementName<Row> = Row extends { group: infer G }
  ? G
  : Row extends readonly [infer N, ...unknown[]]
    ? N
    : never;
type ElementValue<Row> = Row extends { fields: infer F extends readonly (FloatingRow | GroupRow)[] }
  ? readonly FloatingFields<F>[]
  : Row extends readonly [string, infer Tag extends TagName, infer Options]
    ? TagValue<Tag, Options>
    : Row extends readonly [string, infer Tag extends TagName]
      ? TagValue<Tag, object>
      : never;
type FloatingFields<Rows extends readonly (FloatingRow | GroupRow)[]> = {
  readonly [Row in Rows[number] as ElementName<Row> & string]?: ElementValue<Row>;
};
type FixedFields<Rows extends MessageRow['fixed']> = {
  readonly [Row in Rows[number] as Row[0]]?: ValueOfType<Row[1]>;
};

/** The fields of a message: names and types as the table has them. Messages without layout: `Body`. */
export type FieldsOf<Name extends MessageName> = Name extends LaidOutName
  ? FixedFields<(typeof ROWS)[Name]['fixed']> & FloatingFields<(typeof ROWS)[Name]['floating']>
  : { readonly Body?: Uint8Array };

/** A message: name and fields. `UNKNOWN`: a type that no table has; it can be read, not written. */
export interface CtiMessage {
  readonly name: MessageName | 'UNKNOWN';
  readonly fields: Fields;
}

/** A message of one known name. */
export interface MessageOf<Name extends MessageName> extends CtiMessage {
  readonly name: Name;
  readonly fields: FieldsOf<Name> & Fields;
}

/** Makes a message; the compiler checks the names and types of the fields. */
export const message = <Name extends MessageName>(name: Name, fields: FieldsOf<Name>): CtiMessage => ({
  name,
  fields: fields as Fields,
});

/** Narrows a message to one name, and with it the type of its fields. */
export const isMessage = <Name extends MessageName>(
  candidate: CtiMessage,
  name: Name,
): candidate is MessageOf<Name> => candidate.name === name;
