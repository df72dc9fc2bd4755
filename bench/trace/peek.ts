import { Case, why } from '@poise/trace';
import { type FaultName, incident } from './incidents.ts';

const [seed, names, n] = [Number(process.argv[2]), process.argv[3].split(','), Number(process.argv[4] ?? 40)];
for (const f of names) {
  const one = await incident(seed, f as FaultName);
  const t = new Case({ agent: one.agent });
  for (const [n, c] of one.files) {
    const r = t.open(n);
    r.push(Buffer.from(c as string));
    r.end();
  }
  const w = why(t, one.agent, one.at);
  console.log(
    '###',
    seed,
    f,
    one.isOriginal,
    one.form,
    one.agent,
    new Date(one.at).toISOString(),
    w.verdict,
    w.certainty,
    w.candidates.join(' '),
    'at',
    w.at && new Date(w.at).toISOString(),
    w.effect,
  );
  const show = t
    .factsFor(one.agent)
    .filter(
      (x) =>
        x.at !== null &&
        x.at > one.at - 5000 &&
        !/^(access|request|publish|routed|client.line|session.poll|session.bound)/.test(x.kind),
    )
    .slice(0, n);
  console.log(
    show
      .map(
        (x) =>
          new Date(x.at!).toISOString().slice(11, 23) +
          ' ' +
          x.file.split('/').at(-1)!.slice(0, 12) +
          ':' +
          x.line +
          ' ' +
          x.kind +
          ' ' +
          x.agent +
          ' ' +
          x.excerpt.slice(0, 110),
      )
      .join('\n'),
  );
}
