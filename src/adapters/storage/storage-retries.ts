/**
 * How often the storage SDKs themselves try again. Quick first, since most trouble is one lost packet or a moment's
 * throttling; seven seconds in all, since a job that gives up here is delivered again.
 */
export const storageRetries = { maxRetries: 4, retryDelayInMs: 200, maxRetryDelayInMs: 5000 };

/** The same for the clients of queues and blobs, which count tries. */
export const storageTries = {
  maxTries: storageRetries.maxRetries + 1,
  retryDelayInMs: storageRetries.retryDelayInMs,
  maxRetryDelayInMs: storageRetries.maxRetryDelayInMs,
};
