/** `poise cert export`: the authority's certificate, to be trusted by browsers and clients. */
import { X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { hostsOf } from '../certificates/keeper.ts';
import { ensureOwnCertificate, readAuthority } from '../certificates/own.ts';
import { say } from '../messages/catalogue.ts';
import { type Arguments, EXIT } from './command.ts';
import { settingsFrom } from './settings-arguments.ts';
import type { Terminal } from './terminal.ts';

/** Makes the authority when the server has never run, so that it can be trusted before the first start. */
export async function exportCertificate(given: Arguments, terminal: Terminal): Promise<number> {
  const { settings } = await settingsFrom(given, terminal);
  const directory = join(settings.data, 'certs');
  const authority =
    readAuthority(directory) ??
    ensureOwnCertificate({ directory, hosts: hostsOf(settings), nowMs: Date.now() }).authority ??
    '';
  const out = given.value('out');
  if (out === undefined) terminal.write(authority);
  else {
    const path = resolve(terminal.cwd, out);
    writeFileSync(path, authority);
    const fingerprint = new X509Certificate(authority).fingerprint256;
    terminal.print(say(terminal.messages, 'certificate.exported', { path, fingerprint }));
  }
  return EXIT.done;
}
