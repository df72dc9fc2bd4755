import type { Element } from '@poise/xml';
import { boolean, idOf, list, number, type Open, text } from './read.ts';

export type ReasonCategory = 'NOT_READY' | 'LOGOUT';

export interface ReasonCode {
  readonly uri: string;
  /** Database id: what a change of state names as `reasonCodeId`. */
  readonly id: number;
  readonly category: Open<ReasonCategory>;
  /** The code that reports show; not the id. */
  readonly code: number | null;
  readonly label: string;
  readonly forAll: boolean;
  readonly systemCode: boolean;
}

export function readReasonCode(element: Element): ReasonCode {
  return {
    uri: text(element, 'uri'),
    id: Number(idOf(element)),
    category: text(element, 'category'),
    code: number(element, 'code'),
    label: text(element, 'label'),
    forAll: boolean(element, 'forAll'),
    systemCode: boolean(element, 'systemCode'),
  };
}

export function readReasonCodes(root: Element): ReasonCode[] {
  return list(root, 'ReasonCode').map(readReasonCode);
}

export interface WrapUpReason {
  readonly uri: string;
  readonly id: string;
  /** Selecting a reason sends this text, not the id. */
  readonly label: string;
  readonly forAll: boolean;
}

export function readWrapUpReasons(root: Element): WrapUpReason[] {
  return list(root, 'WrapUpReason').map((element) => ({
    uri: text(element, 'uri'),
    id: idOf(element),
    label: text(element, 'label'),
    forAll: boolean(element, 'forAll'),
  }));
}
