/** Light, plain, readable without colours, at phone width and on A4. No fonts or pictures from elsewhere. */
export const style = `
:root { color-scheme: light; --ink: #1a1a1a; --soft: #565b61; --rule: #d4d8dd; --wash: #f4f6f8; --blue: #0b4f8a; }
* { box-sizing: border-box; }
body { margin: 0; background: #fff; color: var(--ink); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main { max-width: 62rem; margin: 0 auto; padding: 2rem 1.25rem 3rem; }
header { border-bottom: 3px solid var(--blue); padding-bottom: 1rem; margin-bottom: 1.5rem; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0.2rem 0 0.4rem; }
h2 { font-size: 1.25rem; margin: 2.2rem 0 0.6rem; }
h3 { font-size: 1rem; margin: 1rem 0 0.3rem; }
p { margin: 0.3rem 0 0.6rem; }
.over, .note, .cite { color: var(--soft); font-size: 0.9rem; }
.over { margin: 0; }
.cite { overflow-wrap: anywhere; }
.flag { display: inline-block; border: 1.5px solid var(--ink); padding: 0.1rem 0.6rem; font-weight: 600; font-size: 0.9rem; }
.figures { display: grid; grid-template-columns: repeat(3, 1fr); gap: 0.75rem; margin: 0; }
.figures div { border: 1px solid var(--rule); border-top: 3px solid var(--blue); padding: 0.7rem 0.9rem; }
.figures dt { font-size: 0.9rem; color: var(--soft); }
.figures dd { margin: 0; }
.figures .value { font-size: 1.7rem; font-weight: 650; line-height: 1.25; font-variant-numeric: tabular-nums; }
.figures .more { font-size: 0.85rem; color: var(--soft); }
figure { margin: 0; }
figure svg { display: block; width: 100%; height: auto; }
.narrow { display: none; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(18rem, 1fr)); gap: 1rem 2rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 0.95rem; }
th, td { text-align: left; vertical-align: top; padding: 0.4rem 0.7rem 0.4rem 0; border-bottom: 1px solid var(--rule); }
th { font-weight: 600; border-bottom: 2px solid var(--ink); }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
th.number { white-space: normal; hyphens: auto; }
tr.total td { font-weight: 650; border-top: 2px solid var(--ink); }
td.day { white-space: nowrap; }
.state { white-space: nowrap; padding-right: 1.2rem; font-weight: 600; }
footer { margin-top: 2.5rem; border-top: 1px solid var(--rule); padding-top: 0.5rem; font-size: 0.9rem; }
footer dl { display: grid; grid-template-columns: minmax(9rem, 14rem) 1fr; gap: 0.25rem 1rem; margin: 0; }
footer dt { font-weight: 600; }
footer dd { margin: 0; color: var(--soft); }
@media (max-width: 40rem) {
  main { padding: 1.2rem 0.9rem 2rem; }
  h1 { font-size: 1.5rem; }
  .figures { grid-template-columns: 1fr 1fr; gap: 0.5rem; }
  .wide { display: none; }
  .narrow { display: block; }
  table.cards, table.cards tbody, table.cards tr, table.cards td { display: block; }
  table.cards thead { display: none; }
  table.cards tr { border-bottom: 1px solid var(--rule); padding: 0.5rem 0; }
  table.cards td { border: 0; padding: 0.05rem 0; }
  table.cards td[data-label]:not(:empty)::before { content: attr(data-label) ": "; color: var(--soft); }
  footer dl { grid-template-columns: 1fr; }
  footer dd { margin-bottom: 0.4rem; }
}
@page { size: A4; margin: 16mm 14mm; }
@media print {
  body { font-size: 10.5pt; }
  main { max-width: none; padding: 0; }
  .wide { display: block; }
  .narrow { display: none; }
  .scroll { overflow: visible; }
  h2, h3 { break-after: avoid; }
  figure, tr, .figures div, header, footer dt, footer dd { break-inside: avoid; }
}
`;
