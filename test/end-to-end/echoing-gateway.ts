import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface EchoingGateway {
  readonly url: string;
  /** The prompts that it was sent. */
  readonly prompts: string[];
  /** What it was sent as a webhook, headers and all. */
  readonly alerts: string[];
  close(): Promise<void>;
}

/**
 * Says back what it was asked, key and prompt, wherever an answer has room for it: in headers, in errors, in answers; as
 * it came and in base64. What it answers stands in the path: `/401/openai/…` refuses so, `/200/…` answers.
 */
export async function startEchoingGateway(): Promise<EchoingGateway> {
  const prompts: string[] = [];
  const alerts: string[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    const key = String(request.headers['api-key'] ?? request.headers.authorization ?? '');
    const prompt = promptIn(body);
    if (prompt !== '') prompts.push(prompt);
    if (request.headers['webhook-id'] !== undefined) alerts.push(`${JSON.stringify(request.headers)}${body}`);
    const status = Number(request.url?.split('/')[1]);
    const echo = `You sent ${key} (Basic ${Buffer.from(`user:${key}`).toString('base64')}) and asked:${prompt} ${Buffer.from(prompt).toString('base64')}`;
    response.writeHead(status, `No ${key}`, {
      'content-type': 'application/json',
      'x-ms-region': key,
      'x-request-id': prompt.trim().slice(0, 500),
      'apim-request-id': Buffer.from(key).toString('base64'),
      [`x-ratelimit-${key.replace(/[^\w-]/g, '')}`]: '1',
      'retry-after': key,
      'consumed-tokens': key,
      'remaining-tokens': '50',
    });
    const usage = { prompt_tokens: 16, completion_tokens: 4, total_tokens: 20 };
    const choices = [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: echo } }];
    response.end(
      JSON.stringify(
        status === 200 ? { choices, usage } : { statusCode: status, message: echo, error: { message: echo } },
      ),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    prompts,
    alerts,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function promptIn(body: string): string {
  try {
    return String(JSON.parse(body).messages?.[0]?.content ?? '');
  } catch {
    // A webhook's body has none.
    return '';
  }
}
