/** Desktop layouts as objects of the API (objects.md 7), and what a request may hold. */
import { DEFAULT_LAYOUT, type LayoutProblem, parseLayout } from '@poise/layout';
import { type ApiFailure, failure } from '../domain/errors.ts';
import type { DesktopLayoutRecord } from '../store/directory.ts';
import { fieldsOf, type ObjectDescription } from './description.ts';
import { type BodyLimits, childText, readRoot } from './request.ts';

/** A layout of 256 KiB, its markup written as references. */
export const LAYOUT_BODY_LIMITS: BodyLimits = { bytesMax: 1024 * 1024, textLengthMax: 1024 * 1024 };

/** Errors told of one document: an editor shows the first anyway. */
const ERRORS_MAX = 20;

/** What was saved as default layout, else that of the product. */
export const defaultLayoutXml = (saved: DesktopLayoutRecord | undefined): string =>
  saved?.xml ?? DEFAULT_LAYOUT;

const config = fieldsOf<string>();

export const LAYOUT_CONFIG: ObjectDescription<string> = {
  root: 'LayoutConfig',
  eventRoot: 'layoutConfig',
  declaration: true,
  fields: [
    config.uri('uri', () => '/finesse/api/LayoutConfig/default'),
    config.text('layoutxml', (xml) => xml),
  ],
};

const team = fieldsOf<{ readonly xml: string; readonly useDefault: boolean }>();

export const TEAM_LAYOUT_CONFIG: ObjectDescription<{ readonly xml: string; readonly useDefault: boolean }> = {
  root: 'TeamLayoutConfig',
  eventRoot: 'teamLayoutConfig',
  declaration: true,
  fields: [team.text('layoutxml', (t) => t.xml), team.boolean('useDefault', (t) => t.useDefault)],
};

/** Several failures: a document may be wrong in many places. */
export type LayoutReading<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failures: readonly ApiFailure[] };

const refuse = (...failures: readonly ApiFailure[]): { ok: false; failures: readonly ApiFailure[] } => ({
  ok: false,
  failures,
});

export function readLayoutConfig(body: Uint8Array | undefined): LayoutReading<{ readonly xml: string }> {
  const root = readRoot(body, 'LayoutConfig', LAYOUT_BODY_LIMITS);
  if (!root.ok) return refuse(root.failure);
  const xml = childText(root.value, 'layoutxml');
  if (xml === undefined)
    return refuse(failure('PARAMETER_MISSING', 'layoutxml', 'layoutxml Parameter missing'));
  const failures = layoutFailures(xml);
  return failures.length === 0 ? { ok: true, value: { xml } } : refuse(...failures);
}

/** @param before what the team has; elements left out keep their value */
export function readTeamLayoutConfig(
  body: Uint8Array | undefined,
  before: DesktopLayoutRecord | undefined,
): LayoutReading<{ readonly xml: string; readonly useDefault: boolean }> {
  const root = readRoot(body, 'TeamLayoutConfig', LAYOUT_BODY_LIMITS);
  if (!root.ok) return refuse(root.failure);
  const word = childText(root.value, 'useDefault')?.toLowerCase();
  if (word !== undefined && word !== 'true' && word !== 'false')
    return refuse(failure('INVALID_INPUT', 'useDefault', 'useDefault must be true or false'));
  if (word === 'true') return { ok: true, value: { xml: before?.xml ?? '', useDefault: true } };
  const given = childText(root.value, 'layoutxml');
  const xml = given ?? (word === 'false' && before?.xml ? before.xml : undefined);
  if (xml === undefined)
    return refuse(failure('PARAMETER_MISSING', 'layoutxml', 'layoutxml Parameter missing'));
  const failures = layoutFailures(xml);
  return failures.length === 0 ? { ok: true, value: { xml, useDefault: false } } : refuse(...failures);
}

function layoutFailures(xml: string): readonly ApiFailure[] {
  const reading = parseLayout(xml);
  if (reading.ok) return [];
  return reading.errors.slice(0, ERRORS_MAX).map((problem) => failure('LAYOUT_INVALID', told(problem)));
}

function told({ line, column, path, message }: LayoutProblem): string {
  const where = path === '' ? '' : `, ${path}`;
  return `Line ${line}, column ${column}${where}: ${message}`;
}
