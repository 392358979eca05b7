import { describe, expect, it } from 'vitest';
import { markdownToHtml, titleOf } from '../../server/markdown.ts';

const html = (text: string) => markdownToHtml(text, (file) => (file === 'search.md' ? '/docs/search' : undefined));

describe('markdownToHtml', () => {
  it('knows headings, with an anchor', () => {
    expect(html('## The `_count` parameter')).toBe(
      '<h2 id="the-count-parameter">The <code>_count</code> parameter</h2>',
    );
  });

  it('knows paragraphs, emphasis, code and links', () => {
    expect(
      html(
        'One *two* **three** `a < b`\nsee [Search](search.md#dates), [R4](https://hl7.org/fhir/R4/) and https://hl7.org.',
      ),
    ).toBe(
      '<p>One <em>two</em> <strong>three</strong> <code>a &#60; b</code>\nsee <a href="/docs/search#dates">Search</a>, ' +
        '<a href="https://hl7.org/fhir/R4/">R4</a> and <a href="https://hl7.org">https://hl7.org</a>.</p>',
    );
  });

  it('shows only the words of a link that leads to no page', () => {
    expect(html('[the readme](../README.md) and [bad](javascript:x)')).toBe('<p>the readme and bad</p>');
  });

  it('knows lists, also one in another and of numbers', () => {
    expect(html('- a\n- b\n  - c\n')).toBe('<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>');
    expect(html('1. first\n2. second')).toBe('<ol><li>first</li><li>second</li></ol>');
  });

  it('knows tables, with a bar kept by a backslash', () => {
    expect(html('| a | b |\n|---|:--|\n| 1 \\| 2 | `x` |')).toBe(
      '<div class="wide" tabindex="0"><table><thead><tr><th scope="col">a</th><th scope="col">b</th></tr></thead><tbody><tr><td>1 | 2</td><td><code>x</code></td></tr></tbody></table></div>',
    );
  });

  it('keeps blocks of code as they are, also one that never ends', () => {
    expect(html('```json\n{"a": "*b*"}\n```')).toBe(
      '<pre tabindex="0"><code>{&#34;a&#34;: &#34;*b*&#34;}</code></pre>',
    );
    expect(html('```\nx\ny')).toBe('<pre tabindex="0"><code>x\ny</code></pre>');
  });

  it('knows quotes and rules', () => {
    expect(html('> said\n\n---')).toBe('<blockquote><p>said</p></blockquote>\n<hr>');
  });

  it('lets no HTML pass', () => {
    expect(html('<script>alert(1)</script> [x](https://a"onload=1)')).not.toMatch(/<script|"onload/);
  });
});

describe('titleOf', () => {
  it('is the first heading of the first level', () => {
    expect(titleOf('text\n# `read` and vread\n# other')).toBe('read and vread');
    expect(titleOf('## no')).toBeUndefined();
  });
});
