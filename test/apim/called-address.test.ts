import { calledAddress } from '../../src/apim/called-address';

const anApi = (path: string, ...templates: readonly string[]) => ({
  id: 'aoai',
  path,
  subscriptionRequired: true,
  keyHeader: null,
  operations: templates.map((urlTemplate, index) => ({ id: `op-${index}`, method: 'POST', urlTemplate })),
});

const deployments = (endpoint: string) => ({ api: 'deployments', endpoint, assumed: null });
const v1 = (endpoint: string) => ({ api: 'v1', endpoint, assumed: null });
const chat = '/deployments/{deployment-id}/chat/completions';

test.each([
  ['aoai/openai', chat, deployments('https://g/aoai')],
  ['openai', chat, deployments('https://g')],
  ['/aoai/', `/openai${chat}?api-version={api-version}`, deployments('https://g/aoai')],
  ['aoai', chat, null],
  ['llm', '/chat/completions', v1('https://g/llm')],
  ['llm', '/openai/v1/chat/completions', v1('https://g/llm/openai/v1')],
  ['', '/chat/completions', v1('https://g')],
])('an API at "%s" with %s', (path, template, expected) => {
  expect(calledAddress('https://g/', anApi(path, template))).toEqual(expected);
});

test.each([
  ['a wildcard', ['/*']],
  ['nothing for chat', ['/embeddings']],
])('an API with %s is taken to be called as Azure OpenAI is', (_, templates) => {
  expect(calledAddress('https://g', anApi('aoai/openai', ...templates))).toEqual({
    api: 'deployments',
    endpoint: 'https://g/aoai',
    assumed: expect.stringContaining('API aoai has no operation for chat completions of its own'),
  });
});
