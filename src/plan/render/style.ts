/** The page's one style sheet. Whoever changes it changes {@link STYLE_HASH} with it: a test holds them together. */
export const STYLE = `
:root{--ink:#1a2230;--paper:#fff;--dim:#5b6676;--line:#d9dee6;--head:#f4f6f9;--up:#8a4b00;--down:#0b6b3a;--warn:#8a4b00;--bad:#b3122a;--band:#bcd4f2;--blue:#1d5fb4}
@media (prefers-color-scheme:dark){:root{--ink:#e6e9ee;--paper:#12161d;--dim:#9aa5b5;--line:#2c3441;--head:#1a202a;--up:#f0b35c;--down:#5fd08f;--warn:#f0b35c;--bad:#ff7b8a;--band:#24405f;--blue:#7db4f5}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:72rem;padding:1.5rem;background:var(--paper);color:var(--ink);font:15px/1.45 system-ui,sans-serif}
h1{font-size:1.5rem;margin:0}
h2{font-size:1.05rem;margin:1.8rem 0 .4rem}
p{margin:.3rem 0}
ul{margin:.4rem 0;padding-left:1.2rem}
.dim{color:var(--dim);font-size:.9rem}
.money{font-size:1.25rem;font-weight:600;font-variant-numeric:tabular-nums;display:flex;flex-wrap:wrap;gap:.2rem 1.6rem}
.verdict{font-size:.85rem;font-weight:600;padding:.15rem .6rem;border-radius:1rem;border:1px solid;vertical-align:middle}
.verdict.allow{color:var(--down)}
.verdict.hold{color:var(--warn)}
.verdict.stop{color:var(--bad)}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.9rem}
th,td{padding:.28rem .7rem;border-bottom:1px solid var(--line);vertical-align:top}
th{background:var(--head);font-weight:600}
.left{text-align:left}
.right{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
tr.note td{color:var(--dim);padding-top:0}
tr:has(+ tr.note) td{border-bottom:0}
tr.up td{color:var(--up)}
tr.down td{color:var(--down)}
tr.warn td{color:var(--warn)}
tr.bad td{color:var(--bad)}
tr.strong td{font-weight:600}
.charts{display:grid;grid-template-columns:repeat(auto-fill,minmax(19rem,1fr));gap:1rem}
figure{margin:0}
figcaption{font-size:.85rem;color:var(--dim)}
figcaption b{color:var(--ink)}
svg{width:100%;height:auto;background:var(--head);border-radius:.3rem}
.band{fill:var(--band)}
.past{fill:none;stroke:var(--ink);stroke-width:1.4}
.median{fill:none;stroke:var(--blue);stroke-width:1.4}
.now{stroke:var(--dim);stroke-dasharray:3 3}
@media print{body{max-width:none;padding:0;font-size:11px}.wide{overflow:visible}tr,figure{break-inside:avoid}h2{break-after:avoid}}
`;

/** SHA-256 of {@link STYLE} in base64, for the page's content security policy. */
export const STYLE_HASH = 'BysomC/bqWd2lgb9VWtzGF83TmSgy88FNimc/WvOyqk=';
