import { describe, expect, test } from 'vitest';
import { INTEGER_TYPES } from './data-types.ts';
import { enumOf } from './enums/names.ts';
import { ENUMS, type EnumName } from './enums/registry.ts';
import { flat, type GroupSlot, layoutOf } from './layout.ts';
import { MESSAGES, messageByName } from './message-table.ts';
import { TAGS, type TagRow } from './tags.ts';
import { VERSION_MAX, VERSION_MIN } from './version.ts';

const versions = Array.from({ length: VERSION_MAX - VERSION_MIN + 1 }, (_, i) => VERSION_MIN + i);
const laidOut = MESSAGES.filter((def) => def.layout !== null);
const layouts = versions.flatMap((version) =>
  laidOut.flatMap((def) => layoutOf(def.type, version) ?? []).map((layout) => ({ version, layout })),
);

describe('messages', () => {
  test('have numbers and names of their own', () => {
    expect(new Set(MESSAGES.map(({ type }) => type)).size).toBe(MESSAGES.length);
    expect(new Set(MESSAGES.map(({ name }) => name)).size).toBe(MESSAGES.length);
    for (const { name, type } of MESSAGES) {
      expect(name).toMatch(/^[A-Z0-9_]+$/);
      expect(type).toBeGreaterThan(0);
    }
    expect(laidOut).toHaveLength(165);
  });

  // Numbers that several independent sources print.
  test.each([
    [1, 'FAILURE_CONF'],
    [3, 'OPEN_REQ'],
    [9, 'CALL_DELIVERED_EVENT'],
    [23, 'BEGIN_CALL_EVENT'],
    [25, 'CALL_DATA_UPDATE_EVENT'],
    [30, 'AGENT_STATE_EVENT'],
    [31, 'SYSTEM_EVENT'],
    [35, 'CONTROL_FAILURE_CONF'],
    [38, 'SET_AGENT_STATE_REQ'],
    [56, 'MAKE_CALL_REQ'],
    [64, 'TRANSFER_CALL_REQ'],
    [82, 'SNAPSHOT_CALL_REQ'],
    [105, 'AGENT_PRE_CALL_EVENT'],
    [115, 'QUERY_SKILL_GROUP_STATISTICS_CONF'],
    [120, 'SUPERVISOR_ASSIST_EVENT'],
    [128, 'AGENT_TEAM_CONFIG_EVENT'],
    [189, 'AGENT_LEGACY_PRE_CALL_EVENT'],
    [232, 'CONFIG_REQUEST_EVENT'],
    [237, 'CONFIG_AGENT_EVENT'],
    [245, 'CONFIG_CALL_TYPE_EVENT'],
    [277, 'STANDBY_ACTIVE_EVENT'],
  ])('%i is %s', (type, name) => {
    expect(messageByName(name)?.type).toBe(type);
  });

  // Sizes of fixed parts from tables made independently of ours.
  test.each([
    [14, 'FAILURE_CONF', 8],
    [14, 'FAILURE_EVENT', 4],
    [14, 'OPEN_REQ', 44],
    [14, 'OPEN_CONF', 26],
    [20, 'OPEN_CONF', 30],
    [24, 'OPEN_CONF', 32],
    [14, 'HEARTBEAT_REQ', 4],
    [14, 'CLOSE_REQ', 8],
    [14, 'CALL_DELIVERED_EVENT', 54],
    [14, 'CALL_ESTABLISHED_EVENT', 50],
    [14, 'BEGIN_CALL_EVENT', 26],
    [14, 'END_CALL_EVENT', 16],
    [14, 'SYSTEM_EVENT', 26],
    [14, 'CONTROL_FAILURE_CONF', 10],
    [14, 'SET_AGENT_STATE_REQ', 21],
    [14, 'AGENT_STATE_EVENT', 58],
    [20, 'AGENT_STATE_EVENT', 62],
  ])('of version %i: the fixed part of %s has %i bytes', (version, name, size) => {
    expect(layoutOf(messageByName(name)?.type ?? 0, version)?.fixedSize).toBe(size);
  });

  test('begin with InvokeID if they have one, and every REQ, RESP and CONF has one', () => {
    for (const { name, layout } of laidOut) {
      const at = layout?.fixed.findIndex(([field]) => field === 'InvokeID') ?? -1;
      expect(at, name).toBe(/_(REQ|RESP|CONF)$/.test(name) ? 0 : -1);
    }
  });

  test('confirm a request that exists', () => {
    for (const { name, layout } of laidOut) {
      if (layout?.direction !== 'S2C' || !name.endsWith('_CONF') || name.includes('FAILURE')) continue;
      expect(messageByName(name.replace(/_CONF$/, '_REQ')), name).toBeDefined();
    }
  });

  test('have each name and each tag once in every version', () => {
    for (const { version, layout } of layouts) {
      const where = `${layout.def.name} in ${version}`;
      const names = [...layout.fixed.map(({ name }) => name), ...layout.floating.map(({ name }) => name)];
      expect(new Set(names).size, where).toBe(names.length);
      expect(layout.byTag.size, where).toBe([...flat(layout.floating)].length);
    }
  });

  test('count every group with a field that exists in the same version', () => {
    const check = (group: GroupSlot, names: ReadonlySet<string>) => {
      expect(names.has(group.count), `${group.name}: ${group.count}`).toBe(true);
      for (const member of group.members) {
        if (member.kind === 'group') check(member, group.names);
        else if (member.count !== null) expect(group.names.has(member.count), member.name).toBe(true);
      }
    };
    for (const { layout } of layouts) {
      for (const slot of layout.floating) if (slot.kind === 'group') check(slot, layout.names);
    }
  });

  test('fit their fields to their enumerations', () => {
    for (const { layout } of layouts) {
      for (const slot of [...layout.fixed, ...flat(layout.floating)]) {
        expect(slot.enum === null || slot.mask === null).toBe(true);
        const name = slot.enum ?? slot.mask;
        if (name === null) continue;
        const where = `${layout.def.name}.${slot.name}`;
        expect(enumOf(name).kind, where).toBe(slot.enum === null ? 'mask' : 'enum');
        expect(INTEGER_TYPES[enumOf(name).base].size, where).toBe(slot.size);
      }
    }
  });

  test('have no tag above 255 before version 20, where tags have one byte', () => {
    for (const { version, layout } of layouts) {
      if (version < 20) for (const slot of flat(layout.floating)) expect(slot.tag).toBeLessThan(256);
    }
  });
});

test('tags have the size of their type, and a number of their own but for 312 and 313', () => {
  const numbers = new Map<number, number>();
  for (const [name, row] of Object.entries(TAGS) as [string, TagRow][]) {
    const [number, type, maxSize, options] = row;
    numbers.set(number, (numbers.get(number) ?? 0) + 1);
    if (type in INTEGER_TYPES && maxSize !== null && options?.array !== true) {
      expect(maxSize, name).toBe(INTEGER_TYPES[type as keyof typeof INTEGER_TYPES].size);
    }
  }
  const shared = [...numbers].filter(([, uses]) => uses > 1).map(([number]) => number);
  expect(shared).toEqual([312, 313]);
});

test('enumerations have distinct values that fit their type, masks single bits', () => {
  for (const name of Object.keys(ENUMS) as EnumName[]) {
    const def = enumOf(name);
    const values = Object.values(def.values);
    expect(new Set(values).size, name).toBe(values.length);
    for (const value of values) {
      expect(value, name).toBeLessThan(256 ** INTEGER_TYPES[def.base].size);
      if (def.kind === 'mask') expect(Number.isInteger(Math.log2(value)), `${name} ${value}`).toBe(true);
    }
    for (const dated of Object.keys({ ...def.sinceByName, ...def.before?.values })) {
      expect(def.values, name).toHaveProperty(dated);
    }
  }
});
