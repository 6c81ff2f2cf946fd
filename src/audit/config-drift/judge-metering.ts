import type { ApimConfiguration, ApimDiagnostic } from '../../apim/apim-configuration';
import { type EffectiveElement, effectiveSection } from '../../apim/effective-policy';
import { holdsAnyMetric, isTokenMetric } from '../../apim/policy-outline';
import { type Stated, statedIn } from '../../apim/stated';
import { type DriftView, type RequestWay, unreadBecause } from './drift-view';
import { type Decision, decided, undecided } from './finding';

/** Of its own, as one page says ("Emit metrics for consumption of large language model tokens"); another one says 10. */
const mostDimensions = 5;

/** Those that the service fills in itself ("Emit metrics" policies, default dimensions). */
const knownDimensions = [
  'API ID',
  'Operation ID',
  'Product ID',
  'User ID',
  'Subscription ID',
  'Location',
  'Gateway ID',
  'Backend ID',
];

/**
 * Whether what the token metric policy emits can arrive: it needs diagnostics to Application Insights with metrics, and
 * the dimension that the meter is read by; where no meter is declared, what is emitted into nothing is only told. Of
 * usage from the model log: whether that log is switched on.
 */
export function judgeMeteringConfigured(view: DriftView, way: RequestWay): Decision | null {
  const { meter } = view.declared.gateway;
  const isFromLog = meter.kind === 'log-analytics' && meter.source === 'llmLog';
  return isFromLog ? judgeModelLog(view) : judgeTokenMetric(view, way);
}

function judgeModelLog({ configuration }: DriftView): Decision {
  const expected = 'API diagnostics to Azure Monitor with logs of the model enabled';
  const unread = unreadBecause(configuration, 'diagnostics');
  if (unread !== null) return undecided(expected, 'the diagnostics could not be read', unread);
  const isOn = diagnosticTo('azuremonitor', configuration)?.modelLogs === true;
  const because = isOn ? 'The log that usage is read from is on.' : 'The log that usage is read from is not on.';
  return decided(isOn ? 'pass' : 'fail', { expected, observed: isOn ? 'enabled' : 'not enabled', because });
}

function judgeTokenMetric({ configuration, declared }: DriftView, way: RequestWay): Decision | null {
  const { meter } = declared.gateway;
  const isMetered = meter.kind === 'log-analytics';
  const { elements, blind } = effectiveSection('inbound', way.places, configuration);
  const metrics = elements.filter(({ element }) => isTokenMetric(element));
  if (metrics.length === 0 && !isMetered) return null;
  const expected = 'a token metric policy, and diagnostics to Application Insights with metrics';
  const [hidden] = blind;
  if (metrics.length === 0) {
    const observed = 'no token metric policy was found';
    if (hidden !== undefined) return undecided(expected, observed, `${hidden.where} cannot be read: ${hidden.because}`);
    if (emitsAnything(configuration)) {
      return undecided(expected, observed, 'an emit-metric policy may emit what the meter is read from');
    }
    const because = 'Nothing emits the metrics that the meter is read from.';
    return decided('fail', { expected, observed, because });
  }
  const unread = unreadBecause(configuration, 'diagnostics');
  if (unread !== null) return undecided(expected, 'the diagnostics could not be read', unread);
  const where = metrics.map((metric) => metric.where).join(', ');
  const lacking = lackOf(configuration);
  if (lacking !== null) {
    const observed = `emitted in ${where}; ${lacking.observed}`;
    return isMetered
      ? decided('fail', { expected, observed, because: `${lacking.because}.` })
      : undecided(expected, observed, `${lacking.because}; no meter is declared that would be read from it`);
  }
  const sure = metrics.filter(({ condition }) => condition === null);
  if (isMetered) return judgeDimension({ metrics: sure, expected, where, dimension: meter.dimension }, configuration);
  return decided('pass', { expected, observed: `emitted in ${where}`, because: 'What is emitted has where to go.' });
}

function lackOf(configuration: ApimConfiguration): { readonly observed: string; readonly because: string } | null {
  const diagnostic = diagnosticTo('applicationinsights', configuration);
  if (diagnostic === null) {
    const because = 'Without them what the policy emits goes nowhere';
    return { observed: 'no diagnostics to Application Insights', because };
  }
  if (diagnostic.metrics) return null;
  const of = diagnostic.of === 'api' ? "the API's diagnostics" : "the service's diagnostics";
  return { observed: `${of} have metrics off`, because: 'With metrics off what the policy emits is dropped' };
}

function judgeDimension(
  asked: {
    readonly metrics: readonly EffectiveElement[];
    readonly expected: string;
    readonly where: string;
    readonly dimension: string;
  },
  configuration: ApimConfiguration,
): Decision {
  const { metrics, where, dimension } = asked;
  const expected = `${asked.expected}; dimension ${dimension}`;
  if (metrics.length === 0)
    return undecided(expected, `emitted in ${where}`, 'the policy is applied only under a condition');
  const names = metrics.map(({ element }) =>
    element.children
      .filter(({ name }) => name === 'dimension')
      .map(({ attributes }) => statedIn(attributes.name, configuration)),
  );
  const isNamed = names.some((of) => of.some((name) => name?.kind === 'known' && name.text === dimension));
  const isVague = names.some((of) => of.some((name) => name?.kind === 'unknown'));
  const isOwn = (name: Stated | null) => name?.kind !== 'known' || !knownDimensions.includes(name.text);
  const most = Math.max(...names.map((of) => of.filter(isOwn).length));
  if (most > mostDimensions) {
    const because = `more than ${mostDimensions} of its own may not be taken`;
    return undecided(expected, `${most} dimensions of its own, in ${where}`, because);
  }
  if (isNamed)
    return decided('pass', {
      expected,
      observed: `emitted in ${where}`,
      because: 'What is emitted has where to go, and names the customer.',
    });
  if (isVague) return undecided(expected, `emitted in ${where}`, "a dimension's name is an expression");
  const because = 'Without that dimension usage cannot be told apart by customer.';
  return decided('fail', { expected, observed: `no such dimension, in ${where}`, because });
}

function emitsAnything({ policies, fragments }: ApimConfiguration): boolean {
  return [...policies, ...fragments].some((policy) => policy.state === 'read' && holdsAnyMetric(policy.root));
}

/** An API's own diagnostics stand in place of the service's. */
function diagnosticTo(to: ApimDiagnostic['to'], { diagnostics }: ApimConfiguration): ApimDiagnostic | null {
  const of = (whose: ApimDiagnostic['of']) => diagnostics.find((one) => one.to === to && one.of === whose);
  return of('api') ?? of('service') ?? null;
}
