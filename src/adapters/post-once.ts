import type { Dispatcher } from 'undici';
import { AuditorError } from '../auditor-error';
import type { Clock } from '../probe/clock';
import { codeOf } from './gateway/exchange-error';
import { type HttpAnswer, type HttpTimeouts, recordAnswer } from './gateway/record-answer';

export interface HttpPost {
  readonly origin: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly maxBodyBytes: number;
}

/**
 * Sends one POST, once; what a gateway or a network does wrong is the answer's `error`. Undici is driven below its
 * `request` call: only there one sees when a connection stands, and nothing down there retries or follows a
 * redirect. Throws `bad-usage` for a request that is our own mistake.
 */
export function postOnce(
  http: { readonly dispatcher: Dispatcher; readonly clock: Clock; readonly timeouts: HttpTimeouts },
  post: HttpPost,
): Promise<HttpAnswer> {
  const { origin, path, headers, body, maxBodyBytes } = post;
  return new Promise((resolve, reject) => {
    http.dispatcher.dispatch(
      { origin, path, method: 'POST', headers, body, headersTimeout: 0, bodyTimeout: 0 },
      recordAnswer({
        clock: http.clock,
        timeouts: http.timeouts,
        maxBodyBytes,
        onAnswer: resolve,
        onOwnMistake: (cause) => reject(ownMistake(origin, cause)),
      }),
    );
  });
}

function ownMistake(origin: string, cause: unknown): AuditorError {
  return new AuditorError(
    'bad-usage',
    `Cannot send a probe to ${origin}: this process could not make the request (${codeOf(cause)}). Check the header names of the gateway's declaration, and the limits on open files and ports of this machine.`,
    { cause },
  );
}
