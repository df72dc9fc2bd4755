/** What operators see of a running server, and what only demonstrations and benches need. */
import {
  boolean,
  choice,
  collector,
  duration,
  headerPairs,
  integer,
  places,
  secretText,
  size,
} from '../parsers.ts';
import { KIB, MIB, type SettingTable, secret, setting } from '../setting.ts';

export const OPERATION = {
  'logs.level': setting(
    choice('information', 'warning', 'error'),
    'information',
    'Least severe lines that are written to Desktop-webservices; tracers need `information`. Can be changed while the server runs.',
  ),
  'shell.api': setting(
    boolean,
    false,
    'Administrators may run commands of `poise shell` over HTTP (`POST /poise/api/shell`). Each is written to the audit log.',
  ),
  'logs.json': setting(
    boolean,
    false,
    'Write everything that happens to json/poise.jsonl as well, a line of JSON each, for collectors that read no formats of their own.',
  ),
  'logs.pageTimes': setting(
    boolean,
    true,
    'Whether desktop pages tell when an action of their agent began, and when what came of it was received and painted, for its trace ([action-trace.md](action-trace.md)). Times and requestIds alone.',
  ),
  'logs.queueMax': setting(
    size(64 * KIB, 1024 * MIB),
    8 * MIB,
    'Log text that may wait for the disk; more is dropped and counted.',
  ),

  'otlp.url': setting(
    collector,
    '',
    'Collector of OpenTelemetry that logs, metrics and traces are sent to by OTLP/HTTP, as in http://127.0.0.1:4318; empty: none ([metrics.md](metrics.md)).',
  ),
  'otlp.headers': secret(
    headerPairs,
    '',
    'Headers that the collector wants, e.g. its key: name=value, several with commas between them.',
  ),
  'otlp.signals': setting(
    places('logs', 'metrics', 'traces'),
    ['logs', 'metrics', 'traces'],
    'What is sent to it.',
  ),
  'otlp.interval': setting(duration(1_000, 3_600_000), 60_000, 'Time between two tellings of the metrics.'),

  'demo.agents': setting(
    integer(0, 10_000),
    0,
    'This many demonstration agents and phones more (login ids from 7000001, phones equal the id).',
  ),
  'bench.password': secret(
    secretText(1, 128),
    'bench-secret',
    'The one password of the agents and of the user `publisher` that `--bench` adds.',
  ),
  'bench.firstLoginId': setting(
    integer(1_000_000, 900_000_000),
    8_000_001,
    'Login id of the first agent that `--bench` adds; the others follow.',
  ),
  'bench.credentials': setting(
    choice('known', 'derived'),
    'known',
    'How passwords of bench agents are verified: `known` compares, as servers do that keep plain passwords; `derived` derives the key at the first sign-in, as for real accounts.',
  ),
} as const satisfies SettingTable;
