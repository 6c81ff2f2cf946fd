/** The one style of the audit pack: readable on a screen, and on paper. */
export const packStyle = `
:root { color-scheme: light; font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; color: #1b1f24; background: #fff; }
body { max-width: 860px; margin: 0 auto; padding: 32px 24px 64px; }
h1 { font-size: 27px; line-height: 1.25; margin: 0 0 4px; }
h2 { font-size: 19px; margin: 34px 0 8px; padding-bottom: 4px; border-bottom: 2px solid #d0d7de; }
h3 { font-size: 16px; margin: 22px 0 6px; }
p { margin: 6px 0 10px; }
table { border-collapse: collapse; width: 100%; font-size: 13.5px; margin: 8px 0 14px; }
th, td { text-align: left; vertical-align: top; padding: 6px 10px 6px 0; border-bottom: 1px solid #d0d7de; overflow-wrap: break-word; }
thead th { color: #57606a; font-size: 12px; }
tbody th { font-weight: 600; }
td { max-width: 320px; }
.scroll { overflow-x: auto; }
.muted { color: #57606a; }
.badge { display: inline-block; padding: 0 9px; border-radius: 99px; font-weight: 600; font-size: 13px; white-space: nowrap; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
.pass { color: #116329; background: #dafbe1; }
.fail { color: #a40e26; background: #ffebe9; }
.inconclusive { color: #6b4300; background: #fff4d1; }
.answer { font-size: 17px; border-left: 5px solid #d0d7de; padding: 4px 14px; margin: 16px 0; }
.answer.failed { border-color: #a40e26; }
.answer.passed { border-color: #116329; }
.answer.open { border-color: #6b4300; }
figure { margin: 14px 0; break-inside: avoid; }
figcaption { font-weight: 600; font-size: 14px; }
figure svg { width: 100%; height: auto; }
code { font: 12.5px ui-monospace, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; background: #f3f5f8; padding: 1px 4px; border-radius: 4px; }
pre { background: #f3f5f8; padding: 10px 14px; border-radius: 6px; overflow-x: auto; white-space: pre-wrap; }
pre code { padding: 0; }
tr, dl { break-inside: avoid; }
h2, h3 { break-after: avoid; }
@page { size: A4; margin: 16mm 14mm; }
@media print { body { padding: 0; max-width: none; } .scroll { overflow: visible; } a { color: inherit; } }
`;
