/**
 * The servers of one database, in the form of libpq: of a primary and its standbys only one can be written. The driver knows one host at a time.
 * `postgres://user@a:5432,b:5433/poise?target_session_attrs=read-write`
 */

/** An address that the driver understands for each server, in their order, and whether one that cannot be written is passed over. */
export interface PgAddresses {
  readonly urls: readonly string[];
  readonly wantsWritable: boolean;
}

const ATTRIBUTES = 'target_session_attrs';
const WRITABLE: readonly string[] = ['read-write', 'primary'];
const ANY = 'any';
/** Scheme, user, hosts, and the rest. */
const FORM = /^(postgres(?:ql)?:\/\/)((?:[^@/?#]*@)?)([^/?#]*)(.*)$/s;

/**
 * Takes an address apart. Several hosts imply that one is wanted that can be written: no other is of use here.
 * @throws TypeError for what is no address
 */
export function addressesIn(text: string): PgAddresses {
  const [, scheme = '', user = '', list = '', rest = ''] = FORM.exec(text) ?? [];
  const hosts = list.split(',');
  const attributes = new URL(`${scheme}${user}${hosts[0]}${rest}`).searchParams.get(ATTRIBUTES);
  if (attributes !== null && attributes !== ANY && !WRITABLE.includes(attributes))
    throw new TypeError(`${ATTRIBUTES} must be read-write, primary or any.`);
  const urls = hosts.map((host) => `${scheme}${user}${host}${rest}`);
  // Each is an address by itself.
  for (const url of urls) new URL(url);
  if (hosts.length > 1 && hosts.includes('')) throw new TypeError('A host is empty.');
  return { urls, wantsWritable: attributes === null ? hosts.length > 1 : attributes !== ANY };
}
