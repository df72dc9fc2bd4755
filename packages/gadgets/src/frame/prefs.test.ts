import { expect, test, vi } from 'vitest';
import { prefsClass } from './prefs.ts';
import { urlParameters } from './url-parameters.ts';

function prefs(query: string) {
  const changed = vi.fn();
  const logged: string[] = [];
  const Prefs = prefsClass(urlParameters(`https://h/gadgets/ifr?${query}`), changed, (line) =>
    logged.push(line),
  );
  return { Prefs, prefs: new Prefs(), changed, logged };
}

test('values come from the address, then from the defaults, then they are empty', () => {
  const { Prefs, prefs: own } = prefs(
    'mid=4&lang=de&country=DE&up_id=1001&up_n=12px&up_f=1.5&up_b=True&up_o=1',
  );
  Prefs.setDefaultPrefs_({ id: 'default', color: 'blue' });
  expect(own.getString('id')).toBe('1001');
  expect(own.getString('color')).toBe('blue');
  expect(own.getInt('n')).toBe(12);
  expect(own.getFloat('f')).toBe(1.5);
  expect([own.getBool('b'), own.getBool('o'), own.getBool('none')]).toEqual([true, true, false]);
  expect([own.getString('none'), own.getInt('none'), own.getArray('none')]).toEqual(['', 0, []]);
  expect([own.getModuleId(), own.getLang(), own.getCountry()]).toEqual(['4', 'de', 'DE']);
});

test('text is escaped for HTML, unless it is asked not to', () => {
  const { Prefs, prefs: own } = prefs(`up_t=${encodeURIComponent('<b> "x" & \\')}`);
  expect(own.getString('t')).toBe('&#60;b&#62; &#34;x&#34; & &#92;');
  Prefs.setDontEscape_();
  expect(own.getString('t')).toBe('<b> "x" & \\');
});

test('what is set is there at once, and told once', () => {
  const { Prefs, prefs: own, changed } = prefs('up_a=1');
  own.set('a', 1);
  expect(changed).not.toHaveBeenCalled();
  own.set('a', '2', 'b', true);
  expect(changed.mock.calls).toEqual([[['a', '2', 'b', true]]]);
  expect(new Prefs().getString('b')).toBe('true');
  own.setArray('list', ['x|y', '50%']);
  expect(own.getArray('list')).toEqual(['x|y', '50%']);
  Prefs.setInternal_('authorization', 'c2VjcmV0');
  expect(own.getString('authorization')).toBe('c2VjcmV0');
  expect(changed).toHaveBeenCalledTimes(2);
});

test('messages have any keys; one that is missing is empty', () => {
  const { Prefs, prefs: own } = prefs('mid=0');
  Prefs.setMessages_(0, { "it's a.key": 'Text' });
  expect([own.getMsg("it's a.key"), own.getMsg('no'), own.getMsg('constructor')]).toEqual(['Text', '', '']);
  Prefs.setMessages_({ other: 'yes' });
  expect(own.getMsg('other')).toBe('yes');
});

test('a dump tells no credentials', () => {
  const { Prefs, prefs: own, logged } = prefs('up_id=1001');
  Prefs.setInternal_('authorization', 'c2VjcmV0');
  own.dump();
  expect(logged).toEqual(['id: 1001', 'authorization: *****']);
});

test('without a library that sets them, the credentials are those of the session', () => {
  let kept = '';
  const Prefs = prefsClass(
    {},
    () => {},
    () => {},
    () => kept,
  );
  const own = new Prefs();
  expect(own.getString('authorization')).toBe('');
  kept = 'MzAwMTozMDAxCg==';
  expect(own.getString('authorization')).toBe('MzAwMTozMDAxCg==');
  expect(own.getString('authToken')).toBe('');
  Prefs.setInternal_('authorization', 'c2VjcmV0');
  expect(own.getString('authorization')).toBe('c2VjcmV0');
});
