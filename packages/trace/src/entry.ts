/** What the readers make of a file: entries, each with the place where it begins. */
import type { WallTime } from './times.ts';

/** Families of logs (admin.md 6). */
export type Family =
  | 'access'
  | 'webservices'
  | 'realm'
  | 'openfire'
  | 'wire'
  | 'cti'
  | 'client'
  | 'audit'
  | 'syslog'
  /** Requests and answers as the client's side saw them: HAR, Fiddler, decrypted exports. */
  | 'http'
  /** Messages between the web application and the CTI server, from a capture. */
  | 'capture';

/** What could be used only in part, in captures and archives of requests. */
export type NoteId =
  | 'bodiesCut'
  | 'bodiesMissing'
  | 'tunnels'
  | 'segmentsMissing'
  | 'packetsCut'
  | 'encrypted'
  | 'undecodable'
  | 'withoutOpen';

export interface Entry {
  readonly family: Family;
  readonly file: string;
  /** Line of the file at which the entry begins, from 1. */
  readonly line: number;
  /** Null: the entry carries none of its own. */
  readonly time: WallTime | null;
  /** All lines of the entry, joined by line feeds; the prefix with the time is not in it. */
  readonly text: string;
}

/** What could not be used of a file, by name. Counts are lines; of a capture, packets. */
export interface FileReport {
  readonly file: string;
  /** What it is made of: lines, packets of a capture, requests of an archive. */
  form: 'lines' | 'packets' | 'requests';
  lines: number;
  entries: number;
  /** Lines that no reader knows; prose between excerpts is not counted. */
  unknown: number;
  /** Lines longer than {@link LINE_MAX}; what follows is not read. */
  cut: number;
  /** Lines that are no UTF-8: read as Latin-1. */
  notUtf8: number;
  /** Entries whose time lies before that of the entry above. */
  reordered: number;
  /** How often what could not be used. */
  readonly notes: Partial<Record<NoteId, number>>;
  /** Why the file was given up, if it was: a sentence's id. */
  failed: string | null;
}

/** Longest part of a line that is looked at, in bytes. */
export const LINE_MAX = 64 * 1024;
/** Longest entry, in characters; what follows belongs to it but is not kept. */
export const ENTRY_MAX = 128 * 1024;

/** The report of a file of which nothing was read yet. */
export const emptyReport = (file: string): FileReport => ({
  file,
  form: 'lines',
  lines: 0,
  entries: 0,
  unknown: 0,
  cut: 0,
  notUtf8: 0,
  reordered: 0,
  notes: {},
  failed: null,
});
