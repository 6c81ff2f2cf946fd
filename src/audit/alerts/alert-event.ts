import type { CheckName } from '../declaration';
import type { Report } from '../report';
import type { Verdict } from '../verdict';
import type { AlertChange, AlertKind } from './alert-changes';

/** An event as CloudEvents 1.0 has it, in JSON (structured mode). `source` and `id` together name it for good. */
export interface CloudEvent {
  readonly specversion: '1.0';
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject: string;
  /** RFC 3339. */
  readonly time: string;
  readonly datacontenttype: 'application/json';
  readonly data: AlertFacts;
}

/** What an alert tells. It holds nothing that the report does not. */
export interface AlertFacts {
  readonly summary: string;
  readonly customerId: string;
  readonly gatewayId: string;
  readonly check: CheckName;
  readonly verdict: Verdict;
  readonly before: Verdict | null;
  readonly auditId: string;
  readonly sequence: number;
  /** When it was due, ISO 8601 UTC. */
  readonly scheduledAt: string;
  readonly finishedAt: string;
  /** Of a failing audit the rules that fail. */
  readonly findings: readonly {
    readonly rule: string;
    readonly expected: string;
    readonly observed: string;
    readonly because: string;
  }[];
}

const typeOf: Readonly<Record<AlertKind, string>> = {
  fail: 'gateway-audit.audit.failed',
  recovered: 'gateway-audit.audit.recovered',
  missed: 'gateway-audit.audit.missed',
};

/** A queue's message holds 64 KiB, of which base64 leaves 48: with three bytes a character these are 36 KB. */
const mostFindings = 10;
const longestText = 400;

/**
 * The event of a change. Its id follows from the audit, so that whoever gets it twice can tell. Nothing is told of a
 * finding that passes.
 */
export function toAlertEvent({ kind, before }: Pick<AlertChange, 'kind' | 'before'>, report: Report): CloudEvent {
  const { customerId, gatewayId, check, verdict, auditId, sequence, scheduledAt, finishedAt } = report;
  const findings = report.findings
    .filter((finding) => kind === 'fail' && finding.verdict === 'fail')
    .slice(0, mostFindings)
    .map(({ rule, expected, observed, because }) => ({
      rule: `${check}/${rule}`,
      expected: cut(expected),
      observed: cut(observed),
      because: cut(because),
    }));
  const facts = { customerId, gatewayId, check, verdict, before, auditId, sequence, scheduledAt, finishedAt, findings };
  return {
    specversion: '1.0',
    id: `${auditId}-${kind}`,
    source: `/gateway-audit/customers/${customerId}`,
    type: typeOf[kind],
    subject: check,
    time: finishedAt,
    datacontenttype: 'application/json',
    data: { summary: summaryOf(kind, report, findings), ...facts },
  };
}

function summaryOf(
  kind: AlertKind,
  { customerId, check, scheduledAt }: Report,
  findings: AlertFacts['findings'],
): string {
  switch (kind) {
    case 'fail':
      return `${check} of ${customerId} fails: ${findings.map(({ because }) => because).join(' ')}`.slice(
        0,
        longestText,
      );
    case 'recovered':
      return `${check} of ${customerId} passes again.`;
    case 'missed':
      return `${check} of ${customerId} was due at ${scheduledAt} and had not run an hour later.`;
    default:
      return kind satisfies never;
  }
}

function cut(text: string): string {
  return text.length <= longestText ? text : `${text.slice(0, longestText - 1)}…`;
}
