// @ts-check
/// <reference path="../../../packages/finesse-js/finesse.d.ts" />
/**
 * The caller's data with a note. An ES module: it runs after the page is read, before the hub is connected, and keeps its own scope.
 */
const { ClientServices } = finesse.clientservices;
const { ContainerServices, FinesseToaster } = finesse.containerservices;
const { User } = finesse.restservices;
const { ShortcutKeyService } = finesse.shortcutkey;
const { DesktopCache } = finesse.utilities;

const NOTE_VARIABLE = 'callVariable10';

/** @param {string} id @returns {any} */
const element = (id) => document.getElementById(id);

/** @type {finesse.restservices.Dialog | undefined} */
let shown;

/** @param {string} text */
function say(text) {
  element('outcome').textContent = text;
  gadgets.window.adjustHeight();
}

/** @param {finesse.restservices.Dialog | undefined} dialog */
function show(dialog) {
  shown = dialog;
  const data = dialog?.getMediaProperties() ?? {};
  element('title').textContent = dialog ? `${dialog.getFromAddress()} · ${dialog.getState()}` : 'No call';
  element('note-form').hidden = dialog === undefined;
  element('data').replaceChildren(
    ...Object.entries(data)
      .filter(([, value]) => value !== '')
      .flatMap(([name, value]) => [
        Object.assign(document.createElement('dt'), { textContent: name }),
        Object.assign(document.createElement('dd'), { textContent: value }),
      ]),
  );
  gadgets.window.adjustHeight();
}

/** A note that was being written is there again after the desktop was loaded anew. @param {finesse.restservices.Dialog} dialog */
function begin(dialog) {
  dialog.addHandler('change', () => show(dialog));
  show(dialog);
  DesktopCache.fetchData(dialog.getId(), (_error, note) => {
    // Who has begun to write meanwhile, or has another call now, keeps what is there.
    if (dialog !== shown || element('note').value !== '') return;
    element('note').value = typeof note === 'string' ? note : dialog.getCallVariable(NOTE_VARIABLE);
  });
}

function listenToForm() {
  element('note').addEventListener('input', () => {
    if (shown) DesktopCache.saveOrUpdateData([{ key: shown.getId(), data: element('note').value }]);
  });
  element('note-form').addEventListener('submit', (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    shown?.updateCallVariable(NOTE_VARIABLE, element('note').value, {
      success: () => say('Saved'),
      error: (rsp) => say(finesse.utilities.Utilities.getErrData(rsp) || `Not saved (${rsp.status})`),
    });
  });
}

gadgets.HubSettings.onConnect = () => {
  const { Config } = finesse.gadget;
  ClientServices.init(Config);
  ContainerServices.init();
  FinesseToaster.init(Config);
  DesktopCache.setGroup('modern-example');
  listenToForm();
  show(undefined);

  const user = new User({
    id: Config.id,
    onLoad() {
      const dialogs = user.getDialogs({
        onLoad: () => Object.values(dialogs.getCollection()).slice(0, 1).forEach(begin),
        onCollectionAdd(/** @type {finesse.restservices.Dialog} */ dialog) {
          FinesseToaster.showToaster('Incoming call', { body: dialog.getFromAddress() });
          if (!shown) begin(dialog);
        },
        onCollectionDelete(/** @type {finesse.restservices.Dialog} */ dialog) {
          DesktopCache.deleteData(dialog.getId());
          if (dialog !== shown) return;
          element('note').value = '';
          say('');
          const next = Object.values(dialogs.getCollection()).find((each) => each !== dialog);
          if (next) begin(next);
          else show(undefined);
        },
      });
    },
    onError: (rsp) => say(`Error ${rsp.status}`),
  });

  ShortcutKeyService.init().registerShortcutKey([
    {
      id: 'modern-example.note',
      componentName: 'Modern example',
      actionName: 'Write a note',
      key: 'U',
      modifierKeys: ['ALT', 'SHIFT'],
      executionScope: 'page',
      isPageLevel: true,
      handler: () => {
        ContainerServices.activateMyTab();
        element(shown ? 'note' : 'title').focus();
      },
    },
  ]);
};
