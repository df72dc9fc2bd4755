import { expect, test } from 'vitest';
import { type PopOverStop, PopOvers } from './pop-overs.ts';

/** A page of places that can have the focus, by name. */
function page() {
  const body = { name: 'the page' };
  const document = { activeElement: body as unknown as Element, body: body as unknown as HTMLElement };
  const place = (name: string) => {
    const it = {
      name,
      isConnected: true,
      contains: (other: unknown) => other === it,
      focus: () => {
        if (it.isConnected) document.activeElement = it as unknown as Element;
      },
      /** As a browser does with what is taken away. */
      remove: () => {
        it.isConnected = false;
        if (document.activeElement === (it as unknown)) document.activeElement = document.body;
      },
    };
    return it;
  };
  return { document, place, focused: () => (document.activeElement as unknown as typeof body).name };
}

const stop = (place: { contains: unknown; focus: unknown }): PopOverStop =>
  ({ box: place, target: place }) as unknown as PopOverStop;

test('one key goes through all of them, what rings first, in whatever order the parts came', () => {
  const { document, place, focused } = page();
  const popOvers = new PopOvers(document);
  popOvers.offer('pop-ups', () => [stop(place('Dismiss'))]);
  const dismiss = stop(place('Dismiss'));
  popOvers.offer('pop-ups', () => [dismiss]);
  const [answer, other] = [stop(place('Answer')), stop(place('Answer the other one'))];
  popOvers.offer('calls', () => [answer, other]);
  const seen = [1, 2, 3, 4].map(() => {
    popOvers.next();
    return focused();
  });
  expect(seen).toEqual(['Answer', 'Answer the other one', 'Dismiss', 'Answer']);
});

test('what is dismissed gives the focus to the next one, the last one to where it came from', () => {
  const { document, place, focused } = page();
  const popOvers = new PopOvers(document);
  const work = place('Hold');
  const [one, two] = [place('one'), place('two')];
  const there = () => [one, two].filter(({ isConnected }) => isConnected).map(stop);
  popOvers.offer('pop-ups', there);
  work.focus();
  popOvers.next();
  one.remove();
  popOvers.leave();
  expect(focused()).toBe('two');
  two.remove();
  popOvers.leave();
  expect(focused()).toBe('Hold');
});

test('where that has gone meanwhile, the focus goes where the part says', () => {
  const { document, place, focused } = page();
  const popOvers = new PopOvers(document);
  const [work, one, heading] = [place('Hold'), place('one'), place('Calls')];
  const take = popOvers.offer('pop-ups', () => [stop(one)]);
  work.focus();
  popOvers.next();
  work.remove();
  one.remove();
  take();
  popOvers.leave(heading as unknown as HTMLElement);
  expect(focused()).toBe('Calls');
});
