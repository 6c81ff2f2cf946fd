import type { SimulatorConfig } from './config';
import type { ModelProblem, ModelRequest } from './model-request';
import type { BackendConfig } from './pool-config';
import { type Random, randomUuid } from './random';

/** What a model's endpoint answers. `body` null: a 200, whose text is written when the answer is complete. */
export interface BackendAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

/** One Azure OpenAI endpoint with its own limit, which knows nothing of the gateway's. */
export interface Backend {
  readonly id: string;
  readonly region: string;
  readonly answersAs: string;
  answer(nowMs: number, asked: ModelRequest): BackendAnswer;
}

const minuteMs = 60_000;
const requestWindowMs = 10_000;

/**
 * Azure OpenAI adds an estimate (prompt + completion cap) at arrival to a count that is reset each minute, and holds
 * requests to one per 10 s for each 1000 tokens per minute. Both refuse with an `error` object and `retry-after`.
 */
export function createBackend(
  backend: BackendConfig,
  deployments: SimulatorConfig['deployments'],
  random: Random,
): Backend {
  const { tokensPerMinute, region } = backend;
  const requestsPer10Seconds =
    backend.requestsPer10Seconds === undefined
      ? tokensPerMinute && Math.ceil(tokensPerMinute / 1000)
      : backend.requestsPer10Seconds;
  let minute = Number.NEGATIVE_INFINITY;
  let estimated = 0;
  let requests: readonly number[] = [];

  const refuseByLimit = (nowMs: number, estimate: number): { what: 'token' | 'call'; waitMs: number } | null => {
    if (Math.floor(nowMs / minuteMs) !== minute) {
      minute = Math.floor(nowMs / minuteMs);
      estimated = 0;
    }
    if (tokensPerMinute !== null && estimated + estimate > tokensPerMinute) {
      return { what: 'token', waitMs: (minute + 1) * minuteMs - nowMs };
    }
    requests = requests.filter((atMs) => atMs > nowMs - requestWindowMs);
    const [oldest] = requests;
    if (requestsPer10Seconds !== null && requests.length >= requestsPer10Seconds && oldest !== undefined) {
      return { what: 'call', waitMs: oldest + requestWindowMs - nowMs };
    }
    estimated += estimate;
    if (requestsPer10Seconds !== null) requests = [...requests, nowMs];
    return null;
  };

  return {
    id: backend.id,
    region,
    answersAs: backend.answersAs ?? region,
    answer(nowMs, asked) {
      const headers: Record<string, string> = {
        'x-ms-region': region,
        'apim-request-id': randomUuid(random),
        'x-request-id': randomUuid(random),
        'x-ms-deployment-name': asked.deployment,
      };
      if (backend.failing && random() < backend.failing.share) {
        const { status } = backend.failing;
        return modelError(headers, { status, code: String(status), message: 'The backend is failing.' });
      }
      const problem = asked.problem ?? findDeploymentProblem(asked, deployments);
      if (problem) return modelError(headers, problem);
      const refused = refuseByLimit(nowMs, asked.promptTokens + asked.completionTokens);
      if (refused) {
        const seconds = Math.max(1, Math.ceil(refused.waitMs / 1000));
        const wait = { 'retry-after': String(seconds), 'retry-after-ms': String(seconds * 1000) };
        return modelError({ ...headers, ...wait }, limitProblem(asked, refused.what, seconds));
      }
      if (tokensPerMinute !== null) {
        const allowedRequests = Math.ceil((tokensPerMinute * 6) / 1000);
        headers['x-ratelimit-limit-tokens'] = String(tokensPerMinute);
        headers['x-ratelimit-remaining-tokens'] = String(tokensPerMinute - estimated);
        headers['x-ratelimit-limit-requests'] = String(allowedRequests);
        headers['x-ratelimit-remaining-requests'] = String(Math.max(0, allowedRequests - requests.length));
      }
      return { status: 200, headers, body: null };
    },
  };
}

const operationNames = {
  chat: 'ChatCompletions_Create',
  responses: 'Responses_Create',
  embeddings: 'Embeddings_Create',
};

function limitProblem(asked: ModelRequest, what: 'token' | 'call', seconds: number): ModelProblem {
  const operation = `${operationNames[asked.surface]} Operation under Azure OpenAI API version ${asked.apiVersion ?? 'v1'}`;
  return {
    status: 429,
    code: '429',
    message: `Requests to the ${operation} have exceeded ${what} rate limit of your current OpenAI S0 pricing tier. Please retry after ${seconds} seconds. Please contact Azure support service if you would like to further increase the default rate limit.`,
  };
}

function findDeploymentProblem(asked: ModelRequest, deployments: SimulatorConfig['deployments']): ModelProblem | null {
  const deployment = deployments.find((one) => one.name === asked.deployment);
  if (!deployment && deployments.length > 0) {
    return { status: 404, code: 'DeploymentNotFound', message: 'The API deployment for this resource does not exist.' };
  }
  if (!deployment?.refusesMaxTokens || !asked.saysMaxTokens) return null;
  return {
    status: 400,
    code: 'unsupported_parameter',
    param: 'max_tokens',
    message:
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
  };
}

function modelError(headers: Readonly<Record<string, string>>, problem: ModelProblem): BackendAnswer {
  const { status, code, message, param } = problem;
  const type = status === 400 ? { type: 'invalid_request_error' } : {};
  const error = { message, ...type, ...(param && { param }), code };
  return { status, headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify({ error }) };
}
