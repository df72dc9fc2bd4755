import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sealerIn } from './seal.ts';
import { loadSettings } from './sources.ts';
import { resealed, storedSettings } from './stored.ts';

let data: string;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'poise-stored-'));
});
afterEach(() => rmSync(data, { recursive: true, force: true }));

describe('stored settings', () => {
  const load = (rest: object = {}) => {
    const { raw } = storedSettings(
      [
        { key: 'cti.a', value: 'stored.example:1' },
        { key: 'cti.b', value: 'stored.example:2' },
        { key: 'node.secondary', value: 'fin2.example' },
      ],
      sealerIn(data),
    );
    return loadSettings({ data, stored: raw, ...rest });
  };

  it('win over the defaults, and lose against everything else', async () => {
    writeFileSync(join(data, 'poise.yaml'), 'cti.b: file.example:2\n');
    const { settings, origins } = await load({ env: { POISE_NODE_SECONDARY: 'env.example' } });
    expect([settings.cti.a, settings.cti.b, settings.node.secondary]).toEqual([
      { host: 'stored.example', port: 1 },
      { host: 'file.example', port: 2 },
      'env.example',
    ]);
    expect(origins.get('cti.a')).toEqual({ kind: 'store' });
    expect(origins.get('cti.b')?.kind).toBe('file');
  });

  it('that are unknown, bad, of another kind or sealed with another key keep nobody from starting', () => {
    const sealed = sealerIn(data).seal('enterpriseDatabase.password', 'x');
    rmSync(join(data, 'settings.key'));
    expect(
      storedSettings(
        [
          { key: 'new.thing', value: '1' },
          { key: 'cti.a', value: 'nowhere' },
          { key: 'host', value: '0.0.0.0' },
          { key: 'enterpriseDatabase.password', value: sealed },
          { key: 'cti.peripheralId', value: '7' },
        ],
        sealerIn(data),
      ),
    ).toEqual({
      raw: [{ key: 'cti.peripheralId', value: '7', origin: { kind: 'store' } }],
      unusable: ['new.thing', 'cti.a', 'host', 'enterpriseDatabase.password'],
    });
  });
});

describe('a sealed secret', () => {
  it('is unsealed by the same installation for the same setting only, and is never the same twice', () => {
    const sealer = sealerIn(data);
    const [one, other] = [sealer.seal('a', 'geheim – 秘密'), sealer.seal('a', 'geheim – 秘密')];
    expect(one).not.toBe(other);
    expect(one).not.toContain(Buffer.from('geheim').toString('base64').slice(0, 7));
    expect(sealerIn(data).unseal('a', one)).toBe('geheim – 秘密');
    expect(sealer.unseal('b', one)).toBeUndefined();
    expect(sealer.unseal('a', `${one.slice(0, -4)}AAAA`)).toBeUndefined();
    expect(sealer.unseal('a', 'v1:')).toBeUndefined();
    expect(sealer.unseal('a', 'in the clear')).toBeUndefined();
  });

  it('has a key that its owner alone may read', () => {
    sealerIn(data).seal('a', 'x');
    expect(statSync(join(data, 'settings.key')).mode & 0o777).toBe(0o600);
    expect(Buffer.from(readFileSync(join(data, 'settings.key'), 'utf8'), 'base64')).toHaveLength(32);
  });
});

describe('with a secret that all nodes share', () => {
  const KEY = 'enterpriseDatabase.password';
  let other: string;
  beforeEach(() => {
    other = mkdtempSync(join(tmpdir(), 'poise-stored-'));
  });
  afterEach(() => rmSync(other, { recursive: true, force: true }));

  it('another node opens what one has sealed, with this secret alone', () => {
    const sealed = sealerIn(data, 'shared').seal(KEY, 's3cret');
    expect(sealerIn(other, 'shared').unseal(KEY, sealed)).toBe('s3cret');
    expect(sealerIn(data, 'different').unseal(KEY, sealed)).toBeUndefined();
    expect(sealerIn(data).unseal(KEY, sealed)).toBeUndefined();
    expect(sealerIn(other, 'shared').unseal('node.secret', sealed)).toBeUndefined();
  });

  it('what was sealed before is sealed anew by the node that can open it, once', () => {
    const records = [
      { key: KEY, value: sealerIn(data).seal(KEY, 's3cret') },
      { key: 'cti.a', value: 'v1:no secret' },
    ];
    const shared = sealerIn(data, 'shared');
    expect(shared.unseal(KEY, records[0]!.value)).toBe('s3cret');
    expect(resealed(records, sealerIn(other, 'shared'))).toEqual([]);
    const [changed, ...more] = resealed(records, shared);
    expect(more).toEqual([]);
    expect(sealerIn(other, 'shared').unseal(KEY, changed!.value)).toBe('s3cret');
    expect(resealed([changed!], shared)).toEqual([]);
  });
});
