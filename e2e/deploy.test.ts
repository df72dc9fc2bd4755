/** The files in deploy/ against the programs that read them, and against what a server really prints. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { issueAuthority } from '../packages/server/src/certificates/issue.ts';
import { program, type RunningPoise, startPoise } from './server.ts';

const deploy = join(import.meta.dirname, '../deploy');
const read = (path: string) => readFileSync(join(deploy, path), 'utf8');

interface Rules {
  readonly groups: readonly {
    readonly rules: readonly { readonly alert: string; readonly expr: string }[];
  }[];
}
interface Dashboard {
  readonly panels: readonly {
    readonly title: string;
    readonly targets: readonly { readonly expr: string }[];
  }[];
  readonly annotations: { readonly list: readonly { readonly expr: string }[] };
}

/** Functions and words of PromQL, and what Prometheus itself adds to a target. */
const OF_PROMETHEUS = new Set([
  'rate',
  'increase',
  'changes',
  'max',
  'sum',
  'by',
  'up',
  'job',
  'instance',
  'unless',
  'on',
  'last_over_time',
  'time',
]);

/** Names and labels in an expression. */
const names = (expression: string) =>
  [
    ...expression
      .replace(/"[^"]*"/g, '')
      .replace(/\[\w+\]/g, '')
      .matchAll(/[a-z_]\w*/gi),
  ]
    .map(([name]) => name)
    .filter((name) => !OF_PROMETHEUS.has(name));

const alerts = (parse(read('prometheus/poise-alerts.yml')) as Rules).groups.flatMap(({ rules }) => rules);
const dashboard = JSON.parse(read('grafana/poise-dashboard.json')) as Dashboard;
const expressions: [where: string, expression: string][] = [
  ...alerts.map(({ alert, expr }): [string, string] => [alert, expr]),
  ...dashboard.panels.flatMap(({ title, targets }) =>
    targets.map(({ expr }): [string, string] => [title, expr]),
  ),
  ...dashboard.annotations.list.map(({ expr }): [string, string] => ['annotation', expr]),
];

describe('figures', () => {
  let poise: RunningPoise;
  let printed: Set<string>;

  beforeAll(async () => {
    poise = await startPoise();
    const text = await (await fetch(`http://127.0.0.1:${poise.ports.metrics}/metrics`)).text();
    const found = [...text.matchAll(/^([a-z_]\w*)(?:\{([^}]*)\})? /gm)];
    printed = new Set(
      found.flatMap(([, name, labels = '']) => [
        name as string,
        ...[...labels.matchAll(/(\w+)=/g)].map(([, label]) => label as string),
      ]),
    );
  }, 240_000);
  afterAll(() => poise?.stop());

  test.each(expressions)('of %s are printed: %s', (_where, expression) => {
    for (const name of names(expression)) expect(printed).toContain(name);
  });
});

test('Prometheus reads the alert rules', ({ skip }) => {
  const promtool = program('/usr/bin/promtool', '/usr/local/bin/promtool');
  if (promtool === undefined) return skip('promtool is not installed (Debian: prometheus)');
  const path = join(deploy, 'prometheus/poise-alerts.yml');
  const { status, stdout, stderr } = spawnSync(promtool, ['check', 'rules', path], { encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toContain(`${alerts.length} rules found`);
});

test('each alert rule fires when it is time, and not before', ({ skip }) => {
  const promtool = program('/usr/bin/promtool', '/usr/local/bin/promtool');
  if (promtool === undefined) return skip('promtool is not installed (Debian: prometheus)');
  const path = join(deploy, 'prometheus/poise-alerts-test.yml');
  const asked = [...read('prometheus/poise-alerts-test.yml').matchAll(/alertname: (\w+)/g)].map(
    ([, name]) => name,
  );
  // Once where nothing is wrong, once where it is.
  for (const { alert } of alerts)
    expect(asked.filter((name) => name === alert).length, alert).toBeGreaterThanOrEqual(2);
  const { status, stdout, stderr } = spawnSync(promtool, ['test', 'rules', path], { encoding: 'utf8' });
  expect([status, stderr], stdout).toEqual([0, '']);
});

test('a start is marked in the dashboard, also of a node that was down for minutes', ({ skip }) => {
  const promtool = program('/usr/bin/promtool', '/usr/local/bin/promtool');
  if (promtool === undefined) return skip('promtool is not installed (Debian: prometheus)');
  const expr = dashboard.annotations.list[0]?.expr;
  const folder = mkdtempSync(join(tmpdir(), 'poise-starts-'));
  try {
    const labels = 'job="poise", instance="node1"';
    const at = (eval_time: string, values: number[]) => ({
      expr: `count(${expr})`,
      eval_time,
      exp_samples: values.map((value) => ({ labels: '{}', value })),
    });
    const tests = [
      {
        interval: '15s',
        // Up for 5 minutes, away for 5, and there again: started 5 s before it is read first.
        input_series: [
          {
            series: `process_start_time_seconds{${labels}}`,
            values: '-3600x20 stale _x18 595x40',
          },
        ],
        promql_expr_test: [at('4m', []), at('7m', []), at('10m', [1]), at('15m', [])],
      },
    ];
    const path = join(folder, 'starts.yml');
    writeFileSync(path, JSON.stringify({ rule_files: [], evaluation_interval: '15s', tests }));
    const { status, stdout, stderr } = spawnSync(promtool, ['test', 'rules', path], { encoding: 'utf8' });
    expect([status, stderr], stdout).toEqual([0, '']);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

describe('NATS', () => {
  const server = program('/usr/sbin/nats-server', '/usr/local/bin/nats-server', '/usr/bin/nats-server');
  const missing = server === undefined && 'nats-server is not installed';
  const written = read('nats/nats-server.conf');
  /** The lines for a cluster of three, in force. */
  const ofThree = written.replace(/^# cluster \{[\s\S]*^# \}/m, (lines) => lines.replace(/^# ?/gm, ''));
  const judged = (configuration: string, password: string) => {
    const folder = mkdtempSync(join(tmpdir(), 'poise-nats-'));
    try {
      const validity = { fromMs: Date.now() - 1_000, untilMs: Date.now() + 86_400_000 };
      const { certificate, key } = issueAuthority('NATS of a test', validity);
      for (const [name, text] of Object.entries({
        'nats.pem': certificate,
        'nats.key': key,
        'ca.pem': certificate,
      }))
        writeFileSync(join(folder, name), text);
      const path = join(folder, 'nats-server.conf');
      writeFileSync(path, configuration.replaceAll('/etc/nats/', `${folder}/`));
      const { status } = spawnSync(server as string, ['-c', path, '-t'], {
        env: { NATS_POISE_PASSWORD: password },
      });
      return status;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  };

  const why = missing ? ` (${missing})` : '';

  test.skipIf(missing)(`reads its configuration, alone and in a cluster${why}`, () => {
    expect(ofThree).not.toBe(written);
    expect(judged(written, '"secret"')).toBe(0);
    expect(judged(ofThree, '"secret"')).toBe(0);
  });

  test.skipIf(missing).each(['123456', '1e5', 'with a space', 'with#mark', '$2a$11$PWIFAL8RsWyGI3jVZtO9Nu'])(
    'takes the password %s between the quotes that docs/deployment.md asks for',
    (password) => expect(judged(written, `"${password}"`)).toBe(0),
  );
});

test.each(readdirSync(join(deploy, 'systemd')))('systemd reads %s', (unit) => {
  const analyze = program('/usr/bin/systemd-analyze');
  if (analyze === undefined) return;
  const folder = mkdtempSync(join(tmpdir(), 'poise-unit-'));
  try {
    // The program and the user of another machine are not here.
    const text = read(`systemd/${unit}`).replace('/usr/bin/node ', `${process.execPath} `);
    writeFileSync(join(folder, unit), text);
    const { status, stderr } = spawnSync(analyze, ['verify', join(folder, unit)], { encoding: 'utf8' });
    const complaints = stderr.split('\n').filter((line) => line.includes(unit));
    expect([status, complaints]).toEqual([0, []]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
