import type { Storage } from '../audit/ports';
import type { OpenGateway } from '../audit/running/open-gateway';
import type { SpanFacts, Tracer } from '../audit/tracer';
import type { Exchange } from '../probe/exchange';
import type { ProbeOrder } from '../probe/gateway';

/*
 * One trace follows an audit: planned, sent into the queue, taken by a worker, each probe, saved. The message carries
 * the trace over the queue. Names are those of OpenTelemetry's conventions for HTTP and for generative AI. No span
 * holds a key, a prompt or what a model said.
 */

/** Messages that are sent, and audits that are saved, as spans; a message takes its trace along. */
export function tracedStorage(storage: Storage, tracer: Tracer): Storage {
  const { jobs, history } = storage;
  return {
    ...storage,
    jobs: {
      ...jobs,
      send: (job, delayMs) => {
        const audits = job.audits.map(({ check }) => check).join(',');
        const facts = { ...queueFacts('send'), 'audit.customer': job.customerId, 'audit.checks': audits };
        return tracer.inSpan({ name: 'send audit-jobs', kind: 'producer', facts }, async () => {
          const traceparent = tracer.traceparent();
          await jobs.send(traceparent === undefined ? job : { ...job, traceparent }, delayMs);
        });
      },
    },
    history: {
      ...history,
      commit: (draft, evidence, fence) => {
        const facts = {
          'audit.id': draft.auditId,
          'audit.customer': draft.customerId,
          'audit.check': draft.check,
          'audit.verdict': draft.verdict,
        };
        return tracer.inSpan({ name: 'save audit', kind: 'client', facts }, () =>
          history.commit(draft, evidence, fence),
        );
      },
    },
  };
}

/** Probes as spans. */
export function tracedGateways(openGateway: OpenGateway, tracer: Tracer): OpenGateway {
  return (declared) => {
    const gateway = openGateway(declared);
    const { endpoint, deployment } = declared.gateway;
    const { hostname, port } = new URL(endpoint);
    const server = { 'server.address': hostname, ...(port && { 'server.port': Number(port) }) };
    return {
      ...gateway,
      send: (order) => {
        const model = order.request.deployment ?? deployment;
        const name = `${order.request.surface} ${model}`;
        return tracer.inSpan(
          { name, kind: 'client', facts: { ...askedFacts(order, model), ...server } },
          async (add) => {
            const exchange = await gateway.send(order);
            add(answeredFacts(exchange));
            return exchange;
          },
        );
      },
    };
  };
}

/** Of messages of the queue: OpenTelemetry's conventions for messaging. */
export function queueFacts(operation: 'send' | 'process'): SpanFacts {
  return {
    'messaging.system': 'azure_storage_queue',
    'messaging.destination.name': 'audit-jobs',
    'messaging.operation.type': operation,
  };
}

function askedFacts({ auditId, probe, request }: ProbeOrder, model: string): SpanFacts {
  return {
    'audit.id': auditId,
    'audit.probe': probe,
    'audit.step': request.step,
    'gen_ai.operation.name': request.surface === 'embeddings' ? 'embeddings' : 'chat',
    'gen_ai.provider.name': 'azure.ai.openai',
    'gen_ai.request.model': model,
    'gen_ai.request.max_tokens': request.maxCompletionTokens,
    'http.request.method': 'POST',
  };
}

/** A refusal is what was asked about, and no error of the span's work; HTTP's convention says it is one all the same. */
function answeredFacts({ status, error, usage, backend, refusedBy }: Exchange): SpanFacts {
  return {
    'http.response.status_code': status,
    'error.type': error?.kind ?? (status !== null && status >= 400 ? String(status) : null),
    'gen_ai.usage.input_tokens': usage?.prompt,
    'gen_ai.usage.output_tokens': usage?.completion,
    'audit.backend': backend,
    'audit.refused_by': refusedBy,
  };
}
