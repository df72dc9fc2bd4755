// What the webservices say of an agent, as lines of text: the state, then each call with its parties and callVariable1.

/** Numbers and parts of the dialogs in a text: of GET User/{id}/Dialogs, or of an Update. */
export function dialogsIn(text) {
  const dialogs = new Map();
  for (const [, dialog] of text.matchAll(/<[dD]ialog>([\s\S]*?)<\/[dD]ialog>/g)) {
    const id = /<id>(\d+)<\/id>\s*<mediaProperties>/.exec(dialog)?.[1] ?? /<id>(\d+)</.exec(dialog)?.[1];
    if (id !== undefined) dialogs.set(id, dialog);
  }
  return dialogs;
}

/** One call as a line, from its dialog. @param own extension of the agent */
export function callLine(id, dialog, own) {
  const parties = [];
  for (const [, part] of dialog.matchAll(/<Participant>([\s\S]*?)<\/Participant>/g)) {
    const address = /<mediaAddress>([^<]*)</.exec(part)?.[1];
    const state = /<state>(\w+)</.exec(part)?.[1];
    // Who else wraps up the call is told to all, and not known to the snapshot of a call.
    if (state === 'DROPPED' || (state === 'WRAP_UP' && address !== own)) continue;
    // GED-188 does not tell the two states of dialling apart.
    parties.push(`${address} ${state === 'INITIATED' ? 'INITIATING' : state}`);
  }
  const variable = /<name>callVariable1<\/name>\s*<value>([^<]*)</.exec(dialog)?.[1] ?? '';
  return `${id}: ${parties.sort().join(', ')}; ${variable}`;
}

/** The whole picture, from the bodies of GET User/{id} and GET User/{id}/Dialogs. */
export function pictureIn(user, dialogs, own) {
  const calls = [...dialogsIn(dialogs)].map(([id, dialog]) => callLine(id, dialog, own));
  return [/<state>(\w+)</.exec(user)?.[1], ...calls.sort()].join('\n');
}
