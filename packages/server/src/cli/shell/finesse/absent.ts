/** Commands of the original for which there is nothing here: each says so, and what there is instead. */
import { type MessageId, phrase } from '../../../messages/catalogue.ts';
import type { ShellCommand } from '../grammar.ts';
import { refusal } from '../shell.ts';

type Absent = Extract<MessageId, `shell.absent.${string}`>;

const absent = (why: Absent, words: readonly string[]): readonly ShellCommand[] =>
  words.map((each) => ({
    words: each,
    parameters: [{ name: '…', takes: 'options' }],
    help: 'shell.help.absent',
    run: () => {
      throw refusal(phrase(why));
    },
  }));

const verbs = (words: string, ...each: readonly string[]): readonly string[] =>
  each.map((verb) => `${words} ${verb}`);

export const ABSENT_COMMANDS: readonly ShellCommand[] = [
  ...absent('shell.absent.frames', verbs('utils finesse frame_access_allowed_list', 'list', 'add', 'delete')),
  ...absent(
    'shell.absent.csp',
    verbs('utils finesse csp default-src', 'list', 'add', 'delete', 'enable_all'),
  ),
  ...absent(
    'shell.absent.externalPort',
    verbs('utils finesse notification external_port_access', 'list', 'add', 'delete', 'delete_all'),
  ),
  ...absent(
    'shell.absent.ippa',
    verbs('utils finesse ippa_inactivity_timeout', 'enable', 'disable', 'status'),
  ),
  ...absent('shell.absent.toaster', ['utils finesse toaster disable']),
  ...absent('shell.absent.layout', ['utils finesse layout updateCuicGadgetUrl']),
  ...absent('shell.absent.webproxy', [
    'utils webproxy cache clear',
    'set webproxy access-log-level',
    'show webproxy access-log-level',
    'set webproxy log-severity',
    'show webproxy log-severity',
  ]),
  ...absent('shell.absent.system', verbs('utils system', 'restart', 'shutdown', 'switch-version', 'upgrade')),
  ...absent('shell.absent.password', [
    'utils reset_3rdpartygadget_password',
    'utils reset_application_ui_administrator_password',
    'utils reset_application_ui_administrator_name',
  ]),
  ...absent('shell.absent.account', verbs('utils remote_account', 'status', 'enable', 'disable', 'create')),
  ...absent('shell.absent.session', verbs('set webapp session', 'maxlimit', 'timeout')),
  ...absent('shell.absent.certType', ['set tls server cert_type']),
  ...absent('shell.absent.sftpUser', ['utils os secure permissive']),
  ...absent('shell.absent.activate', verbs('utils uccx finesse', 'activate', 'deactivate')),
  ...absent('shell.absent.fileCheck', ['file check']),
];
