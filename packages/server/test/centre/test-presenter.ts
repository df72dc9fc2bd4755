/** A presenter for tests of what is printed. */
import type { DialogBookView } from '../../src/domain/dialog.ts';
import { QueueBook } from '../../src/domain/queues.ts';
import { Presenter, type PresenterDependencies } from '../../src/objects/presenter.ts';

const NO_DIALOGS: DialogBookView = {
  get: () => undefined,
  at: () => [],
  shownAt: () => [],
  viewersOf: () => new Map(),
  size: 0,
};

export const testPresenter = (
  dependencies: Pick<PresenterDependencies, 'directory' | 'agents' | 'profile'> &
    Partial<PresenterDependencies>,
): Presenter =>
  new Presenter({
    dialogs: NO_DIALOGS,
    queues: new QueueBook(),
    participantDrop: 'supervisor_only',
    ...dependencies,
  });
