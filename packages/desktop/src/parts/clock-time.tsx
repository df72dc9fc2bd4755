import { useMessages } from '../messages/index.tsx';

/** A time of day in the form of the user's region. @param at epoch ms */
export function Clock({ at }: { at: number }) {
  const { region } = useMessages();
  if (!Number.isFinite(at)) return null;
  const date = new Date(at);
  return (
    <time dateTime={date.toISOString()}>
      {new Intl.DateTimeFormat(region, { timeStyle: 'short' }).format(date)}
    </time>
  );
}
