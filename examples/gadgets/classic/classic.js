// biome-ignore-all lint: written as gadgets are that have to run in old desktops too
/**
 * State, calls and a dial field. ES5, jQuery, one module below finesse.modules.
 */
var finesse = finesse || {};
finesse.gadget = finesse.gadget || {};
finesse.modules = finesse.modules || {};

finesse.modules.ClassicExample = (function ($) {
  var user, dialogs, log, util, states;

  /** The parameter of the gadget's own address: ?noteVariable=callVariable1 */
  function parameter(name, otherwise) {
    var own = new URLSearchParams(window.location.search).get('url') || '';
    return new URLSearchParams(own.split('?')[1] || '').get(name) || otherwise;
  }

  function fitHeight() {
    gadgets.window.adjustHeight();
  }

  function showError(rsp) {
    $('#error').text(util.getErrData(rsp) || util.getErrCode(rsp) || 'Error ' + rsp.status);
    fitHeight();
  }

  /** Asks for a state; what comes of it is shown when the user changes. */
  function stateButton(label, state, reason) {
    return $('<button type="button">')
      .text(label)
      .on('click', function () {
        $('#error').text('');
        user.setState(state, reason, { error: showError });
      });
  }

  function showButtons() {
    var buttons = $('#buttons')
      .empty()
      .append(stateButton('READY', states.READY, null));
    user.getNotReadyReasonCodes({
      success: function (codes) {
        $.each(codes || [{ label: states.NOT_READY, id: null }], function (_i, code) {
          buttons.append(
            ' ',
            stateButton(code.label, states.NOT_READY, code.id === null ? null : { id: code.id }),
          );
        });
        fitHeight();
      },
      error: showError,
    });
  }

  function showUser() {
    var reason = user.getReasonCodeLabel();
    $('#who').text(user.getFullName() + ' (' + user.getExtension() + ')');
    $('#state').text(user.getState() + (reason ? ': ' + reason : ''));
    fitHeight();
  }

  function showCalls() {
    var all = dialogs.getCollection();
    var list = $('#calls').empty();
    $.each(all, function (id, dialog) {
      var data = dialog.getMediaProperties();
      var note = data[parameter('noteVariable', 'callVariable1')];
      list.append(
        $('<li>')
          .attr('data-id', id)
          .text(dialog.getState() + ' ' + dialog.getFromAddress() + (note ? ': ' + note : '')),
      );
    });
    $('#none').toggle($.isEmptyObject(all));
    fitHeight();
  }

  function callCame(dialog) {
    log.log('a call came: ' + dialog.getId());
    dialog.addHandler('change', showCalls);
    showCalls();
  }

  /** The call that goes is counted until this function has ended. */
  function callWent(dialog) {
    log.log('a call went: ' + dialog.getId());
    setTimeout(showCalls, 0);
  }

  function userLoaded() {
    showUser();
    showButtons();
    dialogs = user.getDialogs({
      onLoad: function () {
        $.each(dialogs.getCollection(), function (_id, dialog) {
          dialog.addHandler('change', showCalls);
        });
        showCalls();
      },
      onCollectionAdd: callCame,
      onCollectionDelete: callWent,
    });
  }

  return {
    init: function () {
      var config = finesse.gadget.Config;
      var containerServices;
      log = finesse.cslogger.ClientLogger;
      util = finesse.utilities.Utilities;
      states = finesse.restservices.User.States;

      finesse.clientservices.ClientServices.init(config, false);
      log.init(gadgets.Hub, 'ClassicExample', config);
      user = new finesse.restservices.User({
        id: config.id,
        onLoad: userLoaded,
        onChange: showUser,
        onError: showError,
      });

      $('#dial').on('submit', function (event) {
        event.preventDefault();
        $('#error').text('');
        user.makeCall($('#number').val(), { error: showError });
      });

      // Heights that are measured while the tab is hidden are wrong.
      containerServices = finesse.containerservices.ContainerServices.init();
      containerServices.addHandler(finesse.containerservices.ContainerServices.Topics.ACTIVE_TAB, fitHeight);
      containerServices.makeActiveTabReq();
    },
  };
})(jQuery);
