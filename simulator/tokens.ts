/** What the chat frame (roles, separators, the answer's opening) costs beside the words. */
const chatFrameTokens = 7;
/** A low-detail image as Azure OpenAI counts it. */
const imageTokens = 85;

/**
 * One token per word and per punctuation mark. Not a real tokenizer, on purpose: an auditor that trusted its own
 * count of the prompt instead of the reported usage would be found out.
 */
function countTokens(text: string): number {
  return text.match(/[\p{L}\p{N}]+|[^\s\p{L}\p{N}]/gu)?.length ?? 0;
}

/** Prompt tokens of chat messages: their text, pictures, and 7 for the frame. */
export function countChatTokens(messages: readonly unknown[]): number {
  return chatFrameTokens + messages.reduce<number>((sum, message) => sum + countContent(contentOf(message)), 0);
}

/** Tokens of a text, a list of texts or message parts, or nested messages. */
export function countContent(content: unknown): number {
  if (typeof content === 'string') return countTokens(content);
  if (Array.isArray(content)) return content.reduce<number>((sum, part) => sum + countContent(part), 0);
  if (typeof content !== 'object' || content === null) return 0;
  if ('text' in content) return countContent(content.text);
  if ('image_url' in content) return imageTokens;
  return countContent(contentOf(content));
}

/** Exactly so many tokens, one to a piece. */
export function fillCompletion(tokens: number): readonly string[] {
  return Array.from({ length: tokens }, (_, index) => (index === 0 ? 'All' : ' well'));
}

function contentOf(message: unknown): unknown {
  return typeof message === 'object' && message !== null && 'content' in message ? message.content : null;
}
