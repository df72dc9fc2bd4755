import { describe, expect, it } from 'vitest';
import { asIs, escapeFor, expand, inJson, inUrl, inXml } from './template.ts';

const values: Readonly<Record<string, string>> = { name: 'Chad & "Co"', dollar: `$\${name}`, empty: '' };
const variable = (name: string): string | undefined =>
  Object.hasOwn(values, name) ? values[name] : undefined;

describe('expanding', () => {
  it.each([
    [`a \${name} b`, 'a Chad & "Co" b'],
    [`\${ name }\${name}`, 'Chad & "Co"Chad & "Co"'],
    [`[\${missing}]`, '[]'],
    [`[\${empty}]`, '[]'],
    [`[\${}]`, '[]'],
    [`[\${constructor}]`, '[]'],
    // What a value says is not looked at again.
    [`\${dollar}`, `$\${name}`],
    [`\\\${name}`, `\${name}`],
    [`\\{"a": "\${name}"\\}`, '{"a": "Chad & "Co""}'],
    ['C:\\\\x \\$5 \\y', 'C:\\x $5 \\y'],
    ['$name {name} $', '$name {name} $'],
    [`\${a{b}c}`, `\${a{b}c}`],
    [`\${open`, `\${open`],
  ])('%s becomes %s', (template, text) => expect(expand(template, variable, asIs)).toBe(text));

  it('writes values as the place needs it, and leaves the rest alone', () => {
    expect(expand(`/x?a=1&n=\${name}`, variable, inUrl)).toBe('/x?a=1&n=Chad%20%26%20%22Co%22');
    expect(expand(`<a b="\${name}"/>`, variable, inXml)).toBe('<a b="Chad &amp; &quot;Co&quot;"/>');
    expect(expand(`{"n":"\${name}"}`, variable, inJson)).toBe('{"n":"Chad & \\"Co\\""}');
  });
});

describe('escaping', () => {
  it('leaves nothing that could end the place it stands in', () => {
    const hostile = `</a>'"&?#/\\\u0000\u0008\ud800\u2028`;
    expect(inXml(hostile)).toBe('&lt;/a&gt;&apos;&quot;&amp;?#/\\\ufffd\u2028');
    expect(inUrl(hostile)).toMatch(/^[\w.~'%-]+$/);
    expect(JSON.parse(`"${inJson(hostile)}"`)).toBe(hostile);
  });

  it.each([
    ['application/xml', inXml],
    ['text/XML; charset=utf-8', inXml],
    ['application/soap+xml', inXml],
    ['application/json', inJson],
    ['application/problem+json;x=y', inJson],
    ['application/x-www-form-urlencoded', inUrl],
    ['text/plain', asIs],
    ['', asIs],
  ])('of %j', (contentType, written) => expect(escapeFor(contentType)).toBe(written));
});
