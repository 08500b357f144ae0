// A certificate for https on this machine, made for one test run; nobody else trusts it.
import { generate } from "selfsigned";

/** What an https server needs, and, as `cert`, what its clients must trust. PEM. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/** Makes a certificate for 127.0.0.1, localhost, and the names given (`*.example.test` for all below). */
export async function createCertificate(names: readonly string[] = []): Promise<Certificate> {
  const altNames = [
    { type: 7 as const, ip: "127.0.0.1" },
    ...["localhost", ...names].map((value) => ({ type: 2 as const, value })),
  ];
  const { private: key, cert } = await generate([{ name: "commonName", value: "localhost" }], {
    algorithm: "sha256",
    keySize: 2048,
    extensions: [
      // Its own authority: a chain of one.
      { name: "basicConstraints", cA: true, critical: true },
      { name: "keyUsage", digitalSignature: true, keyCertSign: true, critical: true },
      { name: "subjectAltName", altNames },
    ],
  });
  return { key, cert };
}
