// Runs in the frame that diagram-frame.ts makes, after mermaid: lays diagrams out and gives them back
// as the text of an image. A file, since no script in that frame may stand in its page.
(function () {
  /** @typedef {import('./diagram-frame').DiagramQuestion} DiagramQuestion */
  /** @typedef {import('./diagram-frame').DiagramAnswer} DiagramAnswer */

  /** @type {import('mermaid').default | undefined} */
  const mermaid = Reflect.get(globalThis, 'mermaid');

  // Settings that no text may change, should one get past diagram-text.ts.
  const SECURE = [
    'secure',
    'securityLevel',
    'startOnLoad',
    'maxTextSize',
    'maxEdges',
    'suppressErrorRendering',
    'logLevel',
    'htmlLabels',
    'flowchart',
    'class',
    'fontFamily',
    'altFontFamily',
    'theme',
    'themeCSS',
    'themeVariables',
    'dompurifyConfig',
  ];

  addEventListener('message', ({ source, ports: [port] }) => {
    if (source !== parent || !port) return;
    port.onmessage = async ({ data }) => port.postMessage(await answer(data));
    port.postMessage(mermaid ? 'ready' : 'missing');
  });

  /**
   * @param {DiagramQuestion} question
   * @returns {Promise<DiagramAnswer>}
   */
  async function answer({ text, look }) {
    if (!mermaid) return { svg: null, said: '' };
    try {
      const { themeVariables, fontFamily, darkMode } = look;
      mermaid.initialize({
        startOnLoad: false,
        securityLevel: 'strict',
        secure: SECURE,
        suppressErrorRendering: true,
        logLevel: 'fatal',
        maxEdges: 300,
        // Words as SVG text: HTML in an SVG is what hostile texts have got through by.
        htmlLabels: false,
        flowchart: { htmlLabels: false },
        class: { htmlLabels: false },
        fontFamily,
        theme: 'base',
        themeVariables: { ...themeVariables, fontFamily, darkMode },
      });
      const { svg, diagramType } = await mermaid.render('diagram', text);
      return image(svg, diagramType);
    } catch (problem) {
      return { svg: null, said: problem instanceof Error ? problem.message : String(problem) };
    } finally {
      document.body.replaceChildren();
    }
  }

  /**
   * Mermaid gives HTML; an image has to be XML, and of a size of its own.
   * @param {string} code
   * @param {string} kind
   * @returns {DiagramAnswer}
   */
  function image(code, kind) {
    const svg = new DOMParser().parseFromString(code, 'text/html').querySelector('svg');
    const box = (svg?.getAttribute('viewBox') ?? '').trim().split(/[\s,]+/);
    const [width = 0, height = 0] = box.slice(2).map(Number);
    if (!svg || !(width > 0 && height > 0)) throw new Error('there is no picture');
    svg.setAttribute('width', String(width));
    svg.setAttribute('height', String(height));
    svg.style.removeProperty('max-width');
    const title = svg.querySelector(':scope > title')?.textContent?.trim() || null;
    return { svg: new XMLSerializer().serializeToString(svg), width, height, kind, title };
  }
})();
