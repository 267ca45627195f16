/** Colours code. Loaded when the first code block appears; makes pieces of text, never markup. */
import { common, createLowlight } from 'lowlight';
import { CODE_KINDS, type CodeKind, type Piece } from './code-pieces';

type Tree = ReturnType<ReturnType<typeof createLowlight>['highlight']>;
type Node = Tree['children'][number];

const lowlight = createLowlight(common);
/** Longer code is shown in one colour: it would take longer than a frame or two. */
const LONGEST = 40_000;

/** The code in coloured pieces, null for a language that is not known. */
export function highlight(code: string, language: string): Piece[] | null {
  if (code.length > LONGEST || !lowlight.registered(language)) return null;
  return piecesOf(lowlight.highlight(language, code).children, null);
}

function piecesOf(nodes: readonly Node[], kind: CodeKind | null): Piece[] {
  return nodes.flatMap((node): Piece[] => {
    if (node.type === 'text') return [{ text: node.value, kind }];
    if (node.type !== 'element') return [];
    return piecesOf(node.children, kindOf(node.properties.className) ?? kind);
  });
}

/** highlight.js has some forty scopes; what a reader tells apart are a few. */
function kindOf(classes: unknown): CodeKind | null {
  if (!Array.isArray(classes)) return null;
  for (const name of classes) {
    const kind =
      CODE_KINDS[
        String(name)
          .replace(/^hljs-/, '')
          .replace(/_$/, '')
      ];
    if (kind) return kind;
  }
  return null;
}
