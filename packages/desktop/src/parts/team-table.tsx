import { keep, recall, shortened, within } from '@poise/pages';
import { type Ref, useEffect, useId, useMemo, useState, useSyncExternalStore } from 'react';
import { Button } from 'react-aria-components';
import { useDesktop, useDesktopState, useReadsNoMore } from '../desktop-context.tsx';
import { say, useMessages } from '../messages/index.tsx';
import { Phrase } from '../messages/phrase.tsx';
import { Typed } from '../messages/typed.tsx';
import { memberSentence } from '../session/sentences.ts';
import { groupOf, type StateGroup } from '../session/state-counts.ts';
import type { DesktopState } from '../session/store.ts';
import { isTalking, type Member } from '../session/team-members.ts';
import { AgentMenu } from './agent-menu.tsx';
import { CallDetails } from './call-details.tsx';
import { type Column, DataGrid, type Sorting } from './data-grid.tsx';
import { Elapsed } from './elapsed.tsx';
import { Icon } from './icon.tsx';
import { ReadFailure } from './read-failure.tsx';
import { StateCountsBar } from './state-counts.tsx';
import { StateMark } from './state-mark.tsx';

/** Kept while the session lasts (desktop.md 7.1). */
const SEARCH = 'poise.team.search';
const session = () => sessionStorage;
const DETAIL_ROWS = 3;

const hasDetails = (state: DesktopState) => state.layout?.properties.showActiveCallDetails !== false;
const theDrift = (state: DesktopState) => state.drift;

/** One team: which, whom of it, and in what order. */
export function TeamTable({
  teams,
  teamField,
  onHistory,
}: {
  teams: readonly { readonly id: number; readonly name: string }[];
  /** Where the team is chosen. */
  teamField: Ref<HTMLSelectElement>;
  onHistory: (member: Member) => void;
}) {
  const { t, language, region } = useMessages();
  const { controller } = useDesktop();
  const { team } = controller.areas;
  const drift = useDesktopState(theDrift);
  const isOver = useReadsNoMore();
  const canLook = useDesktopState(hasDetails);
  const formId = useId();
  const [teamId, choose] = useState(teams[0]?.id ?? null);
  const [search, setSearch] = useState(() => recall(SEARCH, session) ?? '');
  const [all, setAll] = useState(false);
  const [group, showGroup] = useState<StateGroup | null>(null);
  const [sorting, sort] = useState<Sorting>({ column: 'name', isDescending: false });
  const [menu, openMenu] = useState<{ readonly id: string; readonly at: HTMLElement } | null>(null);
  const state = useSyncExternalStore(team.state.subscribe, team.state.snapshot);
  const details = useSyncExternalStore(team.details.subscribe, team.details.snapshot);

  const arrangement = useMemo(() => {
    const { compare } = new Intl.Collator(language, { numeric: true, sensitivity: 'base' });
    const words = (member: Member) => say(t, memberSentence(member));
    const by: Readonly<Record<string, (a: Member, b: Member) => number>> = {
      name: (a, b) => compare(a.name, b.name),
      state: (a, b) => compare(words(a), words(b)),
      // The longest time first would be the earliest beginning.
      time: (a, b) => (b.since ?? Number.POSITIVE_INFINITY) - (a.since ?? Number.POSITIVE_INFINITY) || 0,
      extension: (a, b) => compare(a.extension, b.extension),
    };
    const order = by[sorting.column] ?? (() => 0);
    const wanted = search.trim().toLocaleLowerCase(language);
    return {
      compare: sorting.isDescending ? (a: Member, b: Member) => order(b, a) : order,
      belongs: (member: Member) =>
        // Who asks for those who are signed out sees them.
        (group === null ? all || member.state !== 'LOGOUT' : groupOf(member.state) === group) &&
        (wanted === '' ||
          [member.name, member.extension, words(member)].some((text) =>
            text.toLocaleLowerCase(language).includes(wanted),
          )),
    };
  }, [t, language, search, all, group, sorting]);

  const { order } = team;
  const { isStale, ids } = useSyncExternalStore(order.subscribe, order.snapshot);
  useEffect(() => order.arrange(arrangement), [order, arrangement]);
  useEffect(() => {
    team.open(teamId);
    return () => team.open(null);
  }, [team, teamId]);
  useEffect(() => {
    order.hold('menu', menu !== null);
  }, [order, menu]);

  const columns = useMemo<readonly Column<Member>[]>(
    () => [
      {
        id: 'name',
        label: 'team.column.name',
        width: 'minmax(11rem, 20rem)',
        isSortable: true,
        cell: ({ name }) => <Typed className="cut">{name}</Typed>,
      },
      {
        id: 'state',
        label: 'team.column.state',
        width: 'minmax(11rem, 20rem)',
        isSortable: true,
        cell: (member) => (
          <span className="agent-state">
            <StateMark state={member.state} />
            <span className="cut">
              <Phrase sentence={memberSentence(member)} />
            </span>
          </span>
        ),
      },
      {
        id: 'time',
        label: 'team.column.time',
        width: 'minmax(8.5rem, 10rem)',
        isSortable: true,
        isFigure: true,
        cell: ({ since }) => <Elapsed since={since} now={team.shownAt + drift} />,
      },
      {
        id: 'extension',
        label: 'team.column.extension',
        width: 'minmax(6.5rem, 10rem)',
        isSortable: true,
        cell: ({ extension }) => <Typed className="cut">{extension}</Typed>,
      },
      {
        id: 'details',
        label: 'agent.details',
        width: '3rem',
        isHeaderHidden: true,
        isWidget: true,
        cell: (member, id, tabIndex) => {
          const isOpen = team.details.snapshot().agentId === id;
          const isPossible = isOpen || isTalking(member) || member.state === 'HOLD';
          if (!canLook) return null;
          return (
            <button
              type="button"
              className="icon-button"
              data-cell-focus=""
              tabIndex={tabIndex}
              aria-disabled={!isPossible}
              aria-expanded={isOpen}
              aria-label={t('agent.detailsOf', { name: member.name })}
              onClick={() => {
                if (isPossible) team.look(isOpen ? null : id);
              }}
            >
              <Icon name={isOpen ? 'chevronDown' : 'chevronEnd'} />
            </button>
          );
        },
      },
      {
        id: 'actions',
        label: 'team.column.actions',
        width: '5.5rem',
        isWidget: true,
        cell: (member, id, tabIndex) => (
          <button
            type="button"
            className="icon-button"
            data-cell-focus=""
            tabIndex={tabIndex}
            aria-haspopup="menu"
            aria-label={t('agent.actionsOf', { name: member.name })}
            data-busy={team.state.snapshot().busy.has(id) ? '' : undefined}
            onClick={({ currentTarget }) => openMenu({ id, at: currentTarget })}
          >
            <Icon name="more" />
          </button>
        ),
      },
    ],
    [t, team, drift, canLook],
  );

  const { failure, error, isRead } = state;
  return (
    <div className="team" data-reads="">
      <StateCountsBar counts={team.counts.shown} chosen={group} onChoose={showGroup} />
      <div className="grid-tools">
        <span className="tool">
          <label htmlFor={`${formId}team`}>{t('team.team')}</label>
          <select
            id={`${formId}team`}
            ref={teamField}
            value={teamId ?? ''}
            onChange={({ target }) => choose(Number(target.value))}
          >
            {teams.map(({ id, name }) => (
              <option key={id} value={id}>
                {within(shortened(name))}
              </option>
            ))}
          </select>
        </span>
        <span className="tool">
          <label htmlFor={`${formId}search`}>{t('team.search')}</label>
          <input
            id={`${formId}search`}
            type="search"
            value={search}
            maxLength={100}
            onChange={({ target }) => {
              setSearch(target.value);
              keep(SEARCH, target.value, session);
            }}
          />
        </span>
        <label className="tool check">
          <input type="checkbox" checked={all} onChange={({ target }) => setAll(target.checked)} />
          <span>{t('team.includeSignedOut')}</span>
        </label>
        <span className="tool-end">
          <span className="hint">
            {t('team.count', { count: new Intl.NumberFormat(region).format(ids.length) })}
          </span>
          <Button
            className="button small"
            aria-disabled={!isStale}
            onPress={() => {
              if (isStale) order.renew();
            }}
          >
            {t('grid.sortAgain')}
          </Button>
        </span>
      </div>
      <div role="alert">
        {failure === null ? null : (
          <p className="notice error with-button">
            <span>
              <Typed>{failure.name}</Typed>: <Phrase sentence={failure.sentence} />
            </span>
            <Button
              className="icon-button"
              aria-label={t('notice.close')}
              onPress={() => team.forgetFailure()}
            >
              <Icon name="close" />
            </Button>
          </p>
        )}
        {failure === null && error !== null ? (
          <ReadFailure sentence={error} onAgain={() => team.again()} />
        ) : null}
      </div>
      <DataGrid
        label={t('team.heading')}
        columns={columns}
        rows={team.members}
        order={order}
        sorting={sorting}
        onSort={sort}
        empty={
          isRead
            ? t(group ? 'team.noneInState' : search ? 'team.noneFound' : 'team.noneSignedIn')
            : error || isOver
              ? ''
              : t('gadget.loading')
        }
        minWidth={48}
        onMenu={(id, at) => openMenu({ id, at })}
        detail={
          details.agentId === null
            ? null
            : {
                id: details.agentId,
                rows: DETAIL_ROWS,
                content: <CallDetails agentId={details.agentId} onClose={() => team.look(null)} />,
              }
        }
      />
      {menu === null ? null : (
        <AgentMenu
          key={menu.id}
          id={menu.id}
          at={menu.at}
          onClose={() => openMenu(null)}
          onHistory={onHistory}
        />
      )}
    </div>
  );
}
