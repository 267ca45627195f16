/** What a hostile or broken reply may say. Each sets `window.hit` if it ever runs, or calls beacon.test. */
export const HOSTILE = [
  // Scripts and handlers.
  '<script>window.hit = 1</script>',
  '<script src="http://beacon.test/a.js"></script>',
  '<img src="http://beacon.test/a.png" onerror="window.hit = 1">',
  '<body onload="window.hit = 1"><details open ontoggle="window.hit = 1">x</details>',
  '<input autofocus onfocus="window.hit = 1"><video src=x onerror="window.hit = 1">',
  '<iframe srcdoc="<script>parent.hit = 1</script>"></iframe>',
  '<iframe src="javascript:parent.hit=1"></iframe><object data="javascript:hit=1"></object>',
  '<form action="http://beacon.test/f"><button formaction="javascript:hit=1">go</button></form>',
  '<meta http-equiv="refresh" content="0;url=http://beacon.test/m">',
  '<base href="http://beacon.test/"><link rel="stylesheet" href="http://beacon.test/s.css">',
  // Links.
  '[click](javascript:window.hit=1) [data](data:text/html,<script>window.hit=1</script>)',
  '[tab](java\tscript:hit=1) [entity](&#106;avascript:hit=1) [vb](vbscript:hit) [f](file:///etc/passwd)',
  '<a href="javascript:window.hit=1">raw</a>',
  '[ref]: javascript:window.hit=1\n[ref]',
  '<javascript:window.hit=1>',
  '[fine](https://example.org/ "a \\" onmouseover=alert(1)")',
  // Images and other beacons.
  '![beacon](http://beacon.test/b.png) ![ref][img]\n\n[img]: http://beacon.test/c.png',
  '<picture><source srcset="http://beacon.test/p.png"></picture><audio src="http://beacon.test/x">',
  '<div style="background: url(http://beacon.test/bg.png)">styled</div>',
  // SVG and MathML, which bring scripts and links of their own.
  '<svg onload="window.hit = 1"><style>* { display: none }</style></svg>',
  '<svg><a xlink:href="javascript:hit=1"><text>x</text></a><use href="http://beacon.test/u.svg#a"/></svg>',
  '<math><mtext></p><img src=x onerror="window.hit = 1"></mtext></math>',
  '<math href="javascript:hit=1"><maction actiontype="statusline" xlink:href="javascript:hit=1">x</maction></math>',
  // Breaking out of what draws it.
  '</style><style>@import "http://beacon.test/i.css"; body { display: none }</style>',
  '```html" onmouseover="window.hit=1\n</code></pre><script>window.hit = 1</script>\n```',
  '```html\n<img src="http://beacon.test/h.png" onerror="window.hit = 1"><script>hit = 1</script>\n```',
  '```svg\n<svg onload="window.hit = 1"></svg>\n```',
  '```mermaid\ngraph TD\n  A["<img src=x onerror=window.hit=1>"] --> B\n  click A "javascript:window.hit=1"\n```',
  '```constructor\nx\n```\n\n```__proto__\nx\n```',
  '| a |\n|---|\n| <img src=x onerror="window.hit=1"> |',
  // TeX can link, fetch, style and run on for ever.
  'Link $\\href{javascript:window.hit=1}{x}$ and $\\url{javascript:window.hit=1}$',
  'Image $\\includegraphics[height=1em]{http://beacon.test/t.png}$',
  'Markup $\\text{<img src=x onerror="window.hit=1">}$ and $\\class{fixed}{x}$',
  'Style $\\style{background:url(http://beacon.test/st.png)}{x}$ $\\data{a=b}{x}$ $\\id{content}{x}$',
  'Colour $\\color{url(http://beacon.test/co.png)}{x}$ $\\colorbox{red;background:url(//beacon.test)}{x}$',
  'Size $\\rule{9999em}{9999em}$ $\\kern{99999em}$',
  'Loop $\\def\\a{\\a\\a}\\a$',
  '$$\n\\begin{matrix} a & b \\\\ \\href{javascript:window.hit=1}{c}\n\\end{matrix}\n$$',
  // Text that pretends to be something else, and the whole of it quoted and listed.
  '> <script>window.hit = 1</script>\n> - <img src=x onerror="window.hit=1">',
  '- [ ] <img src=x onerror="window.hit=1">\n- [x] [x](javascript:hit=1)',
  '\u202egnp.exe\u202c <plaintext><xmp><noscript><template>',
];

/** What a hostile diagram may say; each is a block of its own. */
export const HOSTILE_DIAGRAMS = [
  // Markup and handlers where words are expected.
  'graph TD\n  A["<script>parent.hit = window.hit = 1</script>"] --> B["<img src=x onerror=parent.hit=window.hit=1>"]',
  'graph TD\n  A["<img src=http://beacon.test/l.png>"] -->|"<svg onload=hit=1>"| B["<iframe srcdoc=x></iframe>"]',
  'graph TD\n  A["`**bold** <b onmouseover=hit=1>x</b> ![b](http://beacon.test/md.png)`"] --> B',
  'graph TD\n  A["</text></svg><script>window.hit=1</script>"] --> B["#lt;script#gt;window.hit=1#lt;/script#gt;"]',
  'sequenceDiagram\n  participant A as <img src=x onerror=parent.hit=1>\n  A->>B: <a href="javascript:hit=1">go</a>',
  'sequenceDiagram\n  A->>B: $$\\text{<img src=x onerror=parent.hit=1>}\\href{javascript:hit=1}{x}$$',
  'classDiagram\n  class A["<img src=x onerror=hit=1>"]\n  A : +run(<script>hit=1</script>)',
  'stateDiagram-v2\n  [*] --> A\n  A : <img src=x onerror=parent.hit=1>',
  'mindmap\n  root((<img src=http://beacon.test/mm.png>))\n    ::icon(fa fa-book" onload="hit=1)\n    child',
  'pie title <img src=x onerror=hit=1>\n  "<script>hit=1</script>" : 3\n  "b" : 4',
  'gantt\n  title <img src=x onerror=hit=1>\n  section S\n  <script>hit=1</script> :a, 2026-01-01, 3d',
  'erDiagram\n  A ||--o{ B : "<img src=x onerror=hit=1>"',
  // Clicks and links.
  'graph TD\n  A --> B\n  click A "javascript:parent.hit=1" _self\n  click B call eval("parent.hit=1")',
  'graph TD\n  A --> B\n  click A href "http://beacon.test/click" "tip" _top',
  'classDiagram\n  class A\n  link A "javascript:parent.hit=1"\n  callback A "eval"',
  // Settings: code, fonts and style sheets from elsewhere, and the level of safety itself.
  '%%{init: {"securityLevel": "loose", "htmlLabels": true, "flowchart": {"htmlLabels": true}}}%%\ngraph TD\n  A["<img src=x onerror=parent.hit=1>"] --> B\n  click A call alert(1)',
  '%%{init: {"fontFamily": "x; } @font-face { font-family: x; src: url(http://beacon.test/f.woff) } * {"}}%%\ngraph TD\n  A --> B',
  '%%{init: {"themeCSS": "@import url(http://beacon.test/i.css); * { background: url(http://beacon.test/bg.png) }"}}%%\ngraph TD\n  A --> B',
  '%%{init: {"theme": "base", "themeVariables": {"primaryColor": "url(http://beacon.test/pc.png)"}}}%%\ngraph TD\n  A --> B',
  '---\nconfig:\n  securityLevel: loose\n  themeCSS: "body { display: none } * { background: url(http://beacon.test/fm.png) }"\n---\ngraph TD\n  A --> B',
  // Styles and pictures.
  'graph TD\n  A --> B\n  style A fill:url(http://beacon.test/st.png)',
  'graph TD\n  A --> B\n  classDef evil fill:red;} body{display:none\n  class A evil',
  'graph TD\n  A --> B\n  classDef evil background:u\\72l(/api/steal)\n  class A evil',
  'graph TD\n  A@{ img: "http://beacon.test/img.png", label: "x" } --> B',
  'graph TD\n  A@{ icon: "http://beacon.test/icon.svg", form: "square" } --> B',
  'architecture-beta\n  group a(cloud)[A]\n  service s("<img src=x onerror=parent.hit=1>")[S] in a',
  'C4Context\n  Person(a, "A", "<img src=x onerror=hit=1>", $sprite="http://beacon.test/s.png", $link="javascript:hit=1")',
  // What is no diagram, or too much of one.
  'constructor\n  __proto__',
  'graph TD\n' + '  A --> B\n'.repeat(1000),
].map((text) => '```mermaid\n' + text + '\n```');
