import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One probe as it reached the gateway; `mark` is unlike any other and goes back as the backend's name. */
export interface SeenProbe {
  readonly auditId: string;
  readonly probe: number;
  readonly mark: string;
}

export interface ChaosGateway {
  readonly url: string;
  readonly seen: SeenProbe[];
  close(): Promise<void>;
}

/** Answers every call with 20 tokens, and remembers who asked. */
export async function startChaosGateway(): Promise<ChaosGateway> {
  const seen: SeenProbe[] = [];
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      const mark = `mark-${seen.length}`;
      seen.push({
        auditId: String(request.headers['x-audit-id']),
        probe: Number(request.headers['x-audit-probe']),
        mark,
      });
      const usage = { prompt_tokens: 16, completion_tokens: 4, total_tokens: 20 };
      response.writeHead(200, { 'content-type': 'application/json', 'x-ms-region': mark });
      response.end(JSON.stringify({ choices: [{ index: 0, message: { role: 'assistant', content: 'ok' } }], usage }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
