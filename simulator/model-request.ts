import { countChatTokens, countContent } from './tokens';

export type Surface = 'chat' | 'responses' | 'embeddings';

/** One HTTP request as the gateway sees it. Header names are lower-cased; `path` carries the query. */
export interface GatewayRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

/** Which operation a path names. */
export interface Operation {
  readonly surface: Surface;
  /** From the path; null where the body's `model` names it (v1). */
  readonly deployment: string | null;
  readonly apiVersion: string | null;
}

/** An error of the model side, in its own words. */
export interface ModelProblem {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly param?: string;
}

/** What a model is asked for; tokens. `problem`: the request is unusable, and why. */
export interface ModelRequest {
  readonly surface: Surface;
  readonly deployment: string;
  readonly apiVersion: string | null;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly streamed: boolean;
  readonly includeUsage: boolean;
  readonly saysMaxTokens: boolean;
  readonly problem: ModelProblem | null;
}

/** A model that was given no cap would say more; one size keeps runs comparable. */
const defaultCompletionTokens = 16;

const surfaceOfPath: Readonly<Record<string, Surface>> = {
  '/chat/completions': 'chat',
  '/responses': 'responses',
  '/embeddings': 'embeddings',
};

/** Path and query apart. Unlike a URL it takes whatever a client sends. */
export function splitPath(path: string): { readonly pathname: string; readonly query: URLSearchParams } {
  const [pathname = '', query = ''] = path.split('?', 2);
  return { pathname, query: new URLSearchParams(query) };
}

/** The operation behind a path, or null where the gateway's API has none. */
export function readOperation(basePath: string, request: GatewayRequest): Operation | null {
  const { pathname, query } = splitPath(request.path);
  if (request.method !== 'POST' || !pathname.startsWith(`${basePath}/`)) return null;
  const rest = pathname.slice(basePath.length);
  const inPath = /^\/openai\/deployments\/([^/]+)(\/.+)$/.exec(rest);
  const surface = surfaceOfPath[inPath?.[2] ?? rest.replace(/^\/openai(\/v1)?(?=\/)/, '')];
  if (!surface) return null;
  return { surface, deployment: inPath?.[1] ?? null, apiVersion: query.get('api-version') };
}

/** Reads what the model is asked for out of the body. Never throws: an unusable body is a `problem`. */
export function readModelRequest(operation: Operation, body: string): ModelRequest {
  const fields = readFields(body);
  const deployment = operation.deployment ?? readText(fields?.model) ?? '';
  return {
    surface: operation.surface,
    deployment,
    apiVersion: operation.apiVersion,
    promptTokens: countPrompt(operation.surface, fields),
    completionTokens: operation.surface === 'embeddings' ? 0 : readCap(fields),
    streamed: fields?.stream === true && operation.surface !== 'embeddings',
    includeUsage: readUsageOption(fields?.stream_options),
    saysMaxTokens: typeof fields?.max_tokens === 'number',
    problem: findProblem(operation, fields, deployment),
  };
}

type Fields = Readonly<Record<string, unknown>>;

function readFields(body: string): Fields | null {
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? { ...parsed } : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function readText(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function countPrompt(surface: Surface, fields: Fields | null): number {
  const messages = surface === 'chat' ? fields?.messages : fields?.input;
  if (surface === 'embeddings') return countContent(messages);
  return countChatTokens(Array.isArray(messages) ? messages : [{ content: messages }]);
}

function readCap(fields: Fields | null): number {
  const caps = [fields?.max_completion_tokens, fields?.max_tokens, fields?.max_output_tokens];
  const cap = caps.find((value) => typeof value === 'number' && Number.isInteger(value) && value > 0);
  return typeof cap === 'number' ? cap : defaultCompletionTokens;
}

function readUsageOption(options: unknown): boolean {
  return (
    typeof options === 'object' && options !== null && 'include_usage' in options && options.include_usage === true
  );
}

function findProblem(operation: Operation, fields: Fields | null, deployment: string): ModelProblem | null {
  if (operation.deployment !== null && operation.apiVersion === null) {
    return { status: 404, code: '404', message: 'Resource not found' };
  }
  const bad = (message: string) => ({ status: 400, code: 'invalid_request_error', message });
  if (!fields) return bad('We could not parse the JSON body of your request.');
  if (deployment === '') return bad("Missing required parameter: 'model'.");
  const content = operation.surface === 'chat' ? 'messages' : 'input';
  if (fields[content] === undefined) return bad(`Missing required parameter: '${content}'.`);
  if (content === 'messages' && !Array.isArray(fields.messages)) return bad("'messages' is not an array.");
  return null;
}
