import type { FunctionDefinition } from '../function-definition';
import type { QueuesOptions } from '../host-json';
import type { InvocationResponse, TypedData } from '../worker/messages';
import { encodeMessage } from './message-text';
import { type OpenQueue, sendMessage } from './queue-client';

/** Writes what a function gave to its output bindings. Rejects where one can not be written. */
export type WriteOutputs = (definition: FunctionDefinition, response: InvocationResponse) => Promise<void>;

export function createWriteOutputs(openQueue: OpenQueue, encoding: QueuesOptions['messageEncoding']): WriteOutputs {
  return async (definition, response) => {
    for (const output of definition.outputs) {
      const data =
        output.binding === '$return'
          ? response.returnValue
          : response.outputData.find(({ name }) => name === output.binding)?.data;
      const queue = openQueue(output.connection, output.queueName);
      for (const text of toMessages(data)) await sendMessage(queue, encodeMessage(text, encoding));
    }
  };
}

/** A JSON array is one message an element. */
function toMessages(data: TypedData | null | undefined): readonly string[] {
  if (!data) return [];
  if (data.string !== undefined) return [data.string];
  if (data.json !== undefined) {
    const value: unknown = JSON.parse(data.json);
    if (!Array.isArray(value)) return [data.json];
    return value.map((element) => (typeof element === 'string' ? element : JSON.stringify(element)));
  }
  if (data.bytes !== undefined) return [Buffer.from(data.bytes).toString('utf8')];
  return [String(data.int ?? data.double)];
}
