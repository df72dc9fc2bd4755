import { splitFrame } from './decode.ts';
import { Ged188Error } from './error.ts';
import { messageByName } from './message-table.ts';

const OPEN_REQ = messageByName('OPEN_REQ')?.type;

/** True when the frame is an OPEN_REQ. */
export const isOpenRequest = (frame: Uint8Array): boolean => splitFrame(frame).type === OPEN_REQ;

/**
 * VersionNumber of an OPEN_REQ. It must be read before the floating part, because OPEN_REQ itself is
 * already written with the floating-field header of the version it asks for.
 *
 * @throws Ged188Error when the frame is not an OPEN_REQ or ends before VersionNumber.
 */
export function openRequestVersion(frame: Uint8Array): number {
  const { type, body } = splitFrame(frame);
  if (type !== OPEN_REQ) throw new Ged188Error('message-unknown', `type ${type} is not OPEN_REQ`);
  if (body.length < 8) throw new Ged188Error('message-too-short', 'OPEN_REQ ends before VersionNumber');
  return new DataView(body.buffer, body.byteOffset, 8).getUint32(4);
}
