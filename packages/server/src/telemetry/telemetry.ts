/**
 * Export to a collector of OpenTelemetry by OTLP/HTTP: happenings as logs, the figures of `/metrics`, and what was done for each request
 * as a trace. Off unless a setting names the collector; docs/metrics.md describes it.
 */
import type { Clock, Timer } from '@poise/clock';
import type { ActionTrace, TraceBook } from '../action-trace/index.ts';
import type { Happening } from '../happenings.ts';
import { jsonLine } from '../journal/json-lines.ts';
import { collect, type ProcessFigures } from '../ops/index.ts';
import type { Part, PartHealth } from '../parts/part.ts';
import {
  type LogRecord,
  logRecord,
  logsBody,
  metricsBody,
  type Span,
  spansOf,
  type Teller,
  tracesBody,
} from './otlp.ts';
import { Outlet, type Post } from './outlet.ts';

export type Signal = 'logs' | 'metrics' | 'traces';

export interface TelemetryOptions {
  readonly clock: Clock;
  readonly signals: ReadonlySet<Signal>;
  readonly teller: Teller;
  /** Where a signal goes. */
  readonly post: (signal: Signal) => Post;
  readonly book: Pick<TraceBook, 'action'>;
  readonly parts: () => Iterable<Part>;
  readonly process: ProcessFigures & { start(): void; stop(): void };
  /** It will be stopped on purpose. */
  readonly leaving: () => boolean;
  /** Between two tellings of the figures, ms. */
  readonly metricsMs: number;
}

/** A trace goes when its page has had the time to tell its part. */
export const TRACE_AFTER_MS = 15_000;
/** Requests that are not over yet. */
const OPEN_MAX = 10_000;

export class Telemetry implements Part {
  readonly name = 'telemetry';
  readonly #options: TelemetryOptions;
  readonly #logs: Outlet<LogRecord>;
  readonly #spans: Outlet<Span>;
  readonly #metrics: Outlet<ReturnType<typeof metricsBody>>;
  /** requestIds whose traces are still to go, and when, in the order of both; monotonic ms. */
  readonly #open = new Map<string, number>();
  #traceTimer: Timer | null = null;
  #metricsTimer: Timer | null = null;
  #running = false;
  #unseen = 0;

  constructor(options: TelemetryOptions) {
    const { clock, post, teller } = options;
    this.#options = options;
    this.#logs = new Outlet(clock, post('logs'), (records) => logsBody(teller, records));
    this.#spans = new Outlet(clock, post('traces'), (spans) => tracesBody(teller, spans));
    // Figures of several times are several bodies; each has its own resource.
    this.#metrics = new Outlet(clock, post('metrics'), (bodies) => ({
      resourceMetrics: bodies.flatMap(({ resourceMetrics }) => resourceMetrics),
    }));
  }

  async start(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    if (this.#options.signals.has('metrics')) {
      this.#options.process.start();
      this.#tellFigures();
    }
  }

  async stop(): Promise<void> {
    if (!this.#running) return;
    this.#running = false;
    this.#traceTimer?.cancel();
    this.#metricsTimer?.cancel();
    this.#traceTimer = null;
    for (const requestId of this.#open.keys()) this.#tellTrace(this.#options.book.action(requestId));
    this.#open.clear();
    if (this.#options.signals.has('metrics')) this.#options.process.stop();
    await Promise.all([this.#logs.end(), this.#spans.end(), this.#metrics.end()]);
  }

  health(): PartHealth {
    const figures = { logs: this.#logs.figures, traces: this.#spans.figures, metrics: this.#metrics.figures };
    const all = Object.values(figures);
    const detail = {
      sent: all.reduce((sum, { sent }) => sum + sent, 0),
      dropped: all.reduce((sum, { dropped }) => sum + dropped, this.#unseen),
    };
    // A collector that is away is no reason to send agents elsewhere.
    const trouble = all.find((one) => one.trouble !== '')?.trouble;
    return {
      state: this.#running ? 'running' : 'stopped',
      ready: this.#running,
      ...(this.#running ? {} : { reason: 'The telemetry is stopped.' }),
      detail: trouble === undefined ? detail : { ...detail, trouble },
    };
  }

  /** Listener of the happenings. */
  readonly happened = (happening: Happening): void => {
    if (!this.#running) return;
    const { signals, clock } = this.#options;
    if (signals.has('logs')) {
      const line = jsonLine(happening, false);
      if (line !== null) this.#logs.push(logRecord(happening, line));
    }
    const { requestId } = happening.cause;
    if (!signals.has('traces') || happening.kind !== 'request.start' || !requestId) return;
    if (this.#open.size >= OPEN_MAX) this.#unseen += 1;
    else if (!this.#open.has(requestId)) {
      this.#open.set(requestId, clock.monotonic() + TRACE_AFTER_MS);
      this.#watchTraces();
    }
  };

  /** The book has no more room for an action (`TraceBook`): it goes as it is. */
  readonly forgotten = (action: ActionTrace): void => {
    if (this.#open.delete(action.requestId)) this.#tellTrace(action);
  };

  #watchTraces(): void {
    const [due] = this.#open.values();
    if (this.#traceTimer !== null || due === undefined) return;
    const { clock, book } = this.#options;
    this.#traceTimer = clock.schedule(Math.max(0, due - clock.monotonic()), () => {
      this.#traceTimer = null;
      const now = clock.monotonic();
      for (const [requestId, dueAt] of this.#open) {
        if (dueAt > now) break;
        this.#open.delete(requestId);
        this.#tellTrace(book.action(requestId));
      }
      this.#watchTraces();
    });
  }

  #tellTrace(action: ActionTrace | undefined): void {
    if (action === undefined) this.#unseen += 1;
    else for (const span of spansOf(action)) this.#spans.push(span);
  }

  #tellFigures(): void {
    const { clock, parts, process, leaving, teller, metricsMs } = this.#options;
    const figures = collect(parts(), process, leaving());
    this.#metrics.push(metricsBody(teller, figures, process.startedAt * 1000, clock.now()));
    this.#metricsTimer = clock.schedule(metricsMs, () => this.#tellFigures());
  }
}
