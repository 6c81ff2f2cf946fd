import { z } from 'zod';
import { problem } from './response-schemas';
import { type DocumentedAnswer, type RouteDoc, routeDocs } from './route-docs';
import type { Route, RouteName } from './routes';

type Json = Readonly<Record<string, unknown>>;

/** The OpenAPI 3.1 document of all documented routes, made from the schemas that check requests and answers. */
export function openApiDocument(routes: Readonly<Record<RouteName, Route>>, version: string): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const [name, route] of Object.entries(routes) as [RouteName, Route][]) {
    const doc = routeDocs[name];
    if (doc === undefined) continue;
    const path = `/${route.path.replaceAll(':guid', '')}`;
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(name, route, doc) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'gateway-audit',
      version,
      description: 'Whether a gateway keeps the token limits that it promises.',
    },
    servers: [{ url: '/api' }],
    paths,
    components: {
      schemas: { Problem: jsonSchemaOf(problem) },
      securitySchemes: {
        functionKey: { type: 'apiKey', in: 'header', name: 'x-functions-key' },
        functionKeyInQuery: { type: 'apiKey', in: 'query', name: 'code' },
      },
    },
  };
}

function operationOf(name: RouteName, route: Route, doc: RouteDoc): Json {
  const inPath = [...route.path.matchAll(/\{(\w+)(:guid)?\}/g)].map(([, parameter, isGuid]) => ({
    name: parameter,
    in: 'path',
    required: true,
    schema: isGuid ? { type: 'string', format: 'uuid' } : { type: 'string' },
  }));
  const problems = [...(inPath.length > 0 ? [404] : []), ...(inPath.length > 0 || doc.query ? [400] : [])];
  return {
    operationId: name,
    summary: doc.summary,
    security: route.access === 'anyone' ? [] : [{ functionKey: [] }, { functionKeyInQuery: [] }],
    parameters: [...inPath, ...(doc.query ? queryParametersOf(doc.query) : [])],
    ...(doc.body && { requestBody: { required: true, content: jsonContent(jsonSchemaOf(doc.body)) } }),
    responses: {
      ...Object.fromEntries(doc.answers.map((answer) => [answer.status, responseOf(answer)])),
      ...Object.fromEntries([...problems, ...(doc.problems ?? [])].map((status) => [status, problemResponse])),
      default: problemResponse,
    },
  };
}

function queryParametersOf(query: z.ZodObject): readonly Json[] {
  const { properties = {}, required = [] } = jsonSchemaOf(query) as { properties?: Json; required?: readonly string[] };
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema,
  }));
}

const problemResponse = {
  description: 'What is wrong (RFC 9457)',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
} as const;

function responseOf({ says, schema, contentTypes = [], headers = {} }: DocumentedAnswer): Json {
  return {
    description: says,
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, description]) => [name, { description, schema: { type: 'string' } }]),
    ),
    content: schema
      ? jsonContent(jsonSchemaOf(schema))
      : Object.fromEntries(contentTypes.map((type) => [type, { schema: { type: 'string' } }])),
  };
}

function jsonContent(schema: Json): Json {
  return { 'application/json': { schema } };
}

/** As callers see it: what is sent before defaults and transformations, and open to members that come later. */
function jsonSchemaOf(schema: z.ZodType): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input' });
  return rest;
}
