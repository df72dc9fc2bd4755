/** One entry of a list of hosts: `reports.example.com`, `*.example.com:8444`, `10.1.2.3:*`, `[2001:470::5]`, `*`. */
import { isIP } from 'node:net';

export interface HostRule {
  /** Lower case, without brackets; `*` for all, `*.example.com` for all below. */
  readonly name: string;
  /** Undefined: the usual port of the scheme; `*`: every one. */
  readonly port: string | undefined;
}

/** The parts of an entry; undefined when it is none. */
export function readHostRule(text: string): HostRule | undefined {
  const match = /^(?:\[([0-9a-f:.]+)\]|(\*|(?:\*\.)?[a-z0-9_.-]+))(?::(\d{1,5}|\*))?$/i.exec(text);
  if (match === null) return undefined;
  const [, bracketed, plain, port] = match;
  if (bracketed !== undefined && isIP(bracketed) !== 6) return undefined;
  const name = (bracketed ?? plain ?? '').toLowerCase();
  if (/\.\.|^[.-]|[.-]$/.test(name)) return undefined;
  if (port !== undefined && port !== '*' && (Number(port) < 1 || Number(port) > 65535)) return undefined;
  return { name, port };
}
