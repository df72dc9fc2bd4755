/** `finesse.restservices.InterruptActions`: what a medium does when another one interrupts. */
export const InterruptActions = {
  ACCEPT: 'ACCEPT',
  IGNORE: 'IGNORE',
  isValidAction: (action: string): boolean => action === 'ACCEPT' || action === 'IGNORE',
} as const;

/** `finesse.restservices.DialogLogoutActions`: what becomes of dialogs at sign-out. */
export const DialogLogoutActions = {
  CLOSE: 'CLOSE',
  TRANSFER: 'TRANSFER',
  isValidAction: (action: string): boolean => action === 'CLOSE' || action === 'TRANSFER',
} as const;
