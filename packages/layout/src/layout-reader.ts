/** Reads a layout document: strict in its structure (gadgets.md 1), with all that is wrong reported at once. */
import { type Element, type Place, parse, XmlError } from '@poise/xml';
import { readComponent, readGadget } from './entry.ts';
import { LAYOUT_LIMITS } from './limits.ts';
import type {
  LayoutEntry,
  LayoutHeader,
  LayoutHeaderColumn,
  LayoutIcon,
  LayoutModel,
  LayoutReading,
  LayoutRole,
  LayoutTab,
  LayoutWidth,
  RoleLayout,
} from './model.ts';
import { configOf } from './properties.ts';
import { inOrder, type Located, quoted, Report } from './report.ts';
import { LAYOUT_NS, onlyAttributes, readSequence, readText, slot } from './structure.ts';
import { refuseUrl } from './url.ts';

const ROLES: readonly LayoutRole[] = ['Agent', 'Supervisor', 'Admin'];
const TAB_ID = /^[a-zA-Z][-_:.a-zA-Z0-9]{0,127}$/;
const CALL_CONTROL = /(^|\/)(callcontrol\.js|CallControl\.jsp)([?#;]|$)/;

const { headerColumnsMax, tabsMax, columnsMax, gadgetsMax, configsMax, labelLengthMax } = LAYOUT_LIMITS;

/** @param header stands in for that of layouts up to 11.x, which have neither header nor configs */
export function readLayout(text: string, header: () => LayoutHeader): LayoutReading {
  const places = new WeakMap<Element, Place>();
  let root: Element;
  try {
    const { bytesMax, depthMax, attributesMax, attributeLengthMax } = LAYOUT_LIMITS;
    root = parse(text, {
      bytesMax,
      depthMax,
      attributesMax,
      attributeLengthMax,
      comments: 'skip',
      declaration: 'allow',
      places,
    });
  } catch (error) {
    if (!(error instanceof XmlError)) throw error;
    const { line, column } = error;
    const why = loneAmpersand(text, error) ?? error.message.replace(/ \(line.*\)$/, '');
    const message = `The layout cannot be read as XML: ${why}.`;
    return { ok: false, errors: [{ line, column, path: '', message }] };
  }
  const report = new Report(places);
  const layout = new LayoutReader(report).read({ element: root, path: root.name }, header);
  if (report.errors.length > 0) return { ok: false, errors: inOrder(report.errors) };
  return { ok: true, layout, warnings: inOrder(report.warnings) };
}

/** A word is shown as far as this around what is wrong with it. */
const WORD_SHOWN_MAX = 100;
const LONE = /&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[\da-f]{1,6});)/gi;

/** Read-mes print addresses with a bare `&` between parameters: whoever copies one is told what to write. */
function loneAmpersand(text: string, { offset, message }: XmlError): string | null {
  if (!/reference|entities/.test(message)) return null;
  const at = text.lastIndexOf('&', offset);
  if (at === -1 || offset - at > WORD_SHOWN_MAX) return null;
  const before = /[^\s<>"']*$/.exec(text.slice(Math.max(0, at - WORD_SHOWN_MAX), at))?.[0] ?? '';
  const after = /^[^\s<>"']*/.exec(text.slice(at, at + WORD_SHOWN_MAX))?.[0] ?? '';
  const word = before + after;
  return `an & must be written &amp;, also in addresses: ${word.replace(LONE, '&amp;')} instead of ${word}`;
}

class LayoutReader {
  readonly #report: Report;

  constructor(report: Report) {
    this.#report = report;
  }

  read(root: Located, oldHeader: () => LayoutHeader): LayoutModel {
    const none: LayoutModel = { version: null, configs: {}, header: { left: [], right: [] }, layouts: [] };
    if (!root.element.is('finesseLayout', LAYOUT_NS)) {
      const { name, ns } = root.element;
      const message =
        name === 'finesseLayout'
          ? `finesseLayout must be in the namespace ${LAYOUT_NS}, not in ${quoted(ns)}.`
          : `The root element must be finesseLayout, not ${quoted(name)}.`;
      this.#report.error(root, message);
      return none;
    }
    onlyAttributes(root, [], this.#report);
    const isOld = !root.element.child('header') && !root.element.child('configs');
    const required = isOld ? 0 : 1;
    const children = readSequence(
      root,
      [
        slot('version', required),
        slot('configs', 0),
        slot('header', required),
        slot('layout', 1, ROLES.length),
      ],
      this.#report,
    );
    const [version] = children.get('version') ?? [];
    const [configs] = children.get('configs') ?? [];
    const [header] = children.get('header') ?? [];
    const headerIds = new Set<string>();
    return Object.freeze({
      version: version === undefined ? null : this.#version(version),
      configs: Object.freeze(configs === undefined ? {} : this.#configs(configs)),
      header: header === undefined ? (isOld ? oldHeader() : none.header) : this.#header(header, headerIds),
      layouts: this.#layouts(children.get('layout') ?? [], headerIds),
    });
  }

  #version(at: Located): string {
    onlyAttributes(at, [], this.#report);
    const version = readText(at, this.#report);
    if (!/^[0-9.]{1,32}$/.test(version))
      this.#report.error(at, `version must be digits and dots, not ${quoted(version)}.`);
    return version;
  }

  #configs(at: Located): Record<string, string> {
    onlyAttributes(at, [], this.#report);
    const values: Record<string, string> = {};
    const places = new Map<string, Located>();
    for (const config of readSequence(at, [slot('config', 0, configsMax)], this.#report).get('config') ??
      []) {
      onlyAttributes(config, ['key', 'value'], this.#report);
      readSequence(config, [], this.#report);
      const { key, value } = config.element.attrs;
      if (key === undefined || value === undefined) {
        const missing = key === undefined ? 'key' : 'value';
        this.#report.error(config, `config needs the attribute ${missing}, which is missing.`);
        continue;
      }
      if (!/^[a-zA-Z]{0,128}$/.test(key)) {
        this.#report.error(config, `The attribute key must hold letters only, not ${quoted(key)}.`);
        continue;
      }
      if (places.has(key)) this.#report.warn(config, `${key} is set again; the last value counts.`);
      places.set(key, config);
      values[key] = value;
    }
    for (const { key, message } of configOf({ default: values }).problems)
      this.#report.warn(places.get(key) ?? at, message);
    return values;
  }

  #header(at: Located, ids: Set<string>): LayoutHeader {
    onlyAttributes(at, [], this.#report);
    const sides = readSequence(
      at,
      [slot('leftAlignedColumns', 0), slot('rightAlignedColumns', 0)],
      this.#report,
    );
    if (sides.size === 0)
      this.#report.error(at, 'header needs leftAlignedColumns or rightAlignedColumns, which are missing.');
    const side = (name: string): readonly LayoutHeaderColumn[] => {
      const [columns] = sides.get(name) ?? [];
      if (columns === undefined) return [];
      onlyAttributes(columns, [], this.#report);
      const found = readSequence(columns, [slot('headercolumn', 1, headerColumnsMax)], this.#report);
      return (found.get('headercolumn') ?? []).map((column) => this.#headerColumn(column, ids));
    };
    return Object.freeze({ left: side('leftAlignedColumns'), right: side('rightAlignedColumns') });
  }

  #headerColumn(at: Located, ids: Set<string>): LayoutHeaderColumn {
    onlyAttributes(at, ['width'], this.#report);
    const children = readSequence(at, [slot(['gadget', 'component'], 0)], this.#report);
    const [gadget] = children.get('gadget') ?? [];
    const [component] = children.get('component') ?? [];
    const content = gadget ?? component;
    if (content === undefined) this.#report.warn(at, 'This column of the header holds nothing.');
    return Object.freeze({
      width: this.#width(at),
      entry: content === undefined ? null : this.#entry(content, ids),
    });
  }

  #width(at: Located): LayoutWidth | null {
    const text = at.element.attrs.width?.trim();
    if (text === undefined) return null;
    const [, digits, unit] = /^(\d{1,5})(px|%)$/.exec(text) ?? [];
    if (digits === undefined || (unit === '%' && Number(digits) > 100)) {
      this.#report.error(at, `The attribute width must be digits and px or %, not ${quoted(text)}.`);
      return null;
    }
    return { value: Number(digits), unit: unit as LayoutWidth['unit'] };
  }

  #layouts(all: readonly Located[], headerIds: ReadonlySet<string>): readonly RoleLayout[] {
    const roles = new Set<string>();
    return Object.freeze(
      all.map((at) => {
        const layout = this.#layout(at, new Set(headerIds));
        if (roles.has(layout.role)) this.#report.error(at, `There is a second layout for ${layout.role}.`);
        roles.add(layout.role);
        return layout;
      }),
    );
  }

  #layout(at: Located, ids: Set<string>): RoleLayout {
    onlyAttributes(at, [], this.#report);
    const children = readSequence(at, [slot('role', 1), slot('page', 0), slot('tabs', 1)], this.#report);
    const [roleAt] = children.get('role') ?? [];
    const [pageAt] = children.get('page') ?? [];
    const [tabsAt] = children.get('tabs') ?? [];
    if (pageAt !== undefined) onlyAttributes(pageAt, [], this.#report);
    if (tabsAt !== undefined) onlyAttributes(tabsAt, [], this.#report);
    const page = pageAt === undefined ? [] : this.#gadgets(pageAt, ids);
    const tabIds = new Set<string>();
    const tabs =
      tabsAt === undefined
        ? []
        : (readSequence(tabsAt, [slot('tab', 1, tabsMax)], this.#report).get('tab') ?? []).map((tab) =>
            this.#tab(tab, ids, tabIds),
          );
    const layout = {
      role: roleAt === undefined ? 'Agent' : this.#role(roleAt),
      page: Object.freeze(page),
      tabs: Object.freeze(tabs),
    };
    this.#checkWhole(at, layout, ids);
    return Object.freeze(layout);
  }

  /** What can only be said when all gadgets of a role are known. */
  #checkWhole(at: Located, layout: RoleLayout, ids: ReadonlySet<string>): void {
    const entries = [...layout.page, ...layout.tabs.flatMap(({ columns }) => columns.flat())];
    if (entries.length > gadgetsMax)
      this.#report.error(at, `The layout for ${layout.role} holds more than ${gadgetsMax} gadgets.`);
    if (entries.filter(({ url }) => CALL_CONTROL.test(url)).length > 1)
      this.#report.error(at, `Call control must stand only once in the layout for ${layout.role}.`);
    for (const { managedBy, url } of entries) {
      if (managedBy !== null && !ids.has(managedBy))
        this.#report.warn(
          at,
          `${quoted(url)} is managed by ${quoted(managedBy)}, which is not in this layout.`,
        );
    }
  }

  #role(at: Located): LayoutRole {
    onlyAttributes(at, [], this.#report);
    const text = readText(at, this.#report);
    const role = ROLES.find((known) => known === text);
    if (role === undefined)
      this.#report.error(at, `role must be Agent, Supervisor or Admin, not ${quoted(text)}.`);
    return role ?? 'Agent';
  }

  #tab(at: Located, ids: Set<string>, tabIds: Set<string>): LayoutTab {
    onlyAttributes(at, [], this.#report);
    const children = readSequence(
      at,
      [slot('id', 1), slot('icon', 0), slot('label', 1), slot(['gadgets', 'columns'], 0)],
      this.#report,
    );
    const [idAt] = children.get('id') ?? [];
    const [iconAt] = children.get('icon') ?? [];
    const [labelAt] = children.get('label') ?? [];
    const [gadgetsAt] = children.get('gadgets') ?? [];
    const [columnsAt] = children.get('columns') ?? [];
    for (const one of [idAt, iconAt, labelAt, gadgetsAt, columnsAt])
      if (one !== undefined) onlyAttributes(one, [], this.#report);
    return Object.freeze({
      id: idAt === undefined ? '' : this.#tabId(idAt, tabIds),
      icon: iconAt === undefined ? null : this.#icon(iconAt),
      label: labelAt === undefined ? '' : this.#label(labelAt),
      columns: Object.freeze(
        columnsAt !== undefined
          ? this.#columns(columnsAt, ids)
          : gadgetsAt !== undefined
            ? [this.#gadgets(gadgetsAt, ids)]
            : [],
      ),
    });
  }

  #tabId(at: Located, tabIds: Set<string>): string {
    const id = readText(at, this.#report);
    if (!TAB_ID.test(id)) {
      const message = `The id of a tab must begin with a letter and hold letters, digits, - _ : . only, not ${quoted(id)}.`;
      this.#report.error(at, message);
    } else if (tabIds.has(id)) this.#report.error(at, `There is a second tab with the id ${quoted(id)}.`);
    tabIds.add(id);
    return id;
  }

  #icon(at: Located): LayoutIcon | null {
    const text = readText(at, this.#report);
    if (text === '') return null;
    if (/^[a-zA-Z][-_a-zA-Z0-9]{0,63}$/.test(text)) return { kind: 'stock', name: text };
    const refused = refuseUrl(text);
    if (refused !== null) this.#report.error(at, `The address ${quoted(text)} ${refused}.`);
    return { kind: 'image', url: text };
  }

  #label(at: Located): string {
    const label = readText(at, this.#report);
    if (label === '') this.#report.error(at, 'label must not be empty.');
    else if (/[\r\n]/.test(label)) this.#report.error(at, 'label must not hold a line break.');
    else if (label.length > labelLengthMax)
      this.#report.error(at, `label must not be longer than ${labelLengthMax} characters.`);
    return label;
  }

  #columns(at: Located, ids: Set<string>): (readonly LayoutEntry[])[] {
    const columns = readSequence(at, [slot('column', 0, columnsMax)], this.#report).get('column') ?? [];
    return columns.map((column) => {
      onlyAttributes(column, [], this.#report);
      const groups =
        readSequence(column, [slot('gadgets', 0, gadgetsMax)], this.#report).get('gadgets') ?? [];
      return Object.freeze(
        groups.flatMap((group) => {
          onlyAttributes(group, [], this.#report);
          return this.#gadgets(group, ids);
        }),
      );
    });
  }

  #gadgets(at: Located, ids: Set<string>): LayoutEntry[] {
    const gadgets = readSequence(at, [slot('gadget', 0, gadgetsMax)], this.#report).get('gadget') ?? [];
    return gadgets.map((gadget) => this.#entry(gadget, ids));
  }

  #entry(at: Located, ids: Set<string>): LayoutEntry {
    const entry =
      at.element.name === 'component' ? readComponent(at, this.#report) : readGadget(at, this.#report);
    if (entry.id === null) return entry;
    if (ids.has(entry.id)) this.#report.error(at, `The id ${quoted(entry.id)} is used twice.`);
    ids.add(entry.id);
    return entry;
  }
}
