/** `poise user set-password` and `poise user list`: users in the store, with or without a running server. */
import { createStoredKeys } from '../accounts/scram-keys.ts';
import { auditing } from '../audit/trail.ts';
import { PlainError, phrase, say } from '../messages/catalogue.ts';
import type { UserRecord } from '../store/directory.ts';
import { Store, storeOptions } from '../store/store.ts';
import { type Arguments, EXIT } from './command.ts';
import { settingsFrom } from './settings-arguments.ts';
import { tellStored } from './tell-stored.ts';
import type { Terminal } from './terminal.ts';

/** A login id that fits into a URI and a JID without escaping. */
const LOGIN_ID = /^[A-Za-z0-9._-]{1,64}$/;

export async function setPassword(given: Arguments, terminal: Terminal): Promise<number> {
  const { settings } = await settingsFrom(given, terminal);
  const { messages } = terminal;
  const name = given.positionals[0]!;
  const store = await Store.open(storeOptions(settings));
  try {
    const { current } = store.directory;
    const known = current.user(name) ?? current.userByName(name);
    if (known === undefined && !(given.flags.has('administrator') && LOGIN_ID.test(name))) {
      throw new PlainError(phrase('cli.userUnknown', { user: name }));
    }
    const user = known?.loginId ?? name;
    const password = await terminal.askSecret(say(messages, 'cli.passwordPrompt', { user }));
    const min = settings.accounts.passwordMin;
    if (password === null || password.length < min)
      throw new PlainError(phrase('cli.passwordShort', { min }));
    // From a pipe the password comes once: there is nobody who could mistype it.
    if (terminal.interactive && (await terminal.askSecret(say(messages, 'cli.passwordAgain'))) !== password) {
      throw new PlainError(phrase('cli.passwordsDiffer'));
    }
    const keys = await createStoredKeys(password, settings.accounts.iterations);
    const witness = auditing(
      { who: '', address: '', client: 'cli', method: 'set-password', path: 'poise user set-password' },
      Date.now,
    );
    if (known === undefined) {
      await store.change(
        async ({ users }) => users.create(administrator(user, await users.freeSkillTarget())),
        witness,
      );
      terminal.print(say(messages, 'cli.userCreated', { user }));
    }
    await store.change(
      ({ credentials }) => credentials.save(user, { ...keys, setByHand: true, changedAtMs: Date.now() }),
      witness,
    );
    await tellStored(settings.data);
    terminal.print(say(messages, 'cli.passwordSet', { user }));
    return EXIT.done;
  } finally {
    await store.close();
  }
}

function administrator(loginId: string, skillTargetId: number): UserRecord {
  return {
    loginId,
    loginName: loginId,
    firstName: '',
    lastName: '',
    roles: ['Administrator'],
    teamId: null,
    supervisedTeamIds: [],
    skillTargetId,
    skillGroupNumbers: [],
  };
}

export async function listUsers(given: Arguments, terminal: Terminal): Promise<number> {
  const { settings } = await settingsFrom(given, terminal);
  const store = await Store.open(storeOptions(settings));
  try {
    const { current } = store.directory;
    for (const user of current.users()) {
      const team = user.teamId === null ? '' : (current.team(user.teamId)?.name ?? '');
      const { loginId, loginName, firstName, lastName, roles } = user;
      if (given.flags.has('json'))
        terminal.print(JSON.stringify({ loginId, loginName, firstName, lastName, roles, team }));
      else
        terminal.print(
          [loginId, loginName, `${firstName} ${lastName}`.trim(), roles.join(','), team].join('\t'),
        );
    }
    return EXIT.done;
  } finally {
    await store.close();
  }
}
