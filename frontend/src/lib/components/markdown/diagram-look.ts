/** How diagrams look: our tokens as the variables of mermaid's base theme, in sRGB, which it can read. */

export interface DiagramLook {
  fontFamily: string;
  darkMode: boolean;
  themeVariables: Record<string, string>;
}

/** https://mermaid.js.org/config/theming.html */
const TOKENS: Readonly<Record<string, string>> = {
  background: '--surface-0',
  primaryColor: '--surface-2',
  primaryTextColor: '--ink',
  primaryBorderColor: '--line-strong',
  secondaryColor: '--accent-soft',
  secondaryTextColor: '--ink',
  secondaryBorderColor: '--line-strong',
  tertiaryColor: '--surface-1',
  tertiaryTextColor: '--ink',
  tertiaryBorderColor: '--line',
  lineColor: '--ink-soft',
  textColor: '--ink',
  titleColor: '--ink',
  nodeTextColor: '--ink',
  edgeLabelBackground: '--surface-0',
  clusterBkg: '--surface-1',
  clusterBorder: '--line',
  noteBkgColor: '--accent-soft',
  noteTextColor: '--ink',
  noteBorderColor: '--line',
  pie1: '--series-1',
  pie2: '--series-2',
  pie3: '--series-3',
  pie4: '--series-4',
  pie5: '--series-5',
  pie6: '--series-6',
  pieSectionTextColor: '--surface-0',
  pieStrokeColor: '--surface-0',
  pieOuterStrokeColor: '--line',
};

export function diagramLook(dark: boolean): DiagramLook {
  const probe = document.createElement('span');
  probe.style.colorScheme = dark ? 'dark' : 'light';
  document.body.append(probe);
  try {
    const read = getComputedStyle(probe);
    const colours = Object.entries(TOKENS).map(([name, token]) => {
      probe.style.color = `var(${token})`;
      return [name, sRgb(read.color)] as const;
    });
    return {
      fontFamily: read.getPropertyValue('--font-ui').trim().replace(/\s+/g, ' '),
      darkMode: dark,
      themeVariables: { ...Object.fromEntries(colours), fontSize: '14px' },
    };
  } finally {
    probe.remove();
  }
}

let pixel: CanvasRenderingContext2D | null = null;

/** A colour as a canvas paints it. */
function sRgb(colour: string): string {
  pixel ??= document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  if (!pixel) return colour;
  pixel.fillStyle = colour;
  pixel.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0] = pixel.getImageData(0, 0, 1, 1).data;
  return `#${[red, green, blue].map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}
