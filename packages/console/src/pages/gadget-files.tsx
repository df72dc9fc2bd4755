/** The folders that gadgets are served from: what is there, an archive or files more, and away with them. */
import { TEXT_MAX } from '@poise/pages';
import { type FormEvent, useRef, useState } from 'react';
import { Button } from 'react-aria-components';
import { type GadgetFolder, Refusal } from '../api.ts';
import { sentenceOf, useConsole, useLoaded } from '../context.tsx';
import { useMessages } from '../messages/index.tsx';
import { DataTable, FIRST_VIEW, pageOf } from '../parts/data-table.tsx';
import { AskDialog } from '../parts/dialog.tsx';
import { Typed } from '../parts/typed.tsx';

const PATH = 'gadgetFiles';
const KIB = 1024;

interface Told {
  readonly items: readonly GadgetFolder[];
}

/** What a form asks for. */
interface Upload {
  readonly files: readonly File[];
  readonly name: string;
}

/** Something that destroys, and waits for a yes. */
interface Question {
  readonly title: string;
  readonly yes: string;
  readonly onYes: () => void;
}

const isArchive = ({ name }: File): boolean => /\.zip$/i.test(name);

export function GadgetFilesPage() {
  const { api, say } = useConsole();
  const { t, region } = useMessages();
  const { value, error, again } = useLoaded(() => api.read<Told>(PATH), PATH);
  const [view, setView] = useState(FIRST_VIEW);
  const [problem, setProblem] = useState<string | null>(null);
  const [asks, setAsks] = useState<Question | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const times = new Intl.DateTimeFormat(region, { dateStyle: 'short', timeStyle: 'medium' });
  const kilobytes = new Intl.NumberFormat(region, { maximumFractionDigits: 0 });
  const count = new Intl.NumberFormat(region);

  const send = async ({ files, name }: Upload, replaces: boolean): Promise<GadgetFolder | undefined> => {
    const [first] = files;
    if (first !== undefined && isArchive(first)) return api.unpackGadgets(first, name, replaces);
    let folder: GadgetFolder | undefined;
    for (const file of files) {
      try {
        folder = await api.writeGadgetFile(file, name, file.name);
      } catch (failure) {
        throw new Refusal(0, '', t('gadgetFiles.stopped', { path: file.name, text: sentenceOf(t, failure) }));
      }
    }
    return folder;
  };
  const upload = async (wish: Upload, replaces = false) => {
    setAsks(null);
    setProblem(null);
    setIsBusy(true);
    try {
      const folder = await send(wish, replaces);
      if (folder === undefined) return;
      form.current?.reset();
      say(t('gadgetFiles.done', { name: folder.name, count: count.format(folder.files) }));
    } catch (failure) {
      if (failure instanceof Refusal && failure.code === 'FOLDER_EXISTS')
        setAsks({
          title: t('gadgetFiles.replace.ask', { name: wish.name || (wish.files[0]?.name ?? '') }),
          yes: t('gadgetFiles.replace'),
          onYes: () => void upload(wish, true),
        });
      else
        setProblem(
          failure instanceof Refusal && failure.code === '' ? failure.message : sentenceOf(t, failure),
        );
    } finally {
      setIsBusy(false);
      again();
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const given = new FormData(event.currentTarget as HTMLFormElement);
    const files = given.getAll('files').filter((one): one is File => one instanceof File && one.name !== '');
    const name = String(given.get('name') ?? '').trim();
    const archives = files.filter(isArchive).length;
    if (files.length === 0) return setProblem(t('gadgetFiles.missing'));
    if (archives > 0 && files.length > 1) return setProblem(t('gadgetFiles.one'));
    if (archives === 0 && name === '') return setProblem(t('gadgetFiles.nameNeeded'));
    return void upload({ files, name });
  };
  const remove = async (name: string) => {
    setAsks(null);
    setProblem(null);
    try {
      await api.send(`${PATH}/${encodeURIComponent(name)}`, 'DELETE');
      say(t('gadgetFiles.deleted', { name }));
    } catch (failure) {
      setProblem(sentenceOf(t, failure));
    }
    again();
  };
  if (error !== null) return <p className="notice error">{error}</p>;
  if (value === null) return <p className="hint">{t('app.loading')}</p>;
  const found = pageOf(value.items, view, (row, column) =>
    column === undefined ? [row.name, ...row.gadgets].join('\n') : String(row[column as keyof GadgetFolder]),
  );
  return (
    <>
      <div className="page-head">
        <h1>{t(PATH)}</h1>
        <Button className="button" onPress={again}>
          {t('table.refresh')}
        </Button>
      </div>
      <p className="hint">{t('gadgetFiles.hint')}</p>
      <div role="alert">{problem === null ? null : <p className="notice error">{problem}</p>}</div>
      <form className="editor apart" ref={form} onSubmit={submit} noValidate>
        <h2>{t('gadgetFiles.upload')}</h2>
        <div className="field">
          <label htmlFor="gadget-files">{t('gadgetFiles.choose')}</label>
          <input id="gadget-files" name="files" type="file" multiple />
        </div>
        <div className="field">
          <label htmlFor="gadget-folder">{t('gadgetFiles.name')}</label>
          <input
            id="gadget-folder"
            name="name"
            maxLength={120}
            autoComplete="off"
            spellCheck={false}
            aria-describedby="gadget-folder-h"
          />
          <span className="hint" id="gadget-folder-h">
            {t('gadgetFiles.name.hint')}
          </span>
        </div>
        <div className="buttons">
          <Button className="button primary" type="submit" isDisabled={isBusy}>
            {t('gadgetFiles.upload')}
          </Button>
        </div>
      </form>
      {value.items.length === 0 ? (
        <p className="notice">{t('gadgetFiles.none')}</p>
      ) : (
        <DataTable
          label={t(PATH)}
          columns={[
            {
              id: 'name',
              label: t('gadgetFiles.folder'),
              isSortable: true,
              isOfWords: true,
              cell: ({ name }: GadgetFolder) => <Typed max={TEXT_MAX}>{name}</Typed>,
            },
            {
              id: 'gadgets',
              label: t('gadgetFiles.gadgets'),
              isSortable: false,
              isOfWords: false,
              cell: ({ gadgets }: GadgetFolder) =>
                gadgets.length === 0 ? (
                  <span className="hint">{t('gadgetFiles.noGadget')}</span>
                ) : (
                  <ul className="addresses code">
                    {gadgets.map((address) => (
                      <li key={address}>{address}</li>
                    ))}
                  </ul>
                ),
            },
            {
              id: 'files',
              label: t('gadgetFiles.files'),
              isSortable: false,
              isOfWords: true,
              cell: ({ files }: GadgetFolder) => count.format(files),
            },
            {
              id: 'bytes',
              label: t('gadgetFiles.size'),
              isSortable: false,
              isOfWords: true,
              cell: ({ bytes }: GadgetFolder) => `${kilobytes.format(Math.ceil(bytes / KIB))} KiB`,
            },
            {
              id: 'changedAt',
              label: t('gadgetFiles.changed'),
              isSortable: true,
              isOfWords: true,
              cell: ({ changedAt }: GadgetFolder) => times.format(new Date(changedAt)),
            },
            {
              id: 'delete',
              label: t('gadgetFiles.actions'),
              isSortable: false,
              isOfWords: true,
              cell: ({ name }: GadgetFolder) => (
                <Button
                  className="button"
                  aria-label={t('gadgetFiles.delete', { name })}
                  onPress={() =>
                    setAsks({
                      title: t('gadgetFiles.delete.ask', { name }),
                      yes: t('gadgetFiles.actions'),
                      onYes: () => void remove(name),
                    })
                  }
                >
                  {t('gadgetFiles.actions')}
                </Button>
              ),
            },
          ]}
          rows={found.rows}
          total={found.total}
          keyOf={({ name }) => name}
          view={view}
          onView={setView}
        />
      )}
      {asks === null ? null : (
        <AskDialog
          title={asks.title}
          yes={asks.yes}
          no={t('form.cancel')}
          onYes={asks.onYes}
          onNo={() => setAsks(null)}
        />
      )}
    </>
  );
}
