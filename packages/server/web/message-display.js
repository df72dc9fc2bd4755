/**
 * finesse.utilities.MessageDisplay: one line above the content of a gadget, in the elements #banner and #banner-msg, which are made
 * where the gadget has none. Written for Poise.
 */
window.finesse = window.finesse || {};
window.finesse.utilities = window.finesse.utilities || {};
window.finesse.utilities.MessageDisplay =
  window.finesse.utilities.MessageDisplay ||
  (() => {
    function banner() {
      let element = document.getElementById('banner');
      if (!element) {
        element = document.createElement('div');
        element.id = 'banner';
        document.body.insertBefore(element, document.body.firstChild);
      }
      let message = document.getElementById('banner-msg');
      if (!message) {
        message = document.createElement('span');
        message.id = 'banner-msg';
        element.appendChild(message);
      }
      element.setAttribute('role', 'alert');
      return { element: element, message: message };
    }

    function show(text, kind) {
      const parts = banner();
      parts.message.textContent = text === undefined || text === null ? '' : String(text);
      parts.element.className = `banner banner-${kind}`;
      parts.element.style.display = 'block';
    }

    return {
      showBannerError: (text) => {
        show(text, 'error');
      },
      showBannerWarning: (text) => {
        show(text, 'warning');
      },
      showBannerInfo: (text) => {
        show(text, 'info');
      },
      showBannerSuccess: (text) => {
        show(text, 'success');
      },
      hideBanner: () => {
        const element = document.getElementById('banner');
        if (element) element.style.display = 'none';
      },
    };
  })();
