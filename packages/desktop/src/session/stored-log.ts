/**
 * The page's log in the browser's storage, for faults that a reload would wipe out (`/desktop/locallog`, desktop.md D111). Written in
 * pieces, so that each line costs little; the oldest pieces go, and a storage that is full or forbidden costs the log alone.
 */
import type { ClientClock, ClientTimer } from '@poise/client';

type Keep = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

const PIECES = 20;
/** Characters of one piece: all of them leave room for what else a browser keeps for this server (5 MB as a rule). */
export const PIECE_MAX = 100_000;
/** Lines wait this long to be written together. */
export const WRITE_MS = 1_000;
const NEXT = 'poise.log.next';
const keyOf = (piece: number) => `poise.log.${piece % PIECES}`;

function quietly<T>(act: () => T, otherwise: T): T {
  try {
    return act();
  } catch {
    return otherwise;
  }
}

const nextPiece = (storage: Keep) => Math.max(0, Math.trunc(Number(storage.getItem(NEXT) ?? '0')) || 0);

/** All that is kept, oldest first. */
export function storedLog(storage: () => Keep = () => localStorage): string {
  return quietly(() => {
    const kept = storage();
    const next = nextPiece(kept);
    const pieces = Array.from({ length: PIECES }, (_, index) => kept.getItem(keyOf(next + 1 + index)) ?? '');
    return pieces.filter((piece) => piece !== '').join('\n');
  }, '');
}

export function clearStoredLog(storage: () => Keep = () => localStorage): void {
  quietly(() => {
    const kept = storage();
    for (let piece = 0; piece < PIECES; piece++) kept.removeItem(keyOf(piece));
    kept.removeItem(NEXT);
  }, undefined);
}

/** Whether the address asks for it: `?lls`, `?lls=true`. */
export function isPersistent(search: string): boolean {
  const asked = new URLSearchParams(search).get('lls');
  return asked !== null && asked !== 'false';
}

export class StoredLog {
  readonly #clock: ClientClock;
  readonly #storage: () => Keep;
  #waiting: string[] = [];
  #timer: ClientTimer | undefined;

  constructor(clock: ClientClock, storage: () => Keep = () => localStorage) {
    this.#clock = clock;
    this.#storage = storage;
  }

  add(line: string): void {
    this.#waiting.push(line.slice(0, PIECE_MAX));
    this.#timer ??= this.#clock.schedule(WRITE_MS, () => this.flush());
  }

  /** The page may go: what waits is written now. */
  flush(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    const lines = this.#waiting;
    this.#waiting = [];
    if (lines.length > 0) quietly(() => write(this.#storage(), lines), undefined);
  }
}

function write(storage: Keep, lines: readonly string[]): void {
  let piece = nextPiece(storage);
  let text = storage.getItem(keyOf(piece)) ?? '';
  for (const line of lines) {
    if (text !== '' && text.length + line.length + 1 > PIECE_MAX) {
      storage.setItem(keyOf(piece), text);
      piece++;
      text = '';
      storage.setItem(NEXT, String(piece));
      // The place has the oldest lines.
      storage.removeItem(keyOf(piece));
    }
    text = text === '' ? line : `${text}\n${line}`;
  }
  storage.setItem(keyOf(piece), text);
}
