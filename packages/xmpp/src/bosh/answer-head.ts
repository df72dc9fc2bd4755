/** Header lines and texts of BOSH answers, the same whichever HTTP server sends them. */
import { terminateBody } from './body.ts';

const XML_TYPE = 'text/xml;charset=UTF-8';

/** Headers of an answer that carries a `<body/>`, as name and value in turn. */
export function answerHeaders(bytes: number): string[] {
  return ['Content-Type', XML_TYPE, 'Content-Length', String(bytes), 'Cache-Control', 'no-store'];
}

/** One line for people who look at the answer; programs read the status. */
const REASONS: Readonly<Record<number, string>> = {
  400: 'Not a BOSH request: expected a well-formed <body/> element with a rid.',
  403: 'Refused by policy.',
  408: 'The request did not arrive in time.',
  413: 'The request is too large.',
  415: 'Expected XML in UTF-8, not compressed.',
  500: 'Internal error.',
  503: 'The notification service is not ready. Try again soon.',
};

/**
 * COMPAT libpurple: takes no notice of the status, and would poll a session that does not exist for ever. It connects anew
 * when the answer is the body that says so.
 */
const NO_SESSION = terminateBody('item-not-found', '', '');

/** Seconds after which to ask again a service that is not ready. */
const RETRY_AFTER = '5';

/** What is sent instead of a `<body/>`: text of ASCII alone, headers as name and value in turn. */
export interface BoshRefusal {
  readonly text: string;
  readonly headers: string[];
}

/** The answer with a status other than 200: 400, 403, 404, 408, 413, 415, 500, 503. */
export function boshRefusal(status: number): BoshRefusal {
  const text = status === 404 ? NO_SESSION : `${REASONS[status] ?? ''}\n`;
  const type = status === 404 ? XML_TYPE : 'text/plain;charset=UTF-8';
  const headers = ['Content-Type', type, 'Content-Length', String(text.length)];
  headers.push('Cache-Control', 'no-store');
  if (status === 503) headers.push('Retry-After', RETRY_AFTER);
  return { text, headers };
}
