/** The nodes of the centre: how each is, and its desktops moved away before it is stopped. */
import { useEffect, useRef, useState } from 'react';
import { Button } from 'react-aria-components';
import { Refusal } from '../api.ts';
import { sentenceOf, useConsole, useLoaded } from '../context.tsx';
import { type MessageKey, type Translate, useMessages } from '../messages/index.tsx';
import { AskDialog } from '../parts/dialog.tsx';
import { Typed } from '../parts/typed.tsx';
import {
  clockWords,
  drainWords,
  isAwaited,
  isUnderWay,
  type NodeLine,
  type NodesAnswer,
  order,
  SILENT,
} from './node-words.ts';

const PATH = 'console/nodes';
/** While desktops move, after an answer, ms. At other times nothing is asked: the session of the console is to end by itself. */
const FOLLOW_MS = 2_000;

export function NodesPage() {
  const { api, say } = useConsole();
  const { t, region } = useMessages();
  const { value, error, again, answers } = useLoaded(() => api.read<NodesAnswer>(PATH), PATH);
  const [asked, setAsked] = useState<NodeLine | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  /** The order that its node has not answered; what was read before it says nothing of it. */
  const [unanswered, setUnanswered] = useState<Unanswered | null>(null);
  const answersNow = useRef(answers);
  answersNow.current = answers;
  const isDoubtful = unanswered !== null && isAwaited(value?.nodes ?? [], unanswered.name);
  useFollowed(isDoubtful || value?.nodes.some(isUnderWay) === true, answers, again);
  useEffect(() => {
    if (unanswered === null || answers <= unanswered.answers) return;
    const node = value?.nodes.find(({ name }) => name === unanswered.name);
    if (node === undefined || node.report === null) return;
    // It answers again, and the page shows what became of the order.
    setUnanswered(null);
    setProblem(null);
    if (unanswered.wants === 'end' && order(node) === 'begin') say(t('nodes.ended', { name: node.name }));
  }, [unanswered, answers, value, say, t]);
  useProgressSaid(value, t, say);

  const carryOut = async () => {
    if (asked === null) return;
    const wants = order(asked);
    setAsked(null);
    setUnanswered(null);
    try {
      await api.send(
        `${PATH}/${encodeURIComponent(asked.name)}/maintenance`,
        wants === 'begin' ? 'POST' : 'DELETE',
      );
      setProblem(null);
      // How it begins is said when it is seen.
      if (wants === 'end') say(t('nodes.ended', { name: asked.name }));
    } catch (failure) {
      setProblem(sentenceOf(t, failure));
      if (failure instanceof Refusal && failure.code === 'NO_ANSWER')
        setUnanswered({ name: asked.name, wants, answers: answersNow.current });
    }
    again();
  };

  const nodes = value?.nodes ?? [];
  const numbers = new Intl.NumberFormat(region);
  return (
    <>
      <div className="page-head">
        <h1>{t('nodes')}</h1>
        <Button className="button" onPress={again}>
          {t('table.refresh')}
        </Button>
      </div>
      {error === null ? null : (
        <p className="notice error" role="alert">
          {error}
        </p>
      )}
      <div role="alert">{problem === null ? null : <p className="notice error">{problem}</p>}</div>
      {value === null && error === null ? <p className="hint">{t('app.loading')}</p> : null}
      {nodes.length === 1 ? <p>{t('nodes.alone')}</p> : null}
      {nodes.some(({ state }) => state === 'UNKNOWN') ? <p className="notice">{t('nodes.unheard')}</p> : null}
      <ul className="nodes">
        {nodes.map((node) => (
          <li key={node.name + node.host}>
            <Node node={node} isAlone={nodes.length === 1} numbers={numbers} onAsk={() => setAsked(node)} />
          </li>
        ))}
      </ul>
      {asked === null ? null : (
        <AskDialog
          title={t(order(asked) === 'begin' ? 'nodes.ask' : 'nodes.askEnd', { name: asked.name })}
          yes={t(order(asked) === 'begin' ? 'nodes.begin' : 'nodes.end')}
          no={t('form.cancel')}
          onYes={() => void carryOut()}
          onNo={() => setAsked(null)}
        >
          <p>{t(order(asked) === 'begin' ? 'nodes.about' : 'nodes.aboutEnd')}</p>
          {order(asked) === 'begin' && !hasTaker(nodes, asked) ? (
            <p className="notice error">{t('nodes.nobody')}</p>
          ) : null}
        </AskDialog>
      )}
    </>
  );
}

interface Unanswered {
  readonly name: string;
  readonly wants: 'begin' | 'end' | null;
  /** How often the nodes had been read when it was over. */
  readonly answers: number;
}

/** Whether another node can take desktops over, as far as is known here. */
const hasTaker = (nodes: readonly NodeLine[], asked: NodeLine): boolean =>
  nodes.some((node) => node !== asked && (node.state === 'IN_SERVICE' || node.state === 'UNKNOWN'));

/**
 * Reads anew while the desktops of a node move, or one may still answer an order, and the page is looked at: after each answer, however long it took, because an answer that
 * is overtaken by the next question is never shown. A node that is silent is waited for longer than {@link FOLLOW_MS}.
 */
function useFollowed(follows: boolean, answers: number, again: () => void): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: each answer is followed by a question
  useEffect(() => {
    if (!follows) return;
    const timer = setInterval(() => {
      if (document.visibilityState !== 'visible') return;
      clearInterval(timer);
      again();
    }, FOLLOW_MS);
    return () => clearInterval(timer);
  }, [follows, answers, again]);
}

/** Who hears the page is told each step, but not each desktop. */
function useProgressSaid(value: NodesAnswer | null, t: Translate, say: (text: string) => void): void {
  const before = useRef<ReadonlyMap<string, string> | null>(null);
  useEffect(() => {
    if (value === null) return;
    const now = new Map(value.nodes.map((node) => [node.name, node.report?.drain ?? '']));
    const changed = value.nodes.filter(
      ({ name, report }) =>
        before.current !== null && report !== null && before.current.get(name) !== report.drain,
    );
    before.current = now;
    for (const node of changed) {
      const words = drainWords(t, node, (count) => String(count));
      if (words !== '') say(`${node.name}: ${words}`);
    }
  }, [value, t, say]);
}

function Node({
  node,
  isAlone,
  numbers,
  onAsk,
}: {
  node: NodeLine;
  isAlone: boolean;
  numbers: Intl.NumberFormat;
  onAsk: () => void;
}) {
  const { t } = useMessages();
  const { name, host, state, role, isOwn, version, report } = node;
  const id = `node-${host}`;
  const wants = order(node);
  const progress = drainWords(t, node, (count) => numbers.format(count));
  const clock = clockWords(t, node, numbers);
  const hasProblems = report !== null && report.problems.length > 0;
  return (
    <section className="facts node" aria-labelledby={id}>
      <div className="node-head">
        <h2 id={id}>
          <Typed>{name === '' ? host : name}</Typed>
        </h2>
        {wants === null ? null : (
          <Button
            className="button"
            aria-label={t(wants === 'begin' ? 'nodes.beginOf' : 'nodes.endOf', { name })}
            onPress={onAsk}
          >
            {t(wants === 'begin' ? 'nodes.begin' : 'nodes.end')}
          </Button>
        )}
      </div>
      <p className={state === 'IN_SERVICE' ? 'node-state' : 'node-state is-off'}>
        <strong>{t(`nodes.state.${state}` as MessageKey)}</strong>
      </p>
      {progress === '' ? null : <p>{progress}</p>}
      <dl>
        <dt>{t('nodes.host')}</dt>
        <dd>
          <Typed>{host}</Typed>
          {isOwn && !isAlone ? ` ${t('nodes.own')}` : null}
        </dd>
        {role === '' || isAlone ? null : (
          <>
            <dt>{t('nodes.role')}</dt>
            <dd>{t(`nodes.role.${role}` as MessageKey)}</dd>
          </>
        )}
        {report === null ? null : (
          <>
            <dt>{t('nodes.desktops')}</dt>
            <dd>{numbers.format(report.desktops)}</dd>
            <dt>{t('nodes.programs')}</dt>
            <dd>{numbers.format(report.programs)}</dd>
          </>
        )}
        <dt>{t('nodes.version')}</dt>
        <dd>{version === '' ? t('nodes.notKnown') : <Typed>{version}</Typed>}</dd>
        {isOwn ? null : (
          <>
            <dt>{t('nodes.clock')}</dt>
            <dd className={clock.isWrong ? 'is-wrong' : ''}>{clock.text}</dd>
          </>
        )}
        <dt>{t(hasProblems ? 'nodes.problems' : 'nodes.parts')}</dt>
        <dd>
          {report === null ? (
            t(SILENT.has(state) ? 'nodes.notKnown' : 'nodes.silent')
          ) : report.problems.length === 0 ? (
            t('nodes.ready')
          ) : (
            <ul className="node-problems">
              {report.problems.map(({ part, reason }) => (
                <li key={part}>
                  <Typed>{part}</Typed>
                  {': '}
                  <bdi lang="en">{reason}</bdi>
                </li>
              ))}
            </ul>
          )}
        </dd>
      </dl>
    </section>
  );
}
