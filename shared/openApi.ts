// The endpoints in OpenAPI 3.1, made of the schemas by which their parameters and answers are checked.
import * as z from "zod";
import { figuresAnswerSchema } from "./figures/answer.ts";
import { figuresParameters } from "./figures/question.ts";
import { receivedFiguresSchema } from "./figures/received.ts";
import { letterPageSchema, problemSchema, requestAnswerSchema, shownLetterSchema } from "./finding/answers.ts";
import { letterSchema } from "./finding/letter.ts";
import { letterParameters, narrowingParameters, pageParameters, showParameters } from "./finding/query.ts";
import { waitingSchema } from "./finding/waiting.ts";

const COMPONENTS = {
  Letter: letterSchema,
  LetterPage: letterPageSchema,
  ShownLetter: shownLetterSchema,
  Request: requestAnswerSchema,
  Waiting: waitingSchema,
  Figures: z.union([figuresAnswerSchema, receivedFiguresSchema]),
  Problem: problemSchema,
} as const;

type Component = keyof typeof COMPONENTS;

/** The document at `GET /api/openapi.json`, which stands in docs/openapi.json. */
export function openApi(): object {
  const pages = parametersOf("query", pageParameters);
  const id = (description: string) => ({
    name: "id",
    in: "path",
    required: true,
    description,
    schema: { type: "string" },
  });
  return {
    openapi: "3.1.0",
    info: {
      title: "Altinn correspondence sender",
      version: "1",
      description:
        "What became of letters, what waits, and how many there were. Nothing can be sent, changed or cancelled here.",
    },
    servers: [{ url: "/api" }],
    security: [{ key: [] }, { code: [] }],
    paths: {
      "/letters": get(
        "findLetters",
        "Letters, by whatever is known of them",
        "LetterPage",
        [400],
        parametersOf("query", letterParameters.shape),
      ),
      "/letters/{id}": get(
        "showLetter",
        "One letter whole",
        "ShownLetter",
        [400, 404],
        [
          id("The id of its dispatch (ours), or of its correspondence (Altinn's); or the name of its dead letter"),
          ...parametersOf("query", showParameters),
        ],
      ),
      "/requests/{id}": get(
        "requestProgress",
        "How far a request has come, and its letters",
        "Request",
        [400, 404],
        [id("The producer's id of the request; what stands in it may be escaped"), ...pages],
      ),
      "/waiting": get(
        "waitingLetters",
        "What has not reached its recipient yet, by what keeps it",
        "Waiting",
        [400],
        parametersOf("query", narrowingParameters),
      ),
      "/figures": get(
        "figures",
        "How many letters were sent, published, read and so on, or received, by day or by hour",
        "Figures",
        [400],
        parametersOf("query", figuresParameters.shape),
      ),
    },
    components: {
      schemas: componentSchemas(),
      securitySchemes: {
        key: { type: "apiKey", in: "header", name: "x-functions-key" },
        code: { type: "apiKey", in: "query", name: "code" },
      },
    },
  };
}

const STATUSES = {
  400: "A parameter is wrong: every one that is, is named",
  404: "There is none, or not any more",
  503: "The state could not be read: try again later",
} as const;

function get(
  operationId: string,
  summary: string,
  answer: Component,
  failures: readonly (400 | 404)[],
  parameters: object[],
) {
  const problems = [...failures, 503 as const].map((status) => [
    status,
    { description: STATUSES[status], content: { "application/problem+json": { schema: reference("Problem") } } },
  ]);
  const found = { description: summary, content: { "application/json": { schema: reference(answer) } } };
  const responses = {
    200: found,
    ...Object.fromEntries(problems),
    401: { description: "The function's key is missing or wrong" },
  };
  return { get: { operationId, summary, parameters, responses } };
}

function parametersOf(where: "query", shape: Readonly<Record<string, z.ZodType>>): object[] {
  return Object.entries(shape).map(([name, schema]) => {
    const { $schema: _draft, description, ...rest } = z.toJSONSchema(schema, { io: "input", override });
    return { name, in: where, required: false, description, schema: rest };
  });
}

function componentSchemas(): Record<string, object> {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(COMPONENTS)) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, { uri: pathOf, override });
  return Object.fromEntries(
    Object.entries(schemas).map(([name, { $schema: _draft, $id: _id, ...schema }]) => [name, schema]),
  );
}

/** What a format says already, its pattern need not. */
function override({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  if (jsonSchema.format !== undefined) Reflect.deleteProperty(jsonSchema, "pattern");
}

function reference(name: Component): object {
  return { $ref: pathOf(name) };
}

function pathOf(name: string): string {
  return `#/components/schemas/${name}`;
}
