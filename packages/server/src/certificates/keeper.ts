/** Keeps the certificate current while the server runs: renews the own one, notices a replaced one, takes one that is installed. */
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Clock, Timer } from '@poise/clock';
import { type Phrase, PlainError } from '../messages/catalogue.ts';
import {
  type CertificateSource,
  checkInstallable,
  hasInstalled,
  INSTALLED_FILES,
  installedCertificate,
  removeInstalled,
  writeInstalled,
} from './installed.ts';
import { loadCertificate, type ServerCertificate, validityProblem } from './load.ts';
import { ensureOwnCertificate, isFresh } from './own.ts';

const CHECK_INTERVAL_MS = 3_600_000;

export interface CertificateKeeperOptions {
  readonly clock: Clock;
  /** Data directory. */
  readonly data: string;
  /** Configured files; empty: an own certificate. */
  readonly certificate: string;
  readonly key: string;
  /** Names and addresses for the own certificate. */
  readonly hosts: readonly string[];
  /** Something that an administrator should mend; the old certificate stays in use. */
  readonly onProblem?: (problem: Phrase) => void;
}

/** The hosts that the own certificate is made for, from the settings. */
export function hostsOf(settings: {
  readonly host: string;
  readonly domain: string;
  readonly node: { readonly primary: string; readonly secondary: string };
  readonly https: { readonly hosts: readonly string[] };
}): string[] {
  const { host, domain, node, https } = settings;
  return [domain, node.primary, node.secondary, host, ...https.hosts, hostname()];
}

export class CertificateKeeper {
  readonly #options: CertificateKeeperOptions;
  readonly #listeners = new Set<(certificate: ServerCertificate) => void>();
  #current: ServerCertificate;
  #source: CertificateSource = 'own';
  #timer: Timer | undefined;

  /** Loads or makes the certificate. @throws PlainError when a configured one cannot be used */
  constructor(options: CertificateKeeperOptions) {
    this.#options = options;
    this.#current = this.#load();
    this.#tellDates();
    this.#schedule();
  }

  get current(): ServerCertificate {
    return this.#current;
  }

  /** Where {@link current} comes from. */
  get source(): CertificateSource {
    return this.#source;
  }

  /**
   * Serves this certificate from now on, also after a restart, unless the settings name another.
   * @throws InstallError, nothing is changed then; Error when it cannot be written
   */
  install(certificate: string, key: string): void {
    const { data, clock } = this.#options;
    writeInstalled(join(data, 'certs'), checkInstallable(certificate, key, clock.now()));
    this.check();
  }

  /** Back to the own certificate. */
  uninstall(): void {
    removeInstalled(join(this.#options.data, 'certs'));
    this.check();
  }

  /** Tells listeners of TLS ports to use another certificate from now on. @returns the function that ends it */
  onChange(listener: (certificate: ServerCertificate) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Looks once, now. */
  check(): void {
    const { data, clock } = this.#options;
    const isAsItWas = this.#source === 'own' && !hasInstalled(join(data, 'certs'));
    if (isAsItWas && isFresh(this.#current, clock.now())) return;
    try {
      const loaded = this.#load();
      if (loaded.certificate === this.#current.certificate && loaded.key === this.#current.key) return;
      this.#current = loaded;
    } catch (error) {
      if (!(error instanceof PlainError)) throw error;
      this.#options.onProblem?.(error.said);
      return;
    }
    this.#tellDates();
    for (const listener of [...this.#listeners]) listener(this.#current);
  }

  close(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #load(): ServerCertificate {
    const { certificate, key, data, hosts, clock } = this.#options;
    if (certificate !== '') {
      this.#source = 'configured';
      return loadCertificate({ certificate, key });
    }
    const directory = join(data, 'certs');
    const installed = this.#installed(directory);
    this.#source = installed === null ? 'own' : 'installed';
    return installed ?? ensureOwnCertificate({ directory, hosts, nowMs: clock.now() });
  }

  /** One that somebody has broken on the disk must not keep the server from starting. */
  #installed(directory: string): ServerCertificate | null {
    try {
      return installedCertificate(directory);
    } catch (error) {
      if (!(error instanceof PlainError)) throw error;
      this.#options.onProblem?.(error.said);
      return null;
    }
  }

  /** Of the certificate in use, for people. */
  get #path(): string {
    const { certificate, data } = this.#options;
    return this.#source === 'installed' ? join(data, 'certs', INSTALLED_FILES.certificate) : certificate;
  }

  #tellDates(): void {
    const problem = validityProblem(this.#current, this.#path, this.#options.clock.now());
    if (problem !== null) this.#options.onProblem?.(problem);
  }

  #schedule(): void {
    this.#timer = this.#options.clock.schedule(CHECK_INTERVAL_MS, () => {
      this.#schedule();
      this.check();
    });
  }
}
