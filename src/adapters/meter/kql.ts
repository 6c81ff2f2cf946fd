import type { MeterWindow } from '../../audit/meter-reading';

/**
 * The queries of the Azure Monitor meter. Log Analytics takes no parameters beside a query's text, so every value goes
 * in as the literal of a `let` statement, made here and nowhere else: a text as an escaped string literal, a time as
 * a datetime written from a number. Nothing of a configuration stands in the text of a query itself.
 */
export function meterQuery(
  { source, dimension }: { readonly source: MeterSource; readonly dimension: string },
  window: MeterWindow,
): string {
  const values = [
    `let beginning = ${datetimeLiteral(window.fromMs)};`,
    `let ending = ${datetimeLiteral(window.toMs)};`,
    `let dimension = ${stringLiteral(dimension)};`,
  ];
  return [...values, queries[source]].join('\n');
}

export type MeterSource = 'customMetrics' | 'AppMetrics' | 'llmLog';

/** The columns that every query answers, in any order. */
export const meterColumns = [
  'minute',
  'subscription',
  'requests',
  'promptTokens',
  'completionTokens',
  'totalTokens',
] as const;

/** A string literal of the Kusto Query Language; all but the plainest characters are written as \u escapes. */
export function stringLiteral(text: string): string {
  const escaped = text.replace(
    /[^A-Za-z0-9 ._:/-]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `"${escaped}"`;
}

function datetimeLiteral(ms: number): string {
  return `datetime(${new Date(ms).toISOString()})`;
}

/** The metric policy's metrics are added up by the minute already: sums are summed, and rows are never counted. */
const queries: Readonly<Record<MeterSource, string>> = {
  customMetrics: `customMetrics
| where timestamp >= beginning and timestamp < ending
| where name in ("Prompt Tokens", "Completion Tokens", "Total Tokens")
| extend subscription = tostring(customDimensions[dimension])
| summarize promptTokens = sumif(valueSum, name == "Prompt Tokens"), completionTokens = sumif(valueSum, name == "Completion Tokens"), totalTokens = sumif(valueSum, name == "Total Tokens"), requests = sumif(valueCount, name == "Total Tokens") by subscription, minute = bin(timestamp, 1m)`,
  AppMetrics: `AppMetrics
| where TimeGenerated >= beginning and TimeGenerated < ending
| where Name in ("Prompt Tokens", "Completion Tokens", "Total Tokens")
| extend subscription = tostring(Properties[dimension])
| summarize promptTokens = sumif(Sum, Name == "Prompt Tokens"), completionTokens = sumif(Sum, Name == "Completion Tokens"), totalTokens = sumif(Sum, Name == "Total Tokens"), requests = sumif(ItemCount, Name == "Total Tokens") by subscription, minute = bin(TimeGenerated, 1m)`,
  // A call has a row for each chunk of its messages, tokens on those that name a deployment; the caller stands in
  // another table, joined by the correlation id. Both sides are one row a call, so that nothing is counted twice; a
  // call whose caller's row has not come yet says so.
  llmLog: `let callers = ApiManagementGatewayLogs
| where TimeGenerated >= beginning - 1h and TimeGenerated < ending + 1h
| summarize subscription = take_any(ApimSubscriptionId) by CorrelationId
| extend isCallerLogged = true;
ApiManagementGatewayLlmLog
| where TimeGenerated >= beginning and TimeGenerated < ending
| where isnotempty(DeploymentName)
| summarize promptTokens = max(PromptTokens), completionTokens = max(CompletionTokens), totalTokens = max(TotalTokens), requestId = take_any(RequestId), minute = bin(min(TimeGenerated), 1m) by CorrelationId
| join kind=leftouter callers on CorrelationId
| project minute, subscription, requests = 1, promptTokens, completionTokens, totalTokens, correlationId = CorrelationId, requestId, isCallerLogged = coalesce(isCallerLogged, false)`,
};
