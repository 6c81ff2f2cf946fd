/*
 * What invocations need and registrations do not: the app, the HTTP API, the SDKs behind them. The deployed package
 * registers its functions without it, since every start of an instance waits for that, and loads it right afterwards.
 */
export { answer } from '../api/answer';
export { hostApp } from '../app';
export { answerDashboard } from '../app/dashboard';
export { readAlert } from './read-alert';
export { readJob } from './read-job';
