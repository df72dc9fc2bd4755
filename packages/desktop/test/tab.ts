/** A tab as the sign-in is kept in it: its storage, and a safe whose working can be seen. */
import type { Safe } from '../src/session/kept-sign-in.ts';

export class Tab {
  readonly items = new Map<string, string>();
  readonly getItem = (key: string) => this.items.get(key) ?? null;
  readonly setItem = (key: string, value: string) => void this.items.set(key, value);
  readonly removeItem = (key: string) => void this.items.delete(key);
}

/** Turns the text round, so that what is stored can be told from what was given. */
export class TurningSafe implements Safe {
  readonly names = new Set<string>();
  isBroken = false;
  async seal(name: string, text: string) {
    if (this.isBroken) throw new Error('no secure context');
    this.names.add(name);
    return [...text].reverse().join('');
  }
  async open(name: string, sealed: string) {
    if (!this.names.has(name)) throw new Error('no key');
    return [...sealed].reverse().join('');
  }
  async forget(name: string) {
    this.names.delete(name);
  }
}
