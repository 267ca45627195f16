/**
 * Draws diagrams with mermaid, in a frame of their own that is loaded with the first of them.
 *
 * Mermaid lays a diagram out in a page, and what it is given may be hostile. So that page is not
 * ours: it may load two scripts by their full names and nothing else, no picture, font or style
 * sheet; no script in it can come from a text; it can lead nobody away, open nothing and send no
 * form. What comes out of it is text, shown as an image, where scripts and references are dead (SVG
 * 2, 2.2.1: secure static mode).
 */
import mermaidUrl from 'mermaid/dist/mermaid.min.js?url';
import { misreading, readDiagram, type DiagramText } from '$lib/diagram-text';
import type { Drawing } from '$lib/state/diagrams.svelte';
import { drawings as words } from '$lib/strings/drawings';
import { diagramLook, type DiagramLook } from './diagram-look';
import drawerUrl from './diagram-drawer.js?url&no-inline';

/** What the frame is asked, and what it answers (see diagram-drawer.js). */
export interface DiagramQuestion {
  text: string;
  look: DiagramLook;
}
export type DiagramAnswer =
  | { svg: string; width: number; height: number; kind: string; title: string | null }
  | { svg: null; said: string };

const PATIENCE_MS = 20_000;

let frame: Promise<MessagePort> | null = null;
let element: HTMLIFrameElement | null = null;
let last: Promise<unknown> = Promise.resolve();

/** One after the other, in the order asked. Raises Error when mermaid cannot be loaded. */
export async function drawDiagram(written: string, dark: boolean): Promise<Drawing> {
  const { diagram, problem } = readDiagram(written);
  if (!diagram) return { source: null, problem };
  const next = last.then(() => draw(diagram, dark));
  last = next.catch(() => undefined);
  return next;
}

async function draw(diagram: DiagramText, dark: boolean): Promise<Drawing> {
  const { text, title, hasColours, linesBefore } = diagram;
  // JSON is YAML: the title is the one setting that a diagram keeps.
  const head = title === null ? '' : `---\ntitle: ${JSON.stringify(title)}\n---\n`;
  // Colours of its own were chosen for a light page: dark words on them, and light paper beneath.
  const question = { text: head + text, look: diagramLook(dark && !hasColours) };
  const answer = await askFrame(question);
  if (answer.svg === null) return { source: null, problem: misreading(answer.said, linesBefore) };
  return {
    source: `data:image/svg+xml;charset=utf-8,${encodeURIComponent(answer.svg)}`,
    width: answer.width,
    height: answer.height,
    name: words.picture(words.kinds[answer.kind] ?? words.diagram, answer.title ?? title),
    light: !dark || hasColours,
    problem: null,
  };
}

async function askFrame(question: DiagramQuestion): Promise<DiagramAnswer> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('no answer')), PATIENCE_MS);
  });
  try {
    const port = await Promise.race([(frame ??= openFrame()), late]);
    const answered = new Promise<DiagramAnswer>((resolve) => {
      port.onmessage = ({ data }: MessageEvent<DiagramAnswer>) => resolve(data);
    });
    port.postMessage(question);
    return await Promise.race([answered, late]);
  } catch (problem) {
    // The next one begins with a fresh frame.
    element?.remove();
    element = frame = null;
    throw problem;
  } finally {
    clearTimeout(timer);
  }
}

/** Rejects when the scripts did not come. */
function openFrame(): Promise<MessagePort> {
  const opened = (element = document.createElement('iframe'));
  opened.title = words.diagram;
  opened.tabIndex = -1;
  opened.ariaHidden = 'true';
  // Its own origin is ours, since our server gives its files to no other; it is the policy in the
  // page, not the origin, that leaves a text no way to run.
  opened.setAttribute('sandbox', 'allow-scripts allow-same-origin');
  // Laid out, though nowhere to be seen.
  Object.assign(opened.style, {
    position: 'fixed',
    left: '-2000px',
    top: '0',
    width: '720px',
    height: '480px',
    visibility: 'hidden',
  });
  opened.srcdoc = page([mermaidUrl, drawerUrl]);
  document.body.append(opened);
  return new Promise((resolve, reject) => {
    const { port1: ours, port2: theirs } = new MessageChannel();
    ours.onmessage = ({ data }) => {
      if (data === 'ready') resolve(ours);
      else reject(new Error('mermaid did not load'));
    };
    opened.onload = () => opened.contentWindow?.postMessage('draw', location.origin, [theirs]);
  });
}

function page(scripts: string[]): string {
  const addresses = scripts.map((script) => {
    const { origin, pathname } = new URL(script, location.href);
    return origin + pathname;
  });
  const policy = `default-src 'none'; script-src ${addresses.join(' ')}; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'`;
  const tags = addresses.map((address) => `<script src="${address}"></scr` + 'ipt>').join('');
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}"><title>${words.diagram}</title>${tags}</head><body></body></html>`;
}
