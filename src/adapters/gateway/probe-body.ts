import type { GatewayDeclaration } from '../../audit/declaration';
import type { ProbeRequest } from '../../probe/exchange';
import { chatFrameTokens, completionCapOf, makePrompt } from '../../probe/prompt';

/** The parameter that caps a chat completion; which one a model takes depends on its age. */
export type CapParameter = 'max_tokens' | 'max_completion_tokens';

/** The path (with query) and the body of a probe; `prompt` is what must not be told to anyone. */
export interface ProbeBody {
  readonly path: string;
  readonly body: string;
  readonly prompt: string;
}

/**
 * Where a probe goes and what it says. The declaration's `extraBody` comes first: nothing in it takes the place of
 * what the check asked for. No temperature: some models refuse one.
 */
export function makeProbeBody(
  gateway: GatewayDeclaration,
  probe: { readonly request: ProbeRequest; readonly seedText: string; readonly capParameter: CapParameter },
): ProbeBody {
  const { request } = probe;
  const deployment = request.deployment ?? gateway.surfaceDeployments[request.surface] ?? gateway.deployment;
  const prompt = promptOf(request, probe.seedText);
  const { max_tokens: _, max_completion_tokens: __, ...extra } = gateway.extraBody;
  const { path, modelInBody } = placeOf(gateway, request.surface, deployment);
  const body = {
    ...extra,
    ...(modelInBody ? { model: deployment } : {}),
    ...question(request, prompt, probe.capParameter),
  };
  return { path, body: JSON.stringify(body), prompt };
}

/** Embeddings have no chat frame: the words alone are to cost what was asked. */
function promptOf({ surface, promptTokens }: ProbeRequest, seedText: string): string {
  return makePrompt(surface === 'embeddings' ? promptTokens + chatFrameTokens : promptTokens, seedText);
}

function question(request: ProbeRequest, prompt: string, capParameter: CapParameter): Record<string, unknown> {
  const cap = completionCapOf(request);
  switch (request.surface) {
    case 'chat':
      return {
        messages: [{ role: 'user', content: prompt }],
        [capParameter]: cap,
        stream: request.streamed,
        ...(request.streamed ? { stream_options: { include_usage: true } } : {}),
      };
    case 'responses':
      return { input: prompt, max_output_tokens: cap, stream: request.streamed, store: false };
    case 'embeddings':
      return { input: prompt };
    default: {
      const never: never = request.surface;
      return never;
    }
  }
}

/** The paths of Azure OpenAI: by deployment, but for responses, which name the model in the body; or the v1 API's. */
function placeOf(
  gateway: GatewayDeclaration,
  surface: ProbeRequest['surface'],
  deployment: string,
): { readonly path: string; readonly modelInBody: boolean } {
  const base = new URL(gateway.endpoint).pathname.replace(/\/+$/, '');
  const operation = { chat: 'chat/completions', responses: 'responses', embeddings: 'embeddings' }[surface];
  if (gateway.api === 'v1') return { path: `${base}/${operation}`, modelInBody: true };
  const query = `?api-version=${encodeURIComponent(gateway.apiVersion ?? '')}`;
  if (surface === 'responses') return { path: `${base}/openai/responses${query}`, modelInBody: true };
  const place = `${base}/openai/deployments/${encodeURIComponent(deployment)}`;
  return { path: `${place}/${operation}${query}`, modelInBody: false };
}
