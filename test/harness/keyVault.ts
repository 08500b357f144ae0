// A stand-in of Azure Key Vault's REST API over https: makes RSA keys, shows their public part, and signs with them.
// It challenges as the vault does, and takes whatever token comes then.
import { createPublicKey, generateKeyPairSync, type KeyObject, privateEncrypt, randomUUID } from "node:crypto";
import { createServer, type Server } from "node:https";
import type { TokenCredential } from "@azure/identity";
import { z } from "zod";
import { portOf } from "../altinn/peer.ts";
import type { Certificate } from "./certificate.ts";

export interface KeyVault extends AsyncDisposable {
  readonly url: string;
  /** `<method> <path>` of each call that had a token. */
  readonly calls: readonly string[];
  /** Makes every call with a token fail so from now on; undefined ends that. */
  fail(status: number | undefined): void;
  /** Makes a key, or a new version of one; its identifier. */
  createKey(name: string, bits?: number): string;
  publicKeyOf(keyId: string): KeyObject;
}

/** A credential whose token the stand-in takes. */
export const anyCredential: TokenCredential = {
  getToken: async () => ({ token: "a-token-for-the-vault", expiresOnTimestamp: Date.now() + 3_600_000 }),
};

const createBody = z.object({ kty: z.literal("RSA"), key_size: z.number(), key_ops: z.array(z.string()) });
const signBody = z.object({ alg: z.literal("RS256"), value: z.string() });

/** The DER prefix of a SHA-256 digest in PKCS #1 v1.5 (RFC 8017, 9.2): the vault is given the digest alone. */
const SHA256_PREFIX = Buffer.from("3031300d060960864801650304020105000420", "hex");

/** Starts the stand-in on 127.0.0.1. */
export async function startKeyVault(certificate: Certificate): Promise<KeyVault> {
  const keys = new Map<string, { readonly name: string; readonly version: string; readonly key: KeyObject }>();
  const calls: string[] = [];
  let failing: number | undefined;

  function createKey(name: string, bits = 2048): string {
    const version = randomUUID().replaceAll("-", "");
    keys.set(`${name}/${version}`, {
      name,
      version,
      key: generateKeyPairSync("rsa", { modulusLength: bits }).privateKey,
    });
    return `${vault.url}/keys/${name}/${version}`;
  }

  function bundle(found: { name: string; version: string; key: KeyObject }, operations = ["sign"]) {
    const { n, e } = found.key.export({ format: "jwk" });
    const kid = `${vault.url}/keys/${found.name}/${found.version}`;
    return { key: { kid, kty: "RSA", key_ops: operations, n, e }, attributes: { enabled: true } };
  }

  function answer(method: string, path: string, body: string): [number, object] {
    const refused: [number, object] = [404, { error: { code: "KeyNotFound", message: "No such key." } }];
    const [, name = "", second = "", third = ""] = path.split("/").slice(1);
    if (method === "POST" && second === "create") {
      const { key_size, key_ops } = createBody.parse(JSON.parse(body));
      const version = createKey(name, key_size).split("/").at(-1) ?? "";
      const made = keys.get(`${name}/${version}`);
      return made === undefined ? refused : [200, bundle(made, key_ops)];
    }
    const latest = [...keys.values()].findLast((key) => key.name === name);
    const found = second === "" ? latest : keys.get(`${name}/${second}`);
    if (found === undefined) return refused;
    if (method === "POST" && third === "sign") {
      const digest = Buffer.from(signBody.parse(JSON.parse(body)).value, "base64url");
      const signature = privateEncrypt(found.key, Buffer.concat([SHA256_PREFIX, digest]));
      return [200, { kid: bundle(found).key.kid, value: signature.toString("base64url") }];
    }
    return [200, bundle(found)];
  }

  const server = createServer({ key: certificate.key, cert: certificate.cert }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      if (request.headers.authorization === undefined) {
        const challenge = 'Bearer authorization="https://login.example/tenant", resource="https://vault.test"';
        response.writeHead(401, { "www-authenticate": challenge }).end();
        return;
      }
      const { pathname } = new URL(request.url ?? "/", vault.url);
      calls.push(`${request.method} ${pathname}`);
      const [status, json] =
        failing === undefined
          ? answer(request.method ?? "", pathname, Buffer.concat(chunks).toString("utf8"))
          : [failing, { error: { code: "Failing", message: "The key of the vault is not for you." } }];
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(json));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const vault: KeyVault = {
    // Below the host that the challenge names, as every vault is below vault.azure.net.
    url: `https://keys.vault.test:${portOf(server.address())}`,
    calls,
    fail: (status) => {
      failing = status;
    },
    createKey,
    publicKeyOf(keyId) {
      const found = keys.get(keyId.split("/").slice(-2).join("/"));
      if (found === undefined) throw new Error(`The vault has no key ${keyId}`);
      return createPublicKey(found.key);
    },
    [Symbol.asyncDispose]: () => close(server),
  };
  return vault;
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
