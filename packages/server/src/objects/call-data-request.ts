/** Reads `mediaProperties` of a request: call variables and wrap-up reason (rest-api.md 5, objects.md 3.2). */
import type { Element } from '@poise/xml';
import type { NamedCallVariable } from '../domain/dialog.ts';
import { failure } from '../domain/errors.ts';
import type { Deployment } from '../domain/profile.ts';
import { WRAP_UP_SEPARATOR } from './dialog.ts';
import { childText, lastChild, type Reading, refuse } from './request.ts';

/** What a client wants set; indexes of `variables` are 0 to 9. */
export interface CallDataRequest {
  readonly variables?: Readonly<Record<number, string>>;
  readonly named?: readonly NamedCallVariable[];
  readonly wrapUpReason?: string;
}

/** Bytes: of a call variable, of an ECC variable, of all ECC names, values and indexes, of a wrap-up reason. */
const CALL_DATA_LIMITS = {
  variableBytesMax: 40,
  eccNameBytesMax: 32,
  eccValueBytesMax: 210,
  eccTotalBytesMax: 2000,
  wrapUpBytesMax: 39,
};

const NUMBERED = /^callVariable([1-9]|10)$/;
const ECC = /^(user\.[A-Za-z0-9_.-]{1,64})(?:\[(\d{1,3})\])?$/;
const ECC_INDEX_MAX = 255;
/** CCE: "extended ASCII is not supported" (developer guide 12.5, page 87). */
const ASCII = /^[\t\n\r\x20-\x7e]*$/;

const bytesOf = (text: string): number => Buffer.byteLength(text, 'utf8');

const invalid = (name: string, message: string) => refuse(failure('INVALID_INPUT', name, message));

/** @param mediaProperties the element of the request. An empty one sets nothing. */
export function readCallData(mediaProperties: Element, deployment: Deployment): Reading<CallDataRequest> {
  const wrapUp = readWrapUp(mediaProperties, deployment);
  if (!wrapUp.ok) return wrapUp;
  const list = lastChild(mediaProperties, 'callvariables');
  const variables = list === undefined ? NO_VARIABLES : readVariables(list, deployment);
  if (!variables.ok) return variables;
  return {
    ok: true,
    value: {
      ...variables.value,
      ...(wrapUp.value === undefined ? {} : { wrapUpReason: wrapUp.value }),
    },
  };
}

const NO_VARIABLES: Reading<CallDataRequest> = { ok: true, value: {} };

function readVariables(list: Element, deployment: Deployment): Reading<CallDataRequest> {
  const variables: Record<number, string> = {};
  const named: NamedCallVariable[] = [];
  const seen = new Set<string>();
  let eccBytes = 0;
  for (const item of list.elements('CallVariable')) {
    const name = childText(item, 'name');
    if (name === undefined)
      return refuse(failure('PARAMETER_MISSING', 'name', 'A call variable has no name'));
    const value = lastChild(item, 'value')?.text;
    const shown = name.slice(0, 64);
    if (value === undefined)
      return refuse(failure('PARAMETER_MISSING', 'value', `The call variable ${shown} has no value`));
    if (seen.has(name)) return invalid(shown, 'The call variable is named twice');
    seen.add(name);
    if (deployment === 'CCE' && !ASCII.test(value))
      return invalid(shown, 'Call variables hold ASCII characters only');
    const index = NUMBERED.exec(name)?.[1];
    if (index !== undefined) {
      if (bytesOf(value) > CALL_DATA_LIMITS.variableBytesMax)
        return invalid(shown, `A call variable is at most ${CALL_DATA_LIMITS.variableBytesMax} bytes long`);
      variables[Number(index) - 1] = value;
      continue;
    }
    const ecc = readEcc(name, value);
    if (!ecc.ok) return ecc;
    named.push(ecc.value);
    eccBytes += bytesOf(ecc.value.name) + bytesOf(value) + (ecc.value.index === null ? 0 : 1);
    if (eccBytes > CALL_DATA_LIMITS.eccTotalBytesMax)
      return invalid(shown, `ECC variables take at most ${CALL_DATA_LIMITS.eccTotalBytesMax} bytes in all`);
  }
  return {
    ok: true,
    value: {
      ...(Object.keys(variables).length === 0 ? {} : { variables }),
      ...(named.length === 0 ? {} : { named }),
    },
  };
}

function readEcc(name: string, value: string): Reading<NamedCallVariable> {
  const shown = name.slice(0, 64);
  if (name.startsWith('BA')) return invalid(shown, 'Variables of the outbound option cannot be set');
  const parts = ECC.exec(name);
  const index = parts?.[2] === undefined ? null : Number(parts[2]);
  if (parts === null || bytesOf(parts[1]!) > CALL_DATA_LIMITS.eccNameBytesMax || (index ?? 0) > ECC_INDEX_MAX)
    return invalid(shown, 'There is no such call variable');
  if (bytesOf(value) > CALL_DATA_LIMITS.eccValueBytesMax)
    return invalid(shown, `An ECC variable is at most ${CALL_DATA_LIMITS.eccValueBytesMax} bytes long`);
  return { ok: true, value: { name: parts[1]!, index, value } };
}

/** `wrapUpReason`, or the `wrapUpItems` of CCX as one text. */
function readWrapUp(mediaProperties: Element, deployment: Deployment): Reading<string | undefined> {
  const items = deployment === 'CCX' ? lastChild(mediaProperties, 'wrapUpItems') : undefined;
  const labels = (items?.elements('wrapUpItem') ?? []).map(({ text }) => text.trim()).filter(Boolean);
  const reason =
    labels.length > 0 ? labels.join(WRAP_UP_SEPARATOR) : childText(mediaProperties, 'wrapUpReason');
  if (reason !== undefined && bytesOf(reason) > CALL_DATA_LIMITS.wrapUpBytesMax) {
    const name = labels.length > 0 ? 'wrapUpItems' : 'wrapUpReason';
    return invalid(name, `A wrap-up reason is at most ${CALL_DATA_LIMITS.wrapUpBytesMax} bytes long`);
  }
  return { ok: true, value: reason };
}
