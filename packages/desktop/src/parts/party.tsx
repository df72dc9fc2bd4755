import { useEffect, useMemo } from 'react';
import { useDesktop, useDesktopState } from '../desktop-context.tsx';
import { Typed } from '../messages/typed.tsx';
import { nameOf, namesOf } from '../session/names.ts';
import type { DesktopState } from '../session/store.ts';

const theBooks = ({ calls }: DesktopState) => calls.phoneBooks;

/** Names by number, of the phone books and of the team that is looked at now. The books are read when they are wanted first. */
export function useNames(): ReadonlyMap<string, string> {
  const { controller } = useDesktop();
  const books = useDesktopState(theBooks);
  useEffect(() => {
    if (books === 'unread') void controller.loadPhoneBooks();
  }, [controller, books]);
  const { members } = controller.areas.team;
  return useMemo(() => {
    const team = [...members.entries()].map(([, member]) => member);
    return namesOf(team, typeof books === 'string' ? [] : books);
  }, [members, books]);
}

/** A number, after the name of whom it belongs to where that is known. */
export function Party({ number, names }: { number: string; names: ReadonlyMap<string, string> }) {
  const name = nameOf(names, number);
  return name === '' ? (
    <Typed className="cut">{number}</Typed>
  ) : (
    <span className="party">
      <Typed className="cut">{name}</Typed>{' '}
      <span className="hint cut">
        <Typed>{number}</Typed>
      </span>
    </span>
  );
}
