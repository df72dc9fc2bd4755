// Whether all nodes say the same of one user or call, letter by letter. What a node has learned by a recovery it knows less of (GED-188 tells neither
// reasons nor the times of calls then): only what began since all of them were well is compared.

/** Times at which a node heard of something differ by the way to it. */
const APART_MS = 2_500;
const TIME = /<(startTime|stateChangeTime)>([^<]*)</g;
/** Hosts of the nodes themselves. */
const HOST = /127\.0\.0\.\d+/g;

/** Objects in an answer of REST, text by name: a user, the dialogs of one, the members of a team. */
export function objectsIn(path, text) {
  const kind = /\/Dialogs$/.test(path) ? 'Dialog' : 'User';
  const inner = /^Team\//.test(path) ? (/<users>([\s\S]*)<\/users>/.exec(text)?.[1] ?? '') : text;
  const blocks = [...inner.matchAll(new RegExp(`<${kind}>[\\s\\S]*?</${kind}>`, 'g'))].map(
    ([block]) => block,
  );
  const idOf = (block) =>
    /<loginId>([^<]*)</.exec(block)?.[1] ?? /<id>(\d+)<\/id>\s*<mediaProperties>/.exec(block)?.[1];
  return new Map(blocks.map((block) => [`${kind} ${idOf(block)} in ${path}`, parsed(block)]));
}

/** `{ text, times }`: what has to be equal letter by letter, with participants in one order, and times in ms. */
function parsed(block) {
  const participants = [];
  const rest = block.replace(/<Participant>[\s\S]*?<\/Participant>/g, (one) => {
    participants.push(withoutTimes(one));
    return '';
  });
  participants.sort((a, b) => (a.text < b.text ? -1 : 1));
  const parts = [withoutTimes(rest), ...participants];
  return { text: parts.map(({ text }) => text).join(''), times: parts.flatMap(({ times }) => times) };
}

function withoutTimes(text) {
  const times = [...text.matchAll(TIME)].map(([, , time]) => Date.parse(time));
  return {
    text: text
      .replace(TIME, '<$1><')
      .replace(HOST, 'node')
      .replace(/\s*\n\s*/g, ''),
    times,
  };
}

/** Whether all that an object says is of a time since then. */
export const isNew = (object, since) => object?.times.every((time) => time >= since) === true;

/**
 * What two nodes say differently, in words, or null.
 *
 * @param since ms since 1970: what has a time before it, or one that nobody knows, is not compared
 */
export function difference(one, other, since) {
  const [isNewThere, isNewHere] = [other, one].map((object) => isNew(object, since));
  if (!isNewHere && !isNewThere) return null;
  if (one === undefined || other === undefined)
    return one === undefined ? 'only at the other' : 'only at the first';
  // One of them knows of something older there.
  if (!isNewHere || !isNewThere) return null;
  if (one.text !== other.text) return `${apartAt(one.text, other.text)} and ${apartAt(other.text, one.text)}`;
  const i = one.times.findIndex((time, k) => Math.abs(time - other.times[k]) > APART_MS);
  return i < 0
    ? null
    : `time ${i}: ${[one, other].map(({ times }) => new Date(times[i]).toISOString()).join(' and ')}`;
}

/** The part of a text that begins a little before it is another than the other one. */
function apartAt(text, other) {
  let at = 0;
  while (text[at] === other[at] && at < text.length) at += 1;
  return `“${text.slice(Math.max(0, at - 40), at + 60)}”`;
}
