import { compile, type Layout, layoutOf } from './layout.ts';
import type { MessageDef, MessageName } from './message-table.ts';
import type { FixedRow } from './messages/define.ts';
import { floatingHeader, VERSION_MIN } from './version.ts';

/** A fixed part that some guide or program has instead of the one in the table. */
interface AlternateLayout {
  readonly fixed: readonly FixedRow[];
  /** True when the body has this form for certain; without it the form is tried after the regular one. */
  readonly when?: (body: Uint8Array, version: number) => boolean;
}

// CONFIG_REQUEST_EVENT may be followed by CustomerID only, so the body length tells the form.
const withConfigMsgMask: AlternateLayout = {
  fixed: [
    ['ConfigInformation', 'UINT', { mask: 'ConfigMask' }],
    ['ConfigMsgMask', 'UINT', { mask: 'ConfigMask' }],
    ['PeripheralID', 'UINT', { none: 0xffffffff }],
  ],
  when: (body) => body.length === 12 || body.length === 18 || body.length === 20,
};
const withoutConfigMsgMask: AlternateLayout = {
  fixed: [
    ['ConfigInformation', 'UINT', { mask: 'ConfigMask' }],
    ['PeripheralID', 'UINT', { none: 0xffffffff }],
  ],
  when: (body) => body.length === 8 || body.length === 14 || body.length === 16,
};

/** Where sources contradict each other about a fixed part. The table has the form that we write. */
const ALTERNATES: Partial<Record<MessageName, readonly AlternateLayout[]>> = {
  // The guide of version 24 prints the body of CONTROL_FAILURE_CONF.
  FAILURE_CONF: [
    {
      fixed: [
        ['InvokeID', 'UINT'],
        ['FailureCode', 'USHORT', { enum: 'ControlFailureCode' }],
        ['PeripheralErrorCode', 'UINT'],
      ],
      when: (body) => body.length >= 10 && (body[4] !== 0 || body[5] !== 0),
    },
  ],
  CONFIG_REQUEST_EVENT: [withConfigMsgMask, withoutConfigMsgMask],
  // The guides list the last field as fixed and yet give it a tag.
  CLEAR_CONNECTION_REQ: [
    {
      fixed: [
        ['InvokeID', 'UINT'],
        ['PeripheralID', 'UINT', { none: 0xffffffff }],
        ['ConnectionCallID', 'UINT', { none: 0xffffffff }],
        ['ConnectionDeviceIDType', 'USHORT', { enum: 'ConnectionDeviceIDType' }],
        ['RequestingDeviceIDType', 'USHORT', { enum: 'DeviceIDType' }],
      ],
    },
  ],
  // uccertweb (Scala) writes the reserved field with four bytes.
  QUERY_DEVICE_INFO_REQ: [
    {
      fixed: [
        ['InvokeID', 'UINT'],
        ['PeripheralID', 'UINT', { none: 0xffffffff }],
        ['Reserved', 'UINT'],
      ],
    },
  ],
};

/**
 * The layouts to try on a body, best first: one that is certain, or the regular one followed by the
 * alternates. A tolerant reader also tries the fixed parts of lower versions, because servers exist that
 * announce a version and stop at the fields of an earlier one.
 */
export function* candidateLayouts(
  def: MessageDef,
  version: number,
  body: Uint8Array,
  strict: boolean,
): Generator<Layout> {
  const alternates = ALTERNATES[def.name] ?? [];
  for (const alternate of alternates) {
    if (alternate.when?.(body, version) === true) {
      const layout = compile(def, version, alternate.fixed);
      if (layout !== null) yield layout;
      return;
    }
  }
  const regular = layoutOf(def.type, version);
  if (regular === null) return;
  yield regular;
  for (const alternate of alternates) {
    const layout = alternate.when === undefined ? compile(def, version, alternate.fixed) : null;
    if (layout !== null) yield layout;
  }
  if (!strict) yield* lowerLayouts(regular);
}

function* lowerLayouts(regular: Layout): Generator<Layout> {
  let size = regular.fixedSize;
  for (let version = regular.version - 1; version >= VERSION_MIN; version--) {
    const lower = layoutOf(regular.def.type, version);
    if (lower === null || lower.fixedSize >= size) continue;
    size = lower.fixedSize;
    // The header of floating fields stays that of the negotiated version.
    yield {
      ...lower,
      header: floatingHeader(regular.version),
      floating: regular.floating,
      byTag: regular.byTag,
    };
  }
}
