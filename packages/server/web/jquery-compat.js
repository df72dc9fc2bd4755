/**
 * What jQuery had in the 1.x releases and gadgets of that time still call; jquery-migrate brings back what 2.x and 3.x took
 * away. Written for Poise.
 */
(($) => {
  const initialise = $.fn.init;

  // .live and .die need to know how their elements were found.
  $.fn.init = function (selector, context, ...more) {
    const found = initialise.call(this, selector, context, ...more);
    if (typeof selector === 'string' && selector.charAt(0) !== '<') {
      const outer = context?.selector;
      found.selector = outer ? `${outer} ${selector}` : selector;
      found.context = context?.nodeType ? context : document;
    } else if (selector?.nodeType) {
      found.context = selector;
    }
    return found;
  };
  $.fn.init.prototype = $.fn;

  $.fn.live = function (types, data, handler) {
    $(this.context || document).on(types, this.selector, data, handler);
    return this;
  };
  $.fn.die = function (types, handler) {
    $(this.context || document).off(types, this.selector || '**', handler);
    return this;
  };
  $.fn.size =
    $.fn.size ||
    function () {
      return this.length;
    };
  $.fn.andSelf = $.fn.andSelf || $.fn.addBack;

  if (!$.browser) {
    const agent = navigator.userAgent.toLowerCase();
    const match =
      /(chrome|webkit|opera)[ /]([\w.]+)/.exec(agent) ||
      (agent.indexOf('compatible') < 0 && /(mozilla)(?:.*? rv:([\w.]+)|)/.exec(agent)) ||
      [];
    $.browser = { version: match[2] || '0' };
    if (match[1]) $.browser[match[1]] = true;
    if ($.browser.chrome) $.browser.webkit = true;
  }

  // toggle(first, second, …): one after the other with each click.
  const toggle = $.fn.toggle;
  $.fn.toggle = function (...handlers) {
    if (typeof handlers[0] !== 'function' || typeof handlers[1] !== 'function')
      return toggle.apply(this, handlers);
    return this.each(function () {
      let turn = 0;
      $(this).on('click', function (event) {
        event.preventDefault();
        const handler = handlers[turn % handlers.length];
        turn += 1;
        return handler.call(this, event);
      });
    });
  };

  // Up to 2.x, handlers of a page that gets ready run with its event, and at once when it is ready; 3.x puts them off.
  const whenReady = $.fn.ready;
  const getReady = $.ready;
  const waiting = [];
  const isReady = () => $.isReady && !$.readyWait;
  const flush = () => {
    for (const handler of waiting.splice(0)) {
      try {
        handler.call(document, $);
      } catch (error) {
        $.readyException(error);
      }
    }
  };
  $.fn.ready = function (handler) {
    waiting.push(handler);
    if (isReady()) flush();
    return this;
  };
  $.ready = (...args) => {
    getReady.apply($, args);
    if (isReady()) flush();
  };
  $.extend($.ready, getReady);
  whenReady.call($(document), flush);

  // Likewise .then of what is settled already; 3.x waits, and gadgets of before read a result that is not there yet. Promises that
  // handlers return are waited for, and what they throw refuses, as 3.x does.
  const WAYS = [
    ['done', 'resolve'],
    ['fail', 'reject'],
    ['progress', 'notify'],
  ];
  const makeDeferred = $.Deferred;
  $.Deferred = function (begin) {
    const deferred = makeDeferred.call(this);
    const promise = deferred.promise();
    // biome-ignore lint/suspicious/noThenProperty: promises of jQuery are what this is about
    promise.then = then;
    // biome-ignore lint/suspicious/noThenProperty: likewise
    deferred.then = then;
    if (begin) begin.call(deferred, deferred);
    return deferred;
  };
  $.extend($.Deferred, makeDeferred);

  function then(...handlers) {
    const next = $.Deferred();
    WAYS.forEach(([told, tell], place) => {
      const handler = handlers[place];
      this[told](function (...values) {
        if (typeof handler !== 'function') return next[`${tell}With`](this, values);
        let result;
        try {
          result = handler.apply(this, values);
        } catch (error) {
          $.Deferred.exceptionHook?.(error);
          return tell === 'notify' ? undefined : next.reject(error);
        }
        if (tell === 'notify') next.notify(result);
        else if (typeof result?.promise === 'function')
          result.promise().progress(next.notify).done(next.resolve).fail(next.reject);
        else if (typeof result?.then === 'function') result.then(next.resolve, next.reject);
        else next.resolve(result);
        return undefined;
      });
    });
    return next.promise();
  }
})(jQuery);
