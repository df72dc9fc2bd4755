/** A moment as `date` of Unix prints it, in English whatever the language of the terminal. */

/**
 * `Fri Sep  2 18:36:57 UTC 2011`.
 * @param timeZone name of the IANA; undefined: that of this computer
 * @param dayWidth characters of the day, filled up with blanks: `date` has 2, some commands of the original have 1
 */
export function dateLine(wallMs: number, timeZone?: string, dayWidth: number = 2): string {
  const format = new Intl.DateTimeFormat('en-US', {
    weekday: 'short',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
    year: 'numeric',
    ...(timeZone !== undefined && { timeZone }),
  });
  const { weekday, month, day, hour, minute, second, timeZoneName, year } = Object.fromEntries(
    format.formatToParts(wallMs).map(({ type, value }) => [type, value]),
  ) as Record<string, string>;
  return `${weekday} ${month} ${day?.padStart(dayWidth)} ${hour}:${minute}:${second} ${timeZoneName} ${year}`;
}
