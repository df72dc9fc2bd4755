import { type ReactNode, useId, useState } from 'react';
import { Button } from 'react-aria-components';
import { askPermission, permission } from '../desk/browser-screen.ts';
import { useDesk, useSettings } from '../desk/desk-context.tsx';
import { DENSITIES, IDLE_MINUTES, type Settings, THEMES } from '../desk/settings.ts';
import { isTune, TUNE_NAMES } from '../desk/tunes.ts';
import { LANGUAGES, useMessages } from '../messages/index.tsx';
import { ModalDialog } from './modal.tsx';

/** What an agent can set; each change takes effect at once and is kept in this browser. */
export default function SettingsDialog({ onClose }: { onClose: () => void }) {
  const { t, language, choose } = useMessages();
  const { settings, sounds, commands } = useDesk();
  const now = useSettings();
  const change = (next: Partial<Settings>) => settings.change(next);
  const [allowed, setAllowed] = useState(permission);
  const soundOf = (name: 'callSound' | 'noticeSound') => (
    <Choice
      label={t(`settings.${name}`)}
      value={now[name]}
      options={['off' as const, ...TUNE_NAMES].map((tune) => [tune, t(`sound.${tune}`)])}
      onChange={(tune) => {
        const chosen = isTune(tune) ? tune : 'off';
        change({ [name]: chosen });
        sounds.sample(chosen);
      }}
    />
  );
  return (
    <ModalDialog title={t('settings.heading')} onClose={onClose}>
      <div className="settings">
        <fieldset>
          <legend>{t('settings.looks')}</legend>
          <Choice
            label={t('language.label')}
            value={language}
            options={Object.entries(LANGUAGES).map(([code, { name }]) => [code, name])}
            onChange={(code) => {
              change({ language: code });
              choose(code);
            }}
          />
          <Choice
            label={t('settings.theme')}
            value={now.theme}
            options={THEMES.map((theme) => [theme, t(`theme.${theme}`)])}
            onChange={(value) => change({ theme: THEMES.find((theme) => theme === value) ?? 'system' })}
          />
          <Choice
            label={t('settings.density')}
            value={now.density}
            options={DENSITIES.map((density) => [density, t(`density.${density}`)])}
            onChange={(value) => change({ density: value === 'compact' ? 'compact' : 'normal' })}
          />
        </fieldset>
        <fieldset>
          <legend>{t('settings.sounds')}</legend>
          {soundOf('callSound')}
          {soundOf('noticeSound')}
          <Row label={t('settings.volume')}>
            {(id) => (
              <input
                id={id}
                type="range"
                min={0}
                max={100}
                step={10}
                value={now.volume}
                aria-valuetext={`${now.volume} %`}
                onChange={(event) => change({ volume: Number(event.target.value) })}
                onPointerUp={() => sounds.sample(now.callSound)}
                onKeyUp={(event) => {
                  if (/^(Arrow|Home|End|Page)/.test(event.key)) sounds.sample(now.noticeSound);
                }}
              />
            )}
          </Row>
        </fieldset>
        <fieldset>
          <legend>{t('settings.notifications')}</legend>
          <Check
            label={t('settings.notificationsOn')}
            isChecked={now.notifications && allowed === 'granted'}
            isDisabled={allowed === 'denied' || allowed === 'none'}
            onChange={(wanted) => {
              change({ notifications: wanted, notificationsAsked: true });
              if (wanted) void askPermission().then(setAllowed);
            }}
          />
          {allowed === 'denied' || allowed === 'none' ? (
            <p className="hint">{t('settings.notificationsDenied')}</p>
          ) : null}
        </fieldset>
        <fieldset>
          <legend>{t('settings.keys')}</legend>
          <Check
            label={t('settings.shortcutsOn')}
            isChecked={now.shortcutsOn}
            onChange={(shortcutsOn) => change({ shortcutsOn })}
          />
          <Button
            className="button"
            onPress={() => {
              onClose();
              commands.run('dialog.shortcuts');
            }}
          >
            {t('settings.showShortcuts')}
          </Button>
        </fieldset>
        <fieldset>
          <legend>{t('idle.heading')}</legend>
          <Choice
            label={t('settings.idle')}
            value={String(now.idleMinutes)}
            options={IDLE_MINUTES.map((minutes) => [
              String(minutes),
              minutes === 0 ? t('settings.idleOff') : t('settings.minutes', { minutes: String(minutes) }),
            ])}
            onChange={(minutes) => change({ idleMinutes: Number(minutes) })}
          />
          <p className="hint">{t('settings.idleHint')}</p>
        </fieldset>
        <p className="hint">{t('settings.kept')}</p>
      </div>
    </ModalDialog>
  );
}

function Row({ label, children }: { label: string; children: (id: string) => ReactNode }) {
  const id = useId();
  return (
    <div className="setting">
      <label htmlFor={id}>{label}</label>
      {children(id)}
    </div>
  );
}

function Choice({
  label,
  value,
  options,
  onChange,
}: {
  label: string;
  value: string;
  /** Value and text of each. */
  options: readonly (readonly [string, string])[];
  onChange: (value: string) => void;
}) {
  return (
    <Row label={label}>
      {(id) => (
        <select id={id} className="select" value={value} onChange={(event) => onChange(event.target.value)}>
          {options.map(([key, text]) => (
            <option key={key} value={key}>
              {text}
            </option>
          ))}
        </select>
      )}
    </Row>
  );
}

function Check({
  label,
  isChecked,
  isDisabled = false,
  onChange,
}: {
  label: string;
  isChecked: boolean;
  isDisabled?: boolean;
  onChange: (isChecked: boolean) => void;
}) {
  return (
    <label className="check-row">
      <input
        type="checkbox"
        checked={isChecked}
        disabled={isDisabled}
        onChange={(event) => onChange(event.target.checked)}
      />
      <span>{label}</span>
    </label>
  );
}
