/** Drawn on a grid of 20 by 20; strokes take the colour of the text. */
export const PATHS = {
  alert: 'M10 3 2.5 16.5h15L10 3ZM10 8v4M10 14.5h.01',
  arrowIn: 'M16 4 5 15M5 7v8h8',
  arrowOut: 'M4 16 15 5M7 5h8v8',
  back: 'M16 10H4M9 5l-5 5 5 5',
  bell: 'M10 3a4 4 0 0 0-4 4v3l-1.5 3h11L14 10V7a4 4 0 0 0-4-4ZM8.5 16h3',
  bug: 'M7 7a3 3 0 0 1 6 0M6 9h8v4a4 4 0 0 1-8 0V9ZM3 8l3 2M17 8l-3 2M3 15l3-2M17 15l-3-2M10 9v8',
  chart: 'M3 17h14M5 17v-6M10 17V5M15 17V9',
  check: 'm4 10.5 4 4 8-9',
  chevronDown: 'm5 8 5 5 5-5',
  chevronEnd: 'm8 5 5 5-5 5',
  close: 'm5 5 10 10M15 5 5 15',
  customer: 'M3 5h14v11H3V5Zm3 3.5h5M6 12h8',
  gear: 'M10 7.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5ZM10 3v2M10 15v2M3 10h2M15 10h2M5 5l1.5 1.5M13.5 13.5 15 15M15 5l-1.5 1.5M6.5 13.5 5 15',
  height: 'M10 3v14M6.5 6.5 10 3l3.5 3.5M6.5 13.5 10 17l3.5-3.5',
  history: 'M10 5.5V10l3 2M4 10a6 6 0 1 0 2-4.5L4 7.5M4 4v3.5h3.5',
  home: 'm3 9.5 7-6 7 6M5 8.5V16h10V8.5',
  keyboard: 'M2.5 5.5h15v9h-15v-9ZM5.5 8.5h.01M8.5 8.5h.01M11.5 8.5h.01M14.5 8.5h.01M6 11.5h8',
  keypad:
    'M5 4h1v1H5ZM10 4h1v1h-1ZM15 4h1v1h-1ZM5 9h1v1H5ZM10 9h1v1h-1ZM15 9h1v1h-1ZM5 14h1v1H5ZM10 14h1v1h-1ZM15 14h1v1h-1Z',
  lines: 'M3 5.5h14M3 10h14M3 14.5h14',
  maximise: 'M4 8V4h4M16 12v4h-4M4 4l5 5M16 16l-5-5',
  more: 'M4.5 10h.01M10 10h.01M15.5 10h.01',
  message: 'M3 4.5h14v9H9l-4 3v-3H3v-9Z',
  move: 'M7 5h.01M13 5h.01M7 10h.01M13 10h.01M7 15h.01M13 15h.01',
  pencil: 'M4 16l1-4 8.5-8.5 3 3L8 15l-4 1ZM11.5 5.5l3 3',
  people:
    'M7 4.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5ZM2.5 16a4.5 4.5 0 0 1 9 0M13 5.2a2.3 2.3 0 0 1 0 4.3M13.5 12a4.2 4.2 0 0 1 4 4',
  person: 'M10 4a3 3 0 1 0 0 6 3 3 0 0 0 0-6ZM4 16.5a6 6 0 0 1 12 0',
  phone: 'M6 3 3.5 5.5c0 6 5 11 11 11L17 14l-4-2.5-1.5 1.5c-2-.8-3.7-2.5-4.5-4.5L8.5 7 6 3Z',
  puzzle: 'M4 7h3.2a1.8 1.8 0 1 1 3.6 0H14v3.2a1.8 1.8 0 1 1 0 3.6V17H4V7Z',
  reload: 'M16 10a6 6 0 1 1-1.8-4.3L16 7.5M16 3.5v4h-4',
  restore: 'M9 4v5H4M11 16v-5h5M9 9 4 4M11 11l5 5',
  search: 'M9 3.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11ZM13 13l4 4',
} as const;

export type IconName = keyof typeof PATHS;
