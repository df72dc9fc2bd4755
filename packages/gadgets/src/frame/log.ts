/** `gadgets.log` and its like: the console. */

export interface Log {
  log(...values: unknown[]): void;
  warn(...values: unknown[]): void;
  error(...values: unknown[]): void;
  setLogLevel(level: number): void;
}

export const LOG_LEVEL = { INFO: 1, WARNING: 2, ERROR: 3, NONE: 4 } as const;

export function logOf(console: Pick<Console, 'info' | 'warn' | 'error'>): Log {
  let least: number = LOG_LEVEL.INFO;
  return {
    log: (...values) => least <= LOG_LEVEL.INFO && console.info(...values),
    warn: (...values) => least <= LOG_LEVEL.WARNING && console.warn(...values),
    error: (...values) => least <= LOG_LEVEL.ERROR && console.error(...values),
    setLogLevel(level) {
      least = level;
    },
  };
}
