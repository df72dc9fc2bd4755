/**
 * Reads request bodies. Strict about what could be misread (the root, the form of values, limits),
 * tolerant where clients differ (declaration, comments, unknown children but in lists, order; of duplicates the last
 * one counts, developer guide 12.5 page 241).
 */
import { type Element, parse, XmlError } from '@poise/xml';
import { type ApiFailure, failure } from '../domain/errors.ts';

export type Reading<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: ApiFailure };

export const refuse = (failed: ApiFailure): { ok: false; failure: ApiFailure } => ({
  ok: false,
  failure: failed,
});

export interface BodyLimits {
  readonly bytesMax: number;
  readonly textLengthMax: number;
}

/** Bodies other than client logs. */
export const BODY_LIMITS: BodyLimits = { bytesMax: 64 * 1024, textLengthMax: 64 * 1024 };
/** 1,048,576 characters may take more bytes: up to 3 in UTF-8, up to 6 as references. */
export const CLIENT_LOG_CHARACTERS_MAX = 1_048_576;
export const CLIENT_LOG_LIMITS: BodyLimits = { bytesMax: 8 * 1024 * 1024, textLengthMax: 8 * 1024 * 1024 };
/** The zip of a CompressedClientLog, as long as one file of the log folder may be. */
export const COMPRESSED_LOG_BYTES_MAX = 1_500_000;
/** In Base64, some of which has line breaks. */
export const COMPRESSED_LOG_LIMITS: BodyLimits = { bytesMax: 2_200_000, textLengthMax: 2_200_000 };

/** Parses a body whose root must be `root`. */
export function readRoot(
  body: Uint8Array | undefined,
  root: string,
  limits: BodyLimits = BODY_LIMITS,
): Reading<Element> {
  if (body === undefined || body.length === 0)
    return refuse(failure('BAD_REQUEST', root, 'The request has no body'));
  let element: Element;
  try {
    element = parse(body, { ...limits, depthMax: 16, comments: 'skip', declaration: 'allow' });
  } catch (error) {
    if (!(error instanceof XmlError)) throw error;
    return refuse(
      failure('BAD_REQUEST', '', `Invalid XML (${error.code}) at line ${error.line}, column ${error.column}`),
    );
  }
  if (element.name !== root) {
    return refuse(failure('BAD_REQUEST', element.name.slice(0, 64), `The root element must be ${root}`));
  }
  return { ok: true, value: element };
}

/** Last child of that name; undefined when there is none. */
export function lastChild(parent: Element, name: string): Element | undefined {
  return parent.elements(name).at(-1);
}

/** Trimmed text of the last child of that name; undefined when absent or empty. */
export function childText(parent: Element, name: string): string | undefined {
  const text = lastChild(parent, name)?.text.trim();
  return text === undefined || text === '' ? undefined : text;
}
