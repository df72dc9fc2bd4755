/**
 * Reading values: an absent value is an empty element or none at all, and elements come in any order.
 */
import type { Element } from '@poise/xml';

/** Text of a child; '' when it is empty or absent. The first letter's case differs between releases. */
export function text(parent: Element | undefined, name: string): string {
  return find(parent, name)?.text.trim() ?? '';
}

export function find(parent: Element | undefined, name: string): Element | undefined {
  if (parent === undefined) return undefined;
  return parent.child(name) ?? parent.child(otherCase(name));
}

/** The entries of a list such as `roles/role*`; with one name the children of `parent` itself. */
export function list(parent: Element | undefined, entry: string): Element[] {
  if (parent === undefined) return [];
  return parent.elements().filter(({ name }) => name === entry || name === otherCase(entry));
}

function otherCase(name: string): string {
  const first = name.charAt(0);
  const other = first === first.toLowerCase() ? first.toUpperCase() : first.toLowerCase();
  return other + name.slice(1);
}

/** A number, or null when the value is empty, absent or no number. */
export function number(parent: Element | undefined, name: string): number | null {
  const value = text(parent, name);
  return value === '' || Number.isNaN(Number(value)) ? null : Number(value);
}

export function boolean(parent: Element | undefined, name: string): boolean {
  return text(parent, name) === 'true';
}

/** A time (UTC, ISO 8601, with or without milliseconds), or null when it is unknown. */
export function time(parent: Element | undefined, name: string): Date | null {
  const value = text(parent, name);
  if (value === '') return null;
  const date = new Date(value);
  return Number.isNaN(date.getTime()) ? null : date;
}

/** The id at the end of a URI, where the object itself does not repeat it. */
export function idOf(parent: Element | undefined): string {
  return text(parent, 'id') || (text(parent, 'uri').split('/').at(-1) ?? '');
}

/** A word of a fixed set; newer servers may know more words than we do. */
export type Open<T extends string> = T | (string & {});
