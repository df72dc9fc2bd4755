/**
 * The journal: observes happenings and writes the log files of the original. It calls nobody and nobody
 * calls it, but for the CTI trace and the switch of the notification debug log.
 */
import { join } from 'node:path';
import type { Clock, Timer } from '@poise/clock';
import type { Happening, Happenings } from '../happenings.ts';
import type { Part, PartHealth, PartState } from '../parts/part.ts';
import { accessLine } from './access-lines.ts';
import { ClientLogs } from './client-logs.ts';
import { type BeanWriter, type LogForm, plainBean } from './cti-lines.ts';
import { escapeKeyed, escapeValue } from './escape.ts';
import { FAMILIES, type FamilyName } from './families.ts';
import { jsonLine } from './json-lines.ts';
import { type LogFileSystem, nodeLogFiles } from './log-files.ts';
import { LogStream, type LogStreamLimits } from './log-stream.ts';
import { openfireLine, wireLines } from './openfire-lines.ts';
import { realmHeader, realmLine } from './realm-lines.ts';
import { RequestThreads } from './request-threads.ts';
import { Timestamps, type ZoneOffset } from './timestamps.ts';
import { type LineContext, type Severity, webservicesEntries, webservicesLine } from './webservices-lines.ts';

export interface LogLevels {
  /** Least severe lines of Desktop-webservices that are written. */
  readonly webservices: WebservicesLevel;
  /** `debug`: with debug.log. */
  readonly notification: 'information' | 'debug';
}

/** Severities of the lines up to which they are written. */
const SEVERITY_MAX = { error: 3, warning: 4, information: 6 } as const;
export type WebservicesLevel = keyof typeof SEVERITY_MAX;
export const WEBSERVICES_LEVELS = Object.keys(SEVERITY_MAX) as readonly WebservicesLevel[];

export interface JournalOptions {
  readonly happenings: Happenings;
  readonly clock: Clock;
  /** <data>/logs */
  readonly directory: string;
  /** Own name or address as the webservices lines print it. */
  readonly host: string;
  /** Setting `compatibility`. */
  readonly form: LogForm;
  readonly deployment: 'CCE' | 'CCX';
  /** At the start (settings logs.level and notification.log.debug). */
  readonly levels: LogLevels;
  /** Writes every happening to poise.jsonl, too (setting logs.json). */
  readonly json?: boolean;
  /** Writes decoded CTI messages as beans; without it the fields are printed in their own order. */
  readonly bean?: BeanWriter;
  readonly files?: LogFileSystem;
  readonly zone?: ZoneOffset;
  readonly limits?: Partial<LogStreamLimits>;
}

const REPORT_MS = 60_000;

export class Journal implements Part {
  readonly name = 'journal';
  readonly #options: JournalOptions;
  readonly #times: Timestamps;
  readonly #streams: Readonly<Record<FamilyName, LogStream>>;
  readonly #clientLogs: ClientLogs;
  readonly #context: LineContext;
  #state: PartState = 'stopped';
  #endObservation: (() => void) | undefined;
  #reportTimer: Timer | undefined;
  #reportedDrops = 0;
  /** Path → last report, monotonic ms: one report per minute and file. */
  readonly #failureReports = new Map<string, number>();
  #lastFailure = '';
  #counter = 0;
  #startedMs = 0;
  #levels: LogLevels;

  constructor(options: JournalOptions) {
    this.#options = options;
    this.#times = new Timestamps(options.zone);
    this.#levels = options.levels;
    const files = options.files ?? nodeLogFiles;
    const onFailure = (path: string, error: unknown) => this.#failed(path, error);
    const stream = (name: FamilyName) =>
      new LogStream({
        family: FAMILIES[name],
        root: options.directory,
        clock: options.clock,
        files,
        times: this.#times,
        onFailure,
        ...(options.limits === undefined ? {} : { limits: options.limits }),
        ...(name === 'realm' ? { header: (atMs: number) => realmHeader(atMs, this.#times) } : {}),
      });
    const names = Object.keys(FAMILIES) as FamilyName[];
    this.#streams = Object.fromEntries(names.map((name) => [name, stream(name)])) as Record<
      FamilyName,
      LogStream
    >;
    this.#clientLogs = new ClientLogs({ root: options.directory, files, times: this.#times, onFailure });
    const threads = new RequestThreads();
    this.#context = {
      form: options.form,
      deployment: options.deployment,
      bean: options.bean ?? plainBean,
      httpThread: (happening) => threads.of(happening),
    };
  }

  async start(): Promise<void> {
    if (this.#state === 'running') return;
    const { happenings, clock } = this.#options;
    this.#startedMs = clock.monotonic();
    this.#endObservation = happenings.observe((happening) => this.#observe(happening));
    this.#scheduleReport();
    this.#state = 'running';
  }

  /** Writes what is queued and closes the files. Stop it last: what comes later is not logged. */
  async stop(): Promise<void> {
    if (this.#state !== 'running') return;
    this.#state = 'stopping';
    this.#endObservation?.();
    this.#reportTimer?.cancel();
    await Promise.all([
      ...Object.values(this.#streams).map((stream) => stream.close()),
      this.#clientLogs.flush(),
    ]);
    this.#state = 'stopped';
  }

  health(): PartHealth {
    const failing = Object.values(this.#streams).some((stream) => stream.failing);
    const detail = { directory: this.#options.directory, dropped: this.dropped };
    if (this.#state !== 'running')
      return { state: this.#state, ready: false, reason: `The journal is ${this.#state}.`, detail };
    if (failing) return { state: 'running', ready: false, reason: this.#lastFailure, detail };
    return { state: 'running', ready: true, detail };
  }

  /** Lines and client logs lost since the start. */
  get dropped(): number {
    return Object.values(this.#streams).reduce(
      (sum, stream) => sum + stream.dropped,
      this.#clientLogs.dropped,
    );
  }

  get levels(): LogLevels {
    return this.#levels;
  }

  /** From the next line on; a restart goes back to the settings. */
  setLevels(levels: LogLevels): void {
    this.#levels = levels;
  }

  /** Line sink for the embedded CTI server's trace. */
  readonly ctiTrace = (line: string): void => {
    const now = this.#options.clock.now();
    this.#streams.ctiTrace.write(`${this.#times.timeOfDay(now)} ${escapeValue(line)}`, now);
  };

  /** A line of the notification service as its files have it. @param atMs wall ms */
  notificationLine(text: string, atMs: number): string {
    return openfireLine(text, atMs, this.#times);
  }

  /** Writes everything that happened so far, for commands that read the files. */
  async flush(): Promise<void> {
    await Promise.all([
      ...Object.values(this.#streams).map((stream) => stream.flush()),
      this.#clientLogs.flush(),
    ]);
  }

  #observe(happening: Happening): void {
    const streams = this.#streams;
    const { at } = happening;
    if (this.#options.json === true) {
      const line = jsonLine(happening, this.#levels.notification === 'debug');
      if (line !== null) streams.json.write(line, at);
    }
    switch (happening.kind) {
      case 'http.access':
        streams.access.write(accessLine(happening), at);
        return;
      case 'notification.info':
        streams.notificationInfo.write(openfireLine(happening.line, at, this.#times), at);
        return;
      case 'notification.debug':
        if (this.#levels.notification === 'debug') {
          streams.notificationDebug.write(openfireLine(happening.line, at, this.#times), at);
        }
        return;
      case 'notification.wire':
        if (this.#levels.notification === 'debug') {
          for (const line of wireLines(happening)) {
            streams.notificationDebug.write(openfireLine(line, at, this.#times), at);
          }
        }
        return;
      case 'notification.trouble': {
        const stream = happening.level === 'error' ? streams.notificationError : streams.notificationWarn;
        stream.write(openfireLine(happening.line, at, this.#times), at);
        return;
      }
      case 'auth.failed':
        streams.realm.write(
          realmLine(happening, this.#options.clock.monotonic() - this.#startedMs, this.#times),
          at,
        );
        return;
      case 'client.log':
        this.#clientLogs.submit(happening.user, happening.data, at);
        return;
      case 'audit':
        streams.audit.write(
          `${this.#times.webservices(at)}: %[user=${escapeKeyed(happening.user)}][method=${escapeKeyed(happening.method)}][url=${escapeKeyed(happening.url)}]: ${escapeValue(happening.payload)}`,
          at,
        );
        return;
    }
    const severityMax = SEVERITY_MAX[this.#levels.webservices];
    // Errors and warnings have a file of their own, whatever the level of the other one.
    const made = Math.max(severityMax, SEVERITY_MAX.warning) as Severity;
    for (const entry of webservicesEntries(happening, this.#context, made)) {
      const line = webservicesLine(++this.#counter, this.#options.host, at, entry, this.#times);
      if (entry.severity <= severityMax) streams.webservices.write(line, at);
      if (entry.severity <= SEVERITY_MAX.warning) streams.webservicesErrors.write(line, at);
    }
  }

  #failed(path: string, error: unknown): void {
    const { clock, happenings } = this.#options;
    const reason = error instanceof Error ? error.message : String(error);
    this.#lastFailure = `Cannot write the log ${path}: ${reason}.`;
    const now = clock.monotonic();
    const last = this.#failureReports.get(path);
    if (last !== undefined && now - last < REPORT_MS) return;
    if (this.#failureReports.size > 1_000) this.#failureReports.clear();
    this.#failureReports.set(path, now);
    happenings.publish('operator', {
      level: 'error',
      text: 'A log file cannot be written.',
      detail: { path, reason },
    });
  }

  #scheduleReport(): void {
    this.#reportTimer = this.#options.clock.schedule(REPORT_MS, () => {
      this.#scheduleReport();
      const lost = this.dropped - this.#reportedDrops;
      if (lost === 0) return;
      this.#reportedDrops += lost;
      const streams = Object.fromEntries(
        Object.entries(this.#streams)
          .filter(([, stream]) => stream.dropped > 0)
          .map(([name, stream]) => [name, stream.dropped]),
      );
      this.#options.happenings.publish('operator', {
        level: 'warn',
        text: `${lost} log lines were lost because the disk is too slow or full.`,
        detail: { sinceStart: { ...streams, clientLogs: this.#clientLogs.dropped } },
      });
    });
  }
}

/** <data>/logs */
export function logDirectory(dataDirectory: string): string {
  return join(dataDirectory, 'logs');
}
