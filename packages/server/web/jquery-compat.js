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
})(jQuery);
