/** The connection that a confirmation names: of a call that was made, consulted, merged or supervised. */
import type { Fields } from '@poise/ged188';
import { connectionOf } from './call-inbound.ts';
import type { Connection } from './connections.ts';

/** Null: none. */
export const newConnectionOf = (fields: Fields): Connection | null =>
  connectionOf(fields, 'NewConnection') ?? connectionOf(fields, 'Connection');
