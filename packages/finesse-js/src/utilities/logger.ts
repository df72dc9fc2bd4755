/** `finesse.utilities.Logger`: the console, with a time before each line. */
const line = (message: unknown): string => `${new Date().toISOString()}: ${String(message)}`;

let isDebug = false;

export const Logger = {
  /** Whether `log` writes anything. */
  setDebug(on: boolean): void {
    isDebug = on;
  },
  log(message: unknown): void {
    if (isDebug) console.log(line(message));
  },
  info: (message: unknown): void => console.info(line(message)),
  warn: (message: unknown): void => console.warn(line(message)),
  error: (message: unknown): void => console.error(line(message)),
};
