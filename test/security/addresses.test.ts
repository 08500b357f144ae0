// Nothing is called but over https, save on this very machine; and look-alikes of this machine are not this machine.
import { describe, expect, it } from "vitest";
import { isCallable } from "../../shared/altinn/environments.ts";
import { callHttp } from "../../shared/altinn/httpCall.ts";
import { systemClock } from "../../shared/clock.ts";
import { readSettings } from "../../shared/settings/settings.ts";

const HERE = [
  "http://127.0.0.1:10000",
  "http://127.255.255.254",
  "http://[::1]:7071",
  "http://localhost",
  "http://LOCALHOST:80/altinn",
  // Other ways to write 127.0.0.1, which the URL standard reads as that.
  "http://127.1",
  "http://0x7f000001",
  "http://2130706433",
];
const SECURE = ["https://platform.altinn.no", "https://altinn.example:8443/path"];
const REFUSED = [
  "http://platform.altinn.no",
  "http://localhost.evil.example",
  "http://evil.example/localhost",
  "http://evil.example#localhost",
  "http://evil.example?127.0.0.1",
  "http://127.0.0.1.evil.example",
  "http://127-0-0-1.evil.example",
  "http://127.0.0.1@evil.example",
  "http://localhost:80@evil.example",
  "https://user:word@platform.altinn.no",
  "https://user@platform.altinn.no",
  "http://user:word@127.0.0.1",
  "http://0.0.0.0",
  "http://[::]",
  "http://[::2]",
  "http://[::ffff:10.0.0.1]",
  "http://10.0.0.1",
  "http://128.0.0.1",
  "http://169.254.169.254/metadata/identity",
  "http://localhost.",
  "http://ⓛocalhost.evil.example",
  "ftp://127.0.0.1",
  "file:///etc/passwd",
  "javascript:alert(1)",
  "data:text/plain,x",
  "//platform.altinn.no",
  "platform.altinn.no",
  "https://",
  "http:evil.example",
  "http:\\\\evil.example",
];

describe("an address", () => {
  it.each([...HERE, ...SECURE])("may be called: %s", (address) => {
    expect(isCallable(address)).toBe(true);
  });

  it.each(REFUSED)("may not be called: %s", async (url) => {
    expect(isCallable(url)).toBe(false);
    const asked: unknown[] = [];
    const http: typeof fetch = async (input) => {
      asked.push(input);
      return new Response();
    };
    const call = { name: "GET /thing", method: "GET", url, timeoutMs: 1_000 } as const;
    expect(await callHttp({ http, clock: systemClock }, call)).toMatchObject({ kind: "failed", cause: "notConnected" });
    expect(asked).toEqual([]);
  });
});

/** The problem that a setting has when the others are left out. */
function problemWith(key: string, value: string, more: Readonly<Record<string, string>> = {}): string | undefined {
  const read = readSettings({ ...more, [key]: value });
  return read.ok ? undefined : read.problems.find((problem) => problem.key === key)?.problem;
}

const blobServiceUri = "CORRESPONDENCE_STORAGE__blobServiceUri";
const queueServiceUri = "CORRESPONDENCE_STORAGE__queueServiceUri";
const other = (key: string) => ({ [key === blobServiceUri ? queueServiceUri : blobServiceUri]: "https://a.example" });

describe.each(["ALTINN_PLATFORM_URL", "MASKINPORTEN_ISSUER", blobServiceUri, queueServiceUri])("%s", (key) => {
  it.each([...HERE, ...SECURE])("takes %s", (address) => {
    expect(problemWith(key, address, other(key))).toBeUndefined();
  });

  it.each(REFUSED)("refuses %s, and says what is allowed", (address) => {
    const problem = problemWith(key, address, other(key));
    expect(problem).toBe("must be an https address (http only to this machine).");
  });
});

describe("a connection string", () => {
  const account = "AccountName=account;AccountKey=c2VjcmV0";
  const sas = "SharedAccessSignature=sv=2024&sig=c2VjcmV0";
  it.each([
    "UseDevelopmentStorage=true",
    "UseDevelopmentStorage=true;DevelopmentStorageProxyUri=http://127.0.0.1",
    `DefaultEndpointsProtocol=https;${account};EndpointSuffix=core.windows.net`,
    `DefaultEndpointsProtocol=http;${account};BlobEndpoint=http://127.0.0.1:1/a;QueueEndpoint=http://[::1]:2/a`,
    `BlobEndpoint=https://account.blob.core.windows.net;QueueEndpoint=https://account.queue.core.windows.net;${sas}`,
  ])("is taken: %s", (text) => {
    expect(problemWith("CORRESPONDENCE_STORAGE", text)).toBeUndefined();
  });

  it.each([
    `DefaultEndpointsProtocol=http;${account};EndpointSuffix=core.windows.net`,
    `DefaultEndpointsProtocol=https;${account};BlobEndpoint=http://evil.example;EndpointSuffix=core.windows.net`,
    `DefaultEndpointsProtocol=https;${account};QueueEndpoint=http://evil.example;EndpointSuffix=core.windows.net`,
    `DefaultEndpointsProtocol=https;${account};BlobEndpoint=http://127.0.0.1;QueueEndpoint=http://localhost.evil.example`,
    `DefaultEndpointsProtocol=https;${account};BlobEndpoint=https://user:word@a.example;EndpointSuffix=core.windows.net`,
    `BlobEndpoint=http://account.blob.core.windows.net;QueueEndpoint=https://account.queue.core.windows.net;${sas}`,
    "UseDevelopmentStorage=true;DevelopmentStorageProxyUri=http://evil.example",
  ])("is refused for where it leads: %s", (text) => {
    const problem = problemWith("CORRESPONDENCE_STORAGE", text);
    expect(problem).toBe("must name https endpoints (http only to this machine).");
  });

  it.each([account, `DefaultEndpointsProtocol=gopher;${account}`, sas, "AccountKey=c2VjcmV0", "x"])(
    "is refused as none: %s",
    (text) => {
      expect(problemWith("CORRESPONDENCE_STORAGE", text)).toMatch(/^must be a storage connection string/);
    },
  );
});
