/** Tries the workflow of the form on a call that somebody describes. */
import type { ExpandedAction, ExplainedStep } from '@poise/workflow';
import { useState } from 'react';
import { Button } from 'react-aria-components';
import { sentenceOf, useConsole } from '../context.tsx';
import { FIRST_CALL, MOMENTS, type TriedCall, tryWorkflow } from '../dry-run.ts';
import { type MessageKey, type Translate, useMessages } from '../messages/index.tsx';
import type { Item } from '../schema.ts';

type TextName = 'from' | 'dialled' | 'callType' | 'queueName';
const TEXTS: readonly TextName[] = ['from', 'dialled', 'callType', 'queueName'];
const VARIABLES_MAX = 20;

export function DryRun({ item }: { item: Item }) {
  const { api } = useConsole();
  const { t } = useMessages();
  const [call, setCall] = useState<TriedCall>(FIRST_CALL);
  const [found, setFound] = useState<ExplainedStep | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const change = (part: Partial<TriedCall>) => setCall({ ...call, ...part });
  const variable = (at: number, one: readonly [string, string]) =>
    change({ variables: call.variables.map((before, index) => (index === at ? one : before)) });
  const attempt = async () => {
    try {
      const ids = (item.actionIds ?? []) as readonly number[];
      const actions = await Promise.all(ids.map(async (id) => (await api.get(`workflowActions/${id}`)).item));
      setFound(tryWorkflow(item, actions, call));
      setProblem(null);
    } catch (error) {
      setProblem(sentenceOf(t, error));
    }
  };
  return (
    <section className="editor apart" aria-labelledby="dry-run">
      <h2 id="dry-run">{t('dryRun')}</h2>
      <p className="hint">{t('dryRun.hint')}</p>
      <div className="field">
        <label htmlFor="dry-run-moment">{t('dryRun.moment')}</label>
        <select
          id="dry-run-moment"
          value={call.moment}
          onChange={({ target }) => change({ moment: target.value as TriedCall['moment'] })}
        >
          {MOMENTS.map((moment) => (
            <option key={moment} value={moment}>
              {t(`dryRun.moment.${moment}`)}
            </option>
          ))}
        </select>
      </div>
      <div className="check-box">
        <input
          id="dry-run-outgoing"
          type="checkbox"
          checked={call.isOutgoing}
          onChange={({ target }) => change({ isOutgoing: target.checked })}
        />
        <label htmlFor="dry-run-outgoing">{t('dryRun.outgoing')}</label>
      </div>
      {TEXTS.map((name) => (
        <div className="field" key={name}>
          <label htmlFor={`dry-run-${name}`}>{t(`dryRun.${name}`)}</label>
          <input
            id={`dry-run-${name}`}
            value={call[name]}
            maxLength={64}
            onChange={({ target }) => change({ [name]: target.value })}
          />
        </div>
      ))}
      <fieldset className="group">
        <legend>{t('dryRun.variables')}</legend>
        {call.variables.map(([name, value], at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place
          <div className="entry" key={at}>
            <div className="field entry-fields">
              <input
                aria-label={t('dryRun.variableName', { number: String(at + 1) })}
                value={name}
                maxLength={64}
                onChange={({ target }) => variable(at, [target.value, value])}
              />
            </div>
            <div className="field entry-fields">
              <input
                aria-label={t('dryRun.variableValue', { number: String(at + 1) })}
                value={value}
                maxLength={255}
                onChange={({ target }) => variable(at, [name, target.value])}
              />
            </div>
          </div>
        ))}
        {call.variables.length < VARIABLES_MAX ? (
          <Button
            className="button"
            onPress={() =>
              change({ variables: [...call.variables, [`callVariable${call.variables.length + 1}`, '']] })
            }
          >
            {t('dryRun.variables.add')}
          </Button>
        ) : null}
      </fieldset>
      <div className="buttons">
        <Button className="button" onPress={() => void attempt()}>
          {t('dryRun.try')}
        </Button>
      </div>
      <div role="status">
        {problem === null ? null : <p className="notice error">{problem}</p>}
        {problem !== null || found === null ? null : <Outcome found={found} />}
      </div>
    </section>
  );
}

function Outcome({ found: { workflows, runs } }: { found: ExplainedStep }) {
  const { t } = useMessages();
  const [told] = workflows;
  if (told === undefined) return null;
  const checks = [...told.triggerChecks, ...told.conditionChecks];
  return (
    <>
      <p className="notice">{t(`dryRun.verdict.${told.verdict}` as MessageKey)}</p>
      <ul className="checks">
        {checks.map(({ holds, name, node, comparator, wanted, actual }, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the list is made anew as a whole
          <li key={at}>
            <strong>{t(holds ? 'dryRun.holds' : 'dryRun.holdsNot')}</strong>{' '}
            {t('dryRun.check', { name: name || node, comparator, wanted, actual })}
          </li>
        ))}
        {(runs[0]?.actions ?? []).map((action, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the list is made anew as a whole
          <li key={`a${at}`}>{sentence(t, action)}</li>
        ))}
      </ul>
    </>
  );
}

function sentence(t: Translate, action: ExpandedAction): string {
  switch (action.type) {
    case 'BROWSER_POP':
      return t('dryRun.pop', { name: action.action, url: action.url });
    case 'HTTP_REQUEST':
      return t('dryRun.request', { name: action.action, method: action.method, url: action.url });
    case 'PUBLISH':
      return t('dryRun.publish', { name: action.action });
    case 'PROBLEM':
      return t('dryRun.problem', { name: action.action, text: action.problem });
  }
}
