/** Does something again and again while the page is seen; what fails is tried again at the next turn. */
export function every(ms: number, signal: AbortSignal, work: () => Promise<void>): void {
  let isWorking = false;
  const timer = setInterval(() => {
    if (document.hidden || isWorking) return;
    isWorking = true;
    const done = () => {
      isWorking = false;
    };
    work().then(done, done);
  }, ms);
  signal.addEventListener('abort', () => clearInterval(timer));
}
