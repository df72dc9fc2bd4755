import { useMessages } from '../messages/index.tsx';

/** A time of day in the form of the language. @param at epoch ms */
export function Clock({ at }: { at: number }) {
  const { language } = useMessages();
  if (!Number.isFinite(at)) return null;
  const date = new Date(at);
  return (
    <time dateTime={date.toISOString()}>
      {new Intl.DateTimeFormat(language, { timeStyle: 'short' }).format(date)}
    </time>
  );
}
