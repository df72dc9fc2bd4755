/** What Node says of its own process. */
import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import type { ProcessFigures } from './figures.ts';

/**
 * The event loop is expected back after this time, ms; what it takes longer is its delay. Each look wakes the process
 * up: a hundred a second were about half of what a server without sessions used, and twenty are still felt.
 */
const RESOLUTION_MS = 50;

export class NodeFigures implements ProcessFigures {
  readonly startedAt = performance.timeOrigin / 1000;
  readonly #delays: IntervalHistogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });

  #running = false;
  #measuring = false;

  /** The delay is measured between start and stop only, and only once somebody has asked for it. */
  start(): void {
    this.#running = true;
  }

  stop(): void {
    this.#running = false;
    this.#measuring = false;
    this.#delays.disable();
  }

  residentBytes(): number {
    return process.memoryUsage.rss();
  }

  cpuSeconds(): number {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  }

  eventLoopDelay(quantiles: readonly number[]): readonly number[] {
    if (this.#running && !this.#measuring) {
      this.#measuring = true;
      this.#delays.reset();
      this.#delays.enable();
    }
    const measured = this.#delays.count > 0;
    const delays = quantiles.map((quantile) =>
      measured
        ? Math.max(0, this.#delays.percentile(quantile * 100) / 1e9 - RESOLUTION_MS / 1000)
        : Number.NaN,
    );
    this.#delays.reset();
    return delays;
  }
}
