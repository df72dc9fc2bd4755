// One line for an Update: what happened, to what, and how it is now.

/** @param {import('@poise/client').Update} update */
export function describe({ event, node, requestId, data }) {
  return `${event} ${node} requestId=${requestId || '(none)'} ${contents(data)}`;
}

function contents(data) {
  switch (data.type) {
    case 'user':
      return data.user.pendingState ? `${data.user.state}, then ${data.user.pendingState}` : data.user.state;
    case 'dialog':
      return dialog(data.dialog);
    case 'dialogs':
      return data.dialogs.map(dialog).join('; ');
    case 'apiErrors':
      return data.errors.map(({ errorType, errorMessage }) => `${errorType}: ${errorMessage}`).join('; ');
    default:
      return data.type;
  }
}

const dialog = ({ id, state, participants }) =>
  `dialog ${id} ${state} (${participants.map((one) => `${one.mediaAddress} ${one.state}`).join(', ')})`;
