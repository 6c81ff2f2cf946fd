import { openEntraTokens } from '../../src/adapters/entra-token';
import { aToken, testClientId } from './a-token';
import { type Answer, type LocalServer, startServer } from './local-server';

/** The identity endpoint of a function app, as App Service tells it to a process by its environment. */
const environment = { ...process.env };
let identity: LocalServer;
let answer: Answer;

beforeAll(async () => {
  identity = await startServer(() => answer);
});

beforeEach(() => {
  process.env.IDENTITY_ENDPOINT = `http://127.0.0.1:${identity.port}/token`;
  process.env.IDENTITY_HEADER = 'header-of-the-platform';
  process.env.AZURE_TOKEN_CREDENTIALS = 'ManagedIdentityCredential';
  delete process.env.AZURE_CLIENT_ID;
});

afterAll(() => {
  process.env = environment;
  return identity.close();
});

test('gets a token for the scope from the managed identity, and asks once while it lasts', async () => {
  answer = {
    body: { access_token: 'a-token', expires_on: '4102444800', resource: 'api://gateway', token_type: 'Bearer' },
  };
  const tokenOf = openEntraTokens();
  expect([await tokenOf('api://gateway/.default'), await tokenOf('api://gateway/.default')]).toEqual([
    'a-token',
    'a-token',
  ]);
  expect(identity.requests.map(({ url }) => new URL(url, 'http://x').searchParams.get('resource'))).toEqual([
    'api://gateway',
  ]);
});

test('those who ask at once share a token; a user-assigned identity is the one that the environment names', async () => {
  process.env.AZURE_CLIENT_ID = testClientId;
  answer = {
    body: { access_token: aToken(), expires_on: '4102444800', resource: 'api://shared', token_type: 'Bearer' },
  };
  const before = identity.requests.length;
  const tokenOf = openEntraTokens();
  const tokens = await Promise.all([1, 2, 3].map(() => tokenOf('api://shared/.default')));
  expect(tokens).toEqual(Array(3).fill(aToken()));
  expect(
    identity.requests.slice(before).map(({ url }) => new URL(url, 'http://x').searchParams.get('client_id')),
  ).toEqual([testClientId]);
});

test('says what to do where no identity gets a token', async () => {
  answer = { status: 400, body: { error: 'invalid_resource', error_description: 'no such resource' } };
  await expect(openEntraTokens()('api://elsewhere/.default')).rejects.toMatchObject({
    code: 'setting-missing',
    message:
      'Cannot get an Entra token for api://elsewhere/.default. Give the app a managed identity that may have one (AZURE_CLIENT_ID names a user-assigned one), or sign in with "az login".',
  });
});
