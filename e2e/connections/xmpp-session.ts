/** What tests do with a session, whatever carries it. */
export interface XmppSession {
  /** Full JID. */
  readonly jid: string;
  send(xml: string | Uint8Array): void;
  /** Takes what came up to the end of the first match. */
  until(pattern: RegExp, ms?: number): Promise<string>;
  /** Waits until the server has ended the session. @returns its last words */
  ended(ms?: number): Promise<string>;
  appear(): Promise<this>;
  /** Drops the connection without a word. */
  close(): void;
}
