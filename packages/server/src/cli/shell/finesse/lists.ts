/** `cors …` and `gadget_source_check …`: who may call from elsewhere, and whom gadgets may ask (admin.md 4). */
import { phrase } from '../../../messages/catalogue.ts';
import type { ShellCommand } from '../grammar.ts';
import { FAILED, refusal, type Shell } from '../shell.ts';
import { CHANGED_FOR_NEXT_START, chosen, menu } from './tables.ts';

/** As the server answers. */
interface ListState {
  readonly entries: readonly string[];
  readonly waiting: readonly string[] | null;
}

/** Headers of requests that pages of allowed origins may send, and those of answers that they may read (docs/rest.md). */
const HEADERS = {
  allowed: ['Authorization', 'Content-Type', 'requestId', 'Range', 'X-Requested-With', 'Accept'],
  exposed: ['requestId', 'Location'],
} as const;

const look = (shell: Shell, list: string): Promise<ListState> =>
  shell.control('utils.list.show', { list }) as Promise<ListState>;

function listLines({ entries, waiting }: ListState, nothing: string): readonly string[] {
  const numbered = (all: readonly string[]): readonly string[] =>
    all.length === 0 ? [nothing] : all.map((entry, at) => `${at + 1}: ${entry}`);
  return [
    ...numbered(entries),
    ...(waiting === null ? [] : ['', 'From the next start of Poise on:', ...numbered(waiting)]),
  ];
}

const show =
  (list: string, nothing: string) =>
  async (_given: readonly string[], shell: Shell): Promise<void> => {
    for (const line of listLines(await look(shell, list), nothing)) shell.print(line);
  };

const add =
  (list: string) =>
  async (given: readonly string[], shell: Shell): Promise<void> => {
    await shell.control('utils.list.add', { list, entries: given.join(',') });
    shell.print(`Successfully added: ${given.join(',')}`);
    for (const line of CHANGED_FOR_NEXT_START) shell.print(line);
  };

const remove =
  (list: string, what: string, nothing: string) =>
  async (_given: readonly string[], shell: Shell): Promise<number | undefined> => {
    const { entries, waiting } = await look(shell, list);
    const left = waiting ?? entries;
    if (left.length === 0) {
      shell.print(nothing);
      return undefined;
    }
    for (const line of menu(left)) shell.print(line);
    const answer = await shell.ask(`Select the index of ${what} to be deleted [1-${left.length} or a,q]: `);
    const meant = chosen(answer, left);
    if (meant === undefined) throw refusal(phrase('shell.menu', { count: left.length }));
    if (meant === null) {
      shell.print('Nothing has been changed.');
      return FAILED;
    }
    await shell.control('utils.list.delete', { list, entries: meant });
    shell.print(`Successfully deleted: ${meant.join(',')}`);
    for (const line of CHANGED_FOR_NEXT_START) shell.print(line);
    return undefined;
  };

async function corsStatus(_given: readonly string[], shell: Shell): Promise<void> {
  const { entries } = await look(shell, 'corsOrigins');
  shell.print(
    entries.length > 0
      ? `CORS is enabled for ${entries.length === 1 ? 'one origin' : `${entries.length} origins`}.`
      : 'CORS is disabled for other origins.',
  );
  shell.print('The desktop pages of the pair of nodes may call each other in any case.');
}

function sourceStatus(_given: readonly string[], shell: Shell): void {
  shell.print('Gadget source check is enabled.');
}

const headers =
  (which: keyof typeof HEADERS) =>
  (_given: readonly string[], shell: Shell): void => {
    for (const [at, header] of HEADERS[which].entries()) shell.print(`${at + 1}: ${header}`);
  };

const refused =
  (id: 'shell.absent.corsSwitch' | 'shell.absent.corsHeaders' | 'shell.absent.sourceCheck') => () => {
    throw refusal(phrase(id));
  };

const NO_ORIGIN = 'No origins are allowed.';
const NO_SOURCE = 'No sources are allowed beyond those of the layouts.';
const ENTRIES = [{ name: 'a,b', takes: 'rest' }] as const;

export const LIST_COMMANDS: readonly ShellCommand[] = [
  { words: 'utils finesse cors status', help: 'shell.help.corsStatus', run: corsStatus },
  ...(['enable', 'enable_all', 'disable'] as const).map(
    (word): ShellCommand => ({
      words: `utils finesse cors ${word}`,
      help: 'shell.help.absent',
      run: refused('shell.absent.corsSwitch'),
    }),
  ),
  {
    words: 'utils finesse cors allowed_origin list',
    help: 'shell.help.originList',
    run: show('corsOrigins', NO_ORIGIN),
  },
  {
    words: 'utils finesse cors allowed_origin add',
    parameters: ENTRIES,
    help: 'shell.help.originAdd',
    run: add('corsOrigins'),
  },
  {
    words: 'utils finesse cors allowed_origin delete',
    help: 'shell.help.originDelete',
    run: remove('corsOrigins', 'the allowed origin', NO_ORIGIN),
  },
  {
    words: 'utils finesse cors allowed_headers list',
    help: 'shell.help.headerList',
    run: headers('allowed'),
  },
  {
    words: 'utils finesse cors exposed_headers list',
    help: 'shell.help.headerList',
    run: headers('exposed'),
  },
  ...(['allowed_headers', 'exposed_headers'] as const).flatMap((list) =>
    (['add', 'delete'] as const).map(
      (verb): ShellCommand => ({
        words: `utils finesse cors ${list} ${verb}`,
        parameters: [{ name: 'a,b', takes: 'options' }],
        help: 'shell.help.absent',
        run: refused('shell.absent.corsHeaders'),
      }),
    ),
  ),
  { words: 'utils finesse gadget_source_check status', help: 'shell.help.sourceStatus', run: sourceStatus },
  { words: 'utils finesse gadget_source_check enable', help: 'shell.help.sourceStatus', run: sourceStatus },
  {
    words: 'utils finesse gadget_source_check disable',
    help: 'shell.help.absent',
    run: refused('shell.absent.sourceCheck'),
  },
  {
    words: 'utils finesse gadget_source_check allowed_list list',
    help: 'shell.help.sourceList',
    run: show('gadgetHosts', NO_SOURCE),
  },
  {
    words: 'utils finesse gadget_source_check allowed_list add',
    parameters: ENTRIES,
    help: 'shell.help.sourceAdd',
    run: add('gadgetHosts'),
  },
  {
    words: 'utils finesse gadget_source_check allowed_list delete',
    help: 'shell.help.sourceDelete',
    run: remove('gadgetHosts', 'the allowed source', NO_SOURCE),
  },
];
