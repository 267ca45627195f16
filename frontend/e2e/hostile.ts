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
