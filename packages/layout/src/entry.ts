/** Reads gadgets and components. */
import { LAYOUT_LIMITS } from './limits.ts';
import type { LayoutEntry } from './model.ts';
import { type Located, quoted, type Report } from './report.ts';
import { onlyAttributes, readSequence, readText, slot } from './structure.ts';
import { refuseUrl } from './url.ts';

const ID = /^[a-zA-Z][-_a-zA-Z0-9]{0,127}$/;
/** Machines of Windows may have an underscore in their names, and browsers find them. */
const HOST = /^(?=.{1,253}$)\w(?:[-\w]*\w)?(?:\.\w(?:[-\w]*\w)?)*$/;

/** Rows of Team Performance: fewer are ten (gadgets.md 1). */
const MAX_ROWS = { min: 10, max: 1000 } as const;

/** Attributes that the desktop itself understands. */
const KNOWN = ['id', 'managedBy', 'hidden', 'default', 'maxRows', 'alternateHosts'];

export function readGadget(at: Located, report: Report): LayoutEntry {
  const { attrs } = at.element;
  const flag = (name: string): boolean => {
    const value = attrs[name]?.trim();
    if (value !== undefined && value !== 'true' && value !== 'false')
      report.error(at, `The attribute ${name} must be true or false, not ${quoted(value)}.`);
    return value === 'true';
  };
  return Object.freeze({
    kind: 'gadget',
    id: readId(at, 'id', report),
    url: readUrl(at, report),
    stylesheet: null,
    order: null,
    managedBy: readId(at, 'managedBy', report),
    hidden: flag('hidden'),
    isDefault: flag('default'),
    maxRows: readMaxRows(at, report),
    alternateHosts: readHosts(at, report),
    preferences: Object.freeze(
      Object.fromEntries(Object.entries(attrs).filter(([name]) => !KNOWN.includes(name))),
    ),
  });
}

export function readComponent(at: Located, report: Report): LayoutEntry {
  onlyAttributes(at, ['id', 'order'], report);
  const { id, order } = at.element.attrs;
  if (id === undefined) report.error(at, 'component needs the attribute id, which is missing.');
  if (order !== undefined && !/^\d{0,10}$/.test(order))
    report.error(at, `The attribute order must be at most ten digits, not ${quoted(order)}.`);
  const children = readSequence(at, [slot('url', 1), slot('stylesheet', 0)], report);
  const url = children.get('url')?.[0];
  const stylesheet = children.get('stylesheet')?.[0];
  return Object.freeze({
    kind: 'component',
    id: readId(at, 'id', report),
    url: url === undefined ? '' : readPlainUrl(url, report),
    stylesheet: stylesheet === undefined ? null : readPlainUrl(stylesheet, report),
    order: order ? Number(order) : null,
    managedBy: null,
    hidden: false,
    isDefault: false,
    maxRows: null,
    alternateHosts: [],
    preferences: Object.freeze({}),
  });
}

function readId(at: Located, name: string, report: Report): string | null {
  const id = at.element.attrs[name];
  if (id === undefined) return null;
  if (!ID.test(id)) {
    report.error(
      at,
      `The attribute ${name} must begin with a letter and hold letters, digits, - and _ only, not ${quoted(id)}.`,
    );
  }
  return id;
}

/** The address that is an element's text. */
function readUrl(at: Located, report: Report): string {
  const url = readText(at, report);
  const refused = refuseUrl(url);
  if (refused !== null)
    report.error(at, `The address ${url === '' ? `of ${at.element.name}` : quoted(url)} ${refused}.`);
  return url;
}

function readPlainUrl(at: Located, report: Report): string {
  onlyAttributes(at, [], report);
  return readUrl(at, report);
}

function readMaxRows(at: Located, report: Report): number | null {
  const text = at.element.attrs.maxRows?.trim();
  if (text === undefined) return null;
  const rows = Number(text);
  if (!/^\d{1,4}$/.test(text) || rows > MAX_ROWS.max) {
    report.error(at, `The attribute maxRows must be a number up to ${MAX_ROWS.max}, not ${quoted(text)}.`);
    return null;
  }
  return Math.max(MAX_ROWS.min, rows);
}

function readHosts(at: Located, report: Report): readonly string[] {
  const text = at.element.attrs.alternateHosts;
  if (text === undefined) return [];
  const hosts = text
    .split(',')
    .map((host) => host.trim())
    .filter((host) => host !== '');
  for (const host of hosts) {
    if (!HOST.test(host)) report.error(at, `${quoted(host)} in alternateHosts is not the name of a host.`);
  }
  if (hosts.length > LAYOUT_LIMITS.alternateHostsMax)
    report.error(at, `alternateHosts holds more than ${LAYOUT_LIMITS.alternateHostsMax} hosts.`);
  return Object.freeze(hosts);
}
