/** One page, light or dark as its reader has it. */
export const style = `
:root{color-scheme:light dark;--page:#f6f7f9;--card:#fff;--ink:#1b2430;--soft:#5b6675;--line:#d9dee6;--code:#f0f2f5;
--running:#d8f0df;--running-line:#59a774;--failing:#fbd9d7;--failing-line:#cf4a41;--waiting:#fdeccb;--waiting-line:#cf9422;
--off:#eceff3;--off-line:#98a2b0;--claim:#e3ecfa;--claim-line:#7d9fd3;--program:#2f6fd0;--cluster:#7b8794;--neither:#c46a17;
--critical:#c0362c;--warning:#a86a00;--unchecked:#6b4fb3;--notice:#486581}
@media (prefers-color-scheme:dark){:root{--page:#12161c;--card:#1a2029;--ink:#e4e9f0;--soft:#9aa7b8;--line:#2e3744;--code:#11161d;
--running:#173626;--running-line:#3f8a5b;--failing:#4a1f1d;--failing-line:#d8635a;--waiting:#453416;--waiting-line:#c3902f;
--off:#252c36;--off-line:#667386;--claim:#1d2d47;--claim-line:#52769f;--program:#6ea3f2;--cluster:#8d99a8;--neither:#e2934a;
--critical:#f0837b;--warning:#e0a948;--unchecked:#b39cf0;--notice:#8fb0cf}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:1160px;padding:24px 20px 60px;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,"Segoe UI",Roboto,sans-serif}
h1{font-size:24px;margin:0}h2{font-size:18px;margin:36px 0 12px}h3{font-size:15px;margin:0;font-weight:600;overflow-wrap:anywhere}
p{margin:6px 0}.soft{color:var(--soft)}
.counts{display:flex;flex-wrap:wrap;gap:8px;margin:14px 0 0;padding:0;list-style:none}
.counts li{background:var(--card);border:1px solid var(--line);border-left-width:5px;border-radius:8px;padding:6px 14px}
.counts b{font-size:20px;margin-right:6px}
.l-critical{border-left-color:var(--critical)!important}.l-warning{border-left-color:var(--warning)!important}
.l-unchecked{border-left-color:var(--unchecked)!important}.l-notice{border-left-color:var(--notice)!important}
.picture{display:block;width:100%;min-width:760px;height:auto}.wide{overflow-x:auto}
.picture text{fill:var(--ink);font-size:12.5px}.picture .title{font-size:15px;font-weight:600}
.picture .said{text-anchor:end;fill:var(--soft)}.picture .below{fill:var(--soft);font-size:11.5px}.picture .name{font-weight:600}
.namespace{fill:var(--card);stroke:var(--line)}.tile{stroke-width:1.2}
.swatch{width:16px;height:12px;border-radius:3px;border:1px solid transparent;display:inline-block}
.dot{display:inline-block;width:10px;height:10px;border-radius:50%;margin-right:6px;border:1px solid}
.s-running{fill:var(--running);stroke:var(--running-line);background:var(--running);border-color:var(--running-line)}
.s-failing{fill:var(--failing);stroke:var(--failing-line);background:var(--failing);border-color:var(--failing-line)}
.s-waiting{fill:var(--waiting);stroke:var(--waiting-line);background:var(--waiting);border-color:var(--waiting-line)}
.s-off,.s-done{fill:var(--off);stroke:var(--off-line);background:var(--off);border-color:var(--off-line)}
.s-off{stroke-dasharray:5 3;border-style:dashed!important}
.s-claim{fill:var(--claim);stroke:var(--claim-line)}
.s-orphaned{fill:var(--claim);stroke:var(--failing-line);stroke-dasharray:5 3;background:var(--claim);border-color:var(--failing-line);border-style:dashed!important}
.o-program{fill:var(--program);background:var(--program)}.o-cluster{fill:var(--cluster);background:var(--cluster)}.o-neither{fill:var(--neither);background:var(--neither)}
.legend{display:flex;flex-wrap:wrap;gap:4px 16px;font-size:13px;color:var(--soft)}.key{display:inline-flex;align-items:center;gap:6px}
.finding{background:var(--card);border:1px solid var(--line);border-left-width:5px;border-radius:8px;padding:10px 16px;margin:8px 0}
.finding summary{cursor:pointer;padding-left:2px}.finding summary h3{display:inline}
.finding ul{margin:8px 0;padding-left:34px;font-size:14px}.finding>p{margin-left:16px}.finding pre{margin-left:16px}.finding li{overflow-wrap:anywhere}
.rule{color:var(--soft);font-size:12.5px}
pre{background:var(--code);border:1px solid var(--line);border-radius:6px;padding:8px 12px;margin:8px 0 2px;font:12.5px/1.55 ui-monospace,"SF Mono",Consolas,monospace;white-space:pre-wrap;overflow-wrap:anywhere}
table{border-collapse:collapse;width:100%;background:var(--card);border:1px solid var(--line);border-radius:8px;font-size:13.5px}
th,td{text-align:left;padding:6px 10px;border-bottom:1px solid var(--line);vertical-align:top;overflow-wrap:break-word}th{color:var(--soft);font-weight:600;white-space:nowrap}
td.n{white-space:nowrap}
`.trim();
