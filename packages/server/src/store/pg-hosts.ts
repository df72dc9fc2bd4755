/** Which of several servers of a database is worked with. */
import type pg from 'pg';
import type { PgAddresses } from '../settings/pg-addresses.ts';

/** Which of the servers is worked with: the first, until another one turns out to be it. */
export class PgHosts {
  readonly wantsWritable: boolean;
  readonly #urls: readonly string[];
  #at = 0;

  constructor({ urls, wantsWritable }: PgAddresses) {
    this.#urls = urls;
    this.wantsWritable = wantsWritable;
  }

  /** Position of the one in use. */
  get at(): number {
    return this.#at;
  }

  get count(): number {
    return this.#urls.length;
  }

  use(at: number): void {
    this.#at = at % this.count;
  }

  /** A configuration of the driver for one of them. */
  config(config: pg.ClientConfig, at = this.#at): pg.ClientConfig {
    return { ...config, connectionString: this.#urls[at % this.count] as string };
  }
}

/** Of a standby, or of a server that refuses to be written. */
const READ_ONLY = `select (pg_is_in_recovery() or current_setting('transaction_read_only') = 'on') as refused`;

/**
 * Looks whether a server answers, and may be worked with.
 * @throws what the driver says, or that it cannot be written
 */
export async function probe(
  client: { query(text: string): Promise<{ rows: unknown[] }> },
  wantsWritable: boolean,
): Promise<void> {
  const { rows } = await client.query(wantsWritable ? READ_ONLY : 'select 1');
  if (wantsWritable && (rows[0] as { refused: boolean }).refused)
    throw Object.assign(new Error('the server cannot be written'), { code: '25006' });
}
