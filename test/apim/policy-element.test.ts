import { parsePolicy } from '../../src/apim/policy-element';

const attributeOf = (text: string) => parsePolicy(text)?.attributes.value ?? null;

test.each([
  ['quotes inside of quotes', '@(context.Request.Headers.GetValueOrDefault("a","b"))'],
  ['brackets in strings', '@(f("(", ")") + "}")'],
  ['characters that are brackets or quotes', `@(text.Split('(', '"')[0])`],
  ['escaped quotes', '@("a\\"b)" + x)'],
  ['verbatim strings', '@(@"C:\\" + "a""b")'],
  ['comparisons and conjunctions', '@(a < b && c > d)'],
  ['statements with comments', '@{ /* ) */ var a = 1; // "\n return a < 2 ? "x" : "y"; }'],
  ['no expression at all', 'a plain value'],
])('reads an attribute with %s as it was written', (_, value) => {
  // XML makes a space of a line's end inside an attribute; what an expression means does not depend on it.
  expect(attributeOf(`<a value="${value}" />`)?.replace(/\s+/g, ' ')).toBe(value.replace(/\s+/g, ' '));
});

test('reads what is escaped already just like that', () => {
  expect(attributeOf('<a value="@(x(&quot;)&quot;) &amp;&amp; y &lt; 2)" />')).toBe('@(x(")") && y < 2)');
});

test('leaves alone what is escaped beside what is not', () => {
  const policy = parsePolicy('<p><a value="@(x(&quot;)&quot;) &amp;&amp; y)" /><b value="@("q")" /></p>');
  expect(policy?.children.map(({ attributes }) => attributes.value)).toEqual(['@(x(")") && y)', '@("q")']);
});

test('expressions stand in text, too, and in comments nothing does', () => {
  const policy = parsePolicy('<p><!-- @(" --><v>@(a < b ? "x" : "<y>")</v><![CDATA[ @(" ]]><w value="@("1")" /></p>');
  expect(policy).toEqual({
    name: 'p',
    attributes: {},
    children: [
      { name: 'v', attributes: {}, children: [] },
      { name: 'w', attributes: { value: '@("1")' }, children: [] },
    ],
  });
});

test.each([
  ['an element that is not closed', '<policies><inbound></policies>'],
  ['an expression that is not closed', '<a value="@("x" />'],
  ['no XML', '{"policies": []}'],
  ['nothing', ''],
  ['a document that defines entities', '<!DOCTYPE a [<!ENTITY b "c">]><a value="&b;" />'],
])('does not read %s', (_, text) => {
  expect(parsePolicy(text)).toBeNull();
});

test('a long policy with an expression that never ends takes no longer than it is long', () => {
  const text = `<policies><inbound>${'<set-variable name="a" value="@(f("x")'.repeat(2000)}</inbound></policies>`;
  expect(parsePolicy(text)).toBeNull();
});
