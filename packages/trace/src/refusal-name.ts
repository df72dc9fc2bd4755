/** What a number of a refusal is called in GED-188. */
import { enumName } from '@poise/ged188';

/** @returns null: the number has no name in that space, or is none */
export function refusalName(
  space: 'FailureStatus' | 'ControlFailureCode',
  code: string | null,
): string | null {
  return code !== null && /^\d{1,9}$/.test(code) ? (enumName(space, Number(code)) ?? null) : null;
}
