// The tokens of the model of Altinn: granted by Maskinporten, exchanged by Altinn, each for an organisation and scopes.
import { z } from "zod";
import { type Answer, emptyAnswer, jsonAnswer } from "../local/altinn-simulator/answer.ts";
import { MINUTE, SECOND } from "../shared/clock.ts";

/** Whose a token is, and what for. */
export interface Bearer {
  /** Nine digits. */
  readonly organisation: string;
  /** It may send; if not, its bearer counts as a recipient. */
  readonly isSender: boolean;
}

/** What the tokens take from outside. */
export interface TokensOptions {
  now(): number;
  /** The issuer's address, with a slash at the end. */
  readonly issuer: string;
  /** Whose the token is of a client that acts for nobody else. */
  readonly owner: string;
}

const TOKEN_LIFE = 30 * MINUTE;
const WRITE = "altinn:correspondence.write";

const claimsSchema = z.object({
  scope: z.string(),
  consumer_org: z.string().optional(),
  authorization_details: z.array(z.object({ systemuser_org: z.object({ ID: z.string() }) })).optional(),
});

/** A grant as the model's clients sign it: nobody checks that. */
export function signedGrant(claims: object): string {
  return Buffer.from(JSON.stringify(claims)).toString("base64url");
}

/** All tokens that there are. */
export class ModelTokens {
  readonly #options: TokensOptions;
  readonly #granted = new Map<string, Bearer>();
  readonly #taken = new Map<string, Bearer & { readonly until: number }>();
  #issued = 0;

  constructor(options: TokensOptions) {
    this.#options = options;
  }

  /** Answers a call for a token; `undefined`: it is another call. */
  answer(method: string, path: string, body: string, authorization: string | null): Answer | undefined {
    switch (`${method} ${path}`) {
      case "GET /maskinporten/.well-known/oauth-authorization-server": {
        const { issuer } = this.#options;
        return jsonAnswer(200, { issuer, token_endpoint: `${issuer}token` });
      }
      case "POST /maskinporten/token": {
        const grant = `grant-${++this.#issued}`;
        this.#granted.set(grant, this.#bearerOf(new URLSearchParams(body).get("assertion") ?? ""));
        return jsonAnswer(200, { access_token: grant, token_type: "Bearer", expires_in: 120 });
      }
      case "GET /authentication/api/v1/exchange/maskinporten": {
        const grant = authorization?.replace("Bearer ", "") ?? "";
        const bearer = this.#granted.get(grant);
        if (bearer === undefined) return emptyAnswer(401);
        this.#granted.delete(grant);
        const exp = Math.floor((this.#options.now() + TOKEN_LIFE) / SECOND);
        const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
        const token = `${part({ alg: "none" })}.${part({ exp, jti: ++this.#issued })}.`;
        this.#taken.set(token, { ...bearer, until: exp * SECOND });
        return { status: 200, body: token, contentType: "text/plain" };
      }
      default:
        return undefined;
    }
  }

  /** Whose token goes along with a call; `undefined`: none that counts. */
  bearer(authorization: string | null): Bearer | undefined {
    const bearer = this.#taken.get(authorization?.slice("Bearer ".length) ?? "");
    return bearer !== undefined && bearer.until > this.#options.now() ? bearer : undefined;
  }

  /** All tokens that there are become invalid. */
  revoke(): void {
    this.#taken.clear();
  }

  #bearerOf(grant: string): Bearer {
    const claims = claimsSchema.parse(JSON.parse(Buffer.from(grant, "base64url").toString()));
    const [systemUser] = claims.authorization_details ?? [];
    const organisation = systemUser?.systemuser_org.ID.replace(/^0192:/, "") ?? claims.consumer_org;
    return {
      organisation: organisation ?? this.#options.owner,
      isSender: claims.scope.split(" ").includes(WRITE),
    };
  }
}
