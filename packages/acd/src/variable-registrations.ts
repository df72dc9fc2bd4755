import type { CtiMessage, Fields } from '@poise/ged188';
import type { CtiClient } from './client.ts';

/**
 * REGISTER_VARIABLES_REQ (ged188.md 11): which call variables the events for a client carry. A client that registered
 * nothing gets all of them.
 */

/** The variables that one client wants; everything else stays out of its events. */
export interface RegisteredVariables {
  /** CallVariableMask: bit n is CallVariable n+1. */
  readonly callVariableMask: number;
  /** Names of expanded variables without index. */
  readonly scalars: ReadonlySet<string>;
  /** Names of expanded variables that are arrays. */
  readonly arrays: ReadonlySet<string>;
}

const CALL_VARIABLES = Array.from({ length: 10 }, (_, i) => ({ field: `CallVariable${i + 1}`, bit: 1 << i }));

export class VariableRegistrations {
  /** Gone with the session. */
  readonly #of = new WeakMap<CtiClient, RegisteredVariables>();

  /** Takes the place of what the client registered before. */
  register(client: CtiClient, variables: RegisteredVariables): void {
    this.#of.set(client, variables);
  }

  /** The event as this client gets it: the same object where it keeps all of its variables. */
  limited(client: CtiClient, event: CtiMessage): CtiMessage {
    const wanted = this.#of.get(client);
    return wanted === undefined ? event : limit(event, wanted);
  }
}

function limit(event: CtiMessage, { callVariableMask, scalars, arrays }: RegisteredVariables): CtiMessage {
  const fields: { [name: string]: Fields[string] } = { ...event.fields };
  for (const { field, bit } of CALL_VARIABLES) if ((callVariableMask & bit) === 0) delete fields[field];
  drop(fields, 'namedVariables', (element) => scalars.has(element.NamedVariable?.name ?? ''));
  drop(fields, 'namedArrays', (element) => arrays.has(element.NamedArray?.name ?? ''));
  const same = Object.keys(event.fields).every((name) => fields[name] === event.fields[name]);
  return same ? event : { name: event.name, fields };
}

interface Element {
  readonly NamedVariable?: { readonly name: string };
  readonly NamedArray?: { readonly name: string };
}

/** Leaves the elements of a group that are wanted; a group that loses none stays the object that it is. */
function drop(
  fields: { [name: string]: Fields[string] },
  group: 'namedVariables' | 'namedArrays',
  wanted: (element: Element) => boolean,
): void {
  const elements = fields[group];
  if (!Array.isArray(elements)) return;
  const kept = (elements as readonly Fields[]).filter((element) => wanted(element as Element));
  if (kept.length < elements.length) fields[group] = kept;
}
