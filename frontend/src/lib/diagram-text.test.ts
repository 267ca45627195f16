import { describe, expect, it } from 'vitest';
import { misreading, readDiagram } from './diagram-text';

const FLOW = 'graph TD\n  A --> B';

function drawn(written: string): string {
  const { diagram } = readDiagram(written);
  expect(diagram).not.toBeNull();
  return diagram!.text;
}

describe('a diagram', () => {
  it('is drawn as it is written', () => {
    expect(readDiagram(`${FLOW}\n`).diagram).toEqual({
      text: `${FLOW}\n`,
      linesBefore: 0,
      title: null,
      hasColours: false,
    });
  });

  it.each([
    `%%{init: {"themeCSS": "* { display: none }"}}%%\n${FLOW}`,
    `%%{init: {\n  "fontFamily": "evil"\n}}%%\n${FLOW}`,
    `%%{init: {"theme": "dark"}}%% %%{wrap}%%\n${FLOW}`,
    `---\nconfig:\n  themeCSS: "* { display: none }"\n---\n${FLOW}`,
    `---\nconfig: {}\n---\n---\nconfig:\n  fontFamily: evil\n---\n${FLOW}`,
    `  ---\n  config: {}\n  ---\n%%{init: {}}%%\n%% a note\n${FLOW}`,
  ])('loses the settings that it brings: %j', (written) => {
    expect(drawn(written)).toBe(FLOW);
  });

  it('makes no directive of what stood around one', () => {
    expect(drawn(`${FLOW}\n  B --> C%%%{x}%%%{init: {"fontFamily": "evil"}}%%`)).not.toContain(
      '%%{',
    );
    expect(drawn(`${FLOW}\n%%{init: {"fontFamily": "evil"}`).trimEnd()).toBe(FLOW);
  });

  it('has words and no markup', () => {
    const written =
      'classDiagram\n  <<interface>> A\n  A <|-- B\n  A : <img src=x onerror=hit=1></b><br/>x';
    expect(drawn(written)).toBe(
      'classDiagram\n  <<interface>> A\n  A <|-- B\n  A : ‹img src=x onerror=hit=1>‹/b><br/>x',
    );
  });

  it('keeps its title', () => {
    expect(readDiagram(`---\ntitle: "How it goes"\n---\n${FLOW}`).diagram).toMatchObject({
      title: 'How it goes',
      linesBefore: 3,
    });
  });

  it.each([
    'style A fill:url(http://beacon.test/x)',
    'classDef a background:URL (//beacon.test/x)',
    'classDef a background:u\\72 l(//beacon.test/x)',
    'classDef a background:u\\rl(//beacon.test/x)',
    'classDef a background:image-set("//beacon.test/x" 1x)',
    'A@{ img: "http://beacon.test/x.png" }',
    'A@{ "i\\x6dg": "http://beacon.test/x.png" }',
    'A@{\n label: x\n img: "/x.png" }',
    '@import "http://beacon.test/x.css"',
  ])('that reaches for something elsewhere is not drawn: %s', (line) => {
    expect(readDiagram(`${FLOW}\n${line}`).problem).toMatch(/from elsewhere/);
  });

  it('is not drawn when it is empty or too long', () => {
    expect(readDiagram('%% nothing\n').problem).toMatch(/nothing/);
    expect(readDiagram(FLOW + ' '.repeat(20_000)).problem).toMatch(/too long/);
  });

  it('has no character that an image cannot hold', () => {
    expect(drawn('graph TD\r\n\tA["\u0001\ud800\uffff!"]')).toBe('graph TD\n\tA["!"]');
  });

  it.each([
    ['style A fill:#f9f', true],
    ['rect rgb(0, 0, 255)', true],
    ['A --> C', false],
  ])('with colours of its own says so: %s', (line, has) => {
    expect(readDiagram(`${FLOW}\n${line}`).diagram?.hasColours).toBe(has);
  });
});

it.each([
  ['Parse error on line 3:\n...', 0, 'Line 3 of this diagram cannot be read.'],
  ['Lexical error on line 2. Unrecognized text.', 4, 'Line 6 of this diagram cannot be read.'],
  ['No diagram type detected matching given configuration for text: x', 0, /names no kind/],
  ['Cannot read properties of undefined', 0, 'This diagram cannot be drawn.'],
])('%j is said plainly', (said, before, words) => {
  expect(misreading(said, before)).toMatch(words);
});
