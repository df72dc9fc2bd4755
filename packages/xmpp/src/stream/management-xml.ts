/** Elements of stream management (XEP-0198) that this server sends. */
import { NS } from '../namespaces.ts';
import { attribute } from '../stanza.ts';

export const REQUEST = `<r xmlns="${NS.streamManagement}"/>`;

/** Conditions in `<failed/>` that this server uses (RFC 6120 8.3.3). */
export type FailedCondition =
  | 'bad-request'
  | 'feature-not-implemented'
  | 'item-not-found'
  | 'resource-constraint'
  | 'unexpected-request';

export function acknowledgementXml(h: number): string {
  return `<a xmlns="${NS.streamManagement}" h="${h}"/>`;
}

/** @param id of the session that can be resumed; undefined: acknowledgements alone */
export function enabledXml(id: string | undefined, maxSeconds: number): string {
  const resumption = id === undefined ? '' : `${attribute('id', id)} max="${maxSeconds}" resume="true"`;
  return `<enabled xmlns="${NS.streamManagement}"${resumption}/>`;
}

export function resumedXml(id: string, h: number): string {
  return `<resumed xmlns="${NS.streamManagement}" h="${h}"${attribute('previd', id)}/>`;
}

/** @param h stanzas of the former session that were handled, where that is still known */
export function failedXml(condition: FailedCondition, h?: number): string {
  return (
    `<failed xmlns="${NS.streamManagement}"${h === undefined ? '' : ` h="${h}"`}>` +
    `<${condition} xmlns="${NS.stanzaErrors}"/></failed>`
  );
}

/** Detail of the stream error `undefined-condition` (XEP-0198 4). */
export function handledTooHighXml(h: number, sent: number): string {
  return `<handled-count-too-high xmlns="${NS.streamManagement}" h="${h}" send-count="${sent}"/>`;
}
