import type { Report } from '../../audit/report';
import type { Verdict } from '../../audit/verdict';
import type { AuditPack, DoneAudit } from './gather-pack';
import { type Html, html } from './html';
import { packIntegrity } from './pack-integrity';
import { packPictures, usagePicture } from './pack-pictures';
import { packPromise } from './pack-promise';
import { packStyle } from './pack-style';
import { howVerdictsAreReached, methodOf } from './pack-words';

/** One page that opens anywhere: no script, nothing from elsewhere. */
export const packContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'";

/** The audit pack as one HTML file. */
export function renderPack(pack: AuditPack): string {
  const { customerId, latest, integrity } = pack;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${packContentSecurityPolicy}">
<title>Audit report: ${customerId}</title>
<style>${{ html: packStyle }}</style>
</head>
<body>
<header><h1>Audit report: ${customerId}</h1><p class="muted">${periodText(pack)}</p></header>
<main>
${shortAnswer(pack)}
${latest[0] === undefined ? null : packPromise(newestOf(latest).declared)}
<h2>What was measured</h2>
${latest.length === 0 ? html`<p>Nothing: no audit ended in this period.</p>` : worstFirst(latest).map(measured)}
${failures(pack)}
${usage(pack)}
${allAudits(pack)}
${method(latest)}
${packIntegrity(integrity, customerId)}
</main>
</body>
</html>
`;
  return page.html;
}

function periodText({ period, audits, isCut }: AuditPack): string {
  const first = audits.at(-1)?.finishedAt;
  const last = audits[0]?.finishedAt;
  const from = period.from ?? first;
  const to = period.to ?? last;
  if (from === undefined || to === undefined) return 'No audit has ended yet.';
  const ran = audits.filter(({ rejudgementOf }) => rejudgementOf === undefined).length;
  return `${momentText(from)} to ${momentText(to)}, ${isCut ? 'the newest ' : ''}${ran} audits`;
}

function shortAnswer({ latest, customerId }: AuditPack): Html | null {
  const failed = latest.filter(({ verdict }) => verdict === 'fail').map(({ check }) => check);
  const open = latest.filter(({ verdict }) => verdict === 'inconclusive').map(({ check }) => check);
  if (latest.length === 0) return null;
  if (failed.length > 0) {
    return html`<p class="answer failed">The gateway does <strong>not</strong> keep what ${customerId} was promised: the latest audit fails for ${failed.join(', ')}.</p>`;
  }
  if (open.length > 0) {
    return html`<p class="answer open">Nothing speaks against what ${customerId} was promised, but not all of it could be decided: ${open.join(', ')}.</p>`;
  }
  return html`<p class="answer passed">The gateway keeps what ${customerId} was promised, as far as it was audited.</p>`;
}

function newestOf(latest: readonly DoneAudit[]): DoneAudit {
  return latest.reduce((newest, audit) => (audit.finishedAt > newest.finishedAt ? audit : newest));
}

function measured(audit: DoneAudit): Html {
  const { check, verdict, finishedAt, findings, summary, auditId, stoppedBecause, rejudgedAt } = audit;
  const again = rejudgedAt === undefined ? '' : `, judged again on ${momentText(rejudgedAt)}`;
  const rows = worstFirst(findings).map(
    (finding) =>
      html`<tr><th scope="row">${finding.rule}</th><td>${badge(finding.verdict)}</td><td>${finding.expected}</td><td>${finding.observed}</td><td>${finding.because}</td></tr>`,
  );
  const table =
    rows.length === 0
      ? html`<p>Nothing could be decided: ${stoppedBecause}.</p>`
      : html`<div class="scroll"><table><thead><tr><th>Rule</th><th>Verdict</th><th>Promised</th><th>Measured</th><th>Because</th></tr></thead><tbody>${rows}</tbody></table></div>`;
  return html`<h3>${check} ${badge(verdict)}</h3>
<p class="muted">${momentText(finishedAt)}; ${summary.probes} probes, ${summary.answered} answered, ${summary.refused} refused, ${summary.failed} failed, ${summary.tokens.total} tokens. Audit <code>${auditId}</code>${again}</p>
${table}${packPictures(audit)}`;
}

function failures({ audits }: AuditPack): Html | null {
  const rows = audits.flatMap(({ findings, finishedAt, check, rejudgementOf }) =>
    findings
      .filter(({ verdict }) => verdict === 'fail')
      .map(
        ({ rule, expected, observed }) =>
          html`<tr><td>${momentText(finishedAt)}</td><th scope="row">${check}/${rule}${againMark(rejudgementOf)}</th><td>${expected}</td><td>${observed}</td></tr>`,
      ),
  );
  if (rows.length === 0) return null;
  return html`<h2>What failed in this period</h2><div class="scroll"><table><thead><tr><th>When</th><th>Rule</th><th>Promised</th><th>Measured</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}

function usage({ usage: used }: AuditPack): Html | null {
  const picture = usagePicture(used);
  return picture && html`<h2>What the audits used</h2>${picture}`;
}

function allAudits({ audits, isCut }: AuditPack): Html | null {
  if (audits.length === 0) return null;
  const note = isCut ? html`<p class="muted">Only the newest are listed; the export of the history has all.</p>` : null;
  return html`<h2>Every audit</h2>${note}<div class="scroll"><table><thead><tr><th>No.</th><th>When</th><th>Check</th><th>Verdict</th><th>Tokens</th><th>Hash</th></tr></thead><tbody>${audits.map(auditRow)}</tbody></table></div>`;
}

function auditRow({ sequence, finishedAt, check, verdict, summary, hash, rejudgementOf }: Report): Html {
  const tokens = rejudgementOf === undefined ? summary.tokens.total : '–';
  return html`<tr><td>${sequence}</td><td>${momentText(finishedAt)}</td><td>${check}${againMark(rejudgementOf)}</td><td>${badge(verdict)}</td><td>${tokens}</td><td><code>${hash.slice(0, 16)}…</code></td></tr>`;
}

/** Stored evidence judged again: nothing was sent for it. */
function againMark(rejudgementOf: string | undefined): string {
  return rejudgementOf === undefined ? '' : ' (judged again)';
}

function method(latest: readonly DoneAudit[]): Html {
  const items = latest.map(({ check }) => html`<p><strong>${check}.</strong> ${methodOf[check]}</p>`);
  return html`<h2>How it was done</h2><p>The gateway was asked from outside, with the customer’s own key, as the customer would. ${howVerdictsAreReached}</p>${items}`;
}

/** What fails is read first; otherwise the order stays. */
function worstFirst<Judged extends { readonly verdict: Verdict }>(all: readonly Judged[]): readonly Judged[] {
  return all.toSorted((a, b) => rank[a.verdict] - rank[b.verdict]);
}

const rank: Readonly<Record<Verdict, number>> = { fail: 0, inconclusive: 1, pass: 2 };
const symbols: Readonly<Record<Verdict, string>> = { pass: '✓', fail: '✕', inconclusive: '?' };

function badge(verdict: Verdict): Html {
  return html`<span class="badge ${verdict}">${symbols[verdict]} ${verdict}</span>`;
}

/** "2026-11-22 10:00:02 UTC". */
function momentText(moment: string): string {
  return `${moment.slice(0, 10)} ${moment.slice(11, 19)} UTC`;
}
