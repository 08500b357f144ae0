// `npm run altinn -- key create|export-public`: makes the key that Maskinporten knows us by, and shows its public part.
import { Command, Option } from "commander";
import { z } from "zod";
import { readKeyVaultKey } from "../../shared/altinn/keyVaultKey.ts";
import { HAVE_SECRETS_READ } from "../../shared/settings/keyVaultReference.ts";
import { shownJson } from "../../terminal/foreign.ts";
import { fromHere } from "../../terminal/givenFile.ts";
import { print, tell } from "../../terminal/output.ts";
import { type Run, withExamples } from "../program.ts";
import { CannotDo, PRODUCTION_OPTION, refuseProduction } from "../storage.ts";
import {
  createKeyFile,
  createVaultKey,
  KEY_BITS,
  type MadeKey,
  publicPartOf,
  readVaultKey,
} from "./maskinportenKeys.ts";

const createOptions = z.object({
  vault: z.string().optional(),
  file: z.string().optional(),
  name: z.string(),
  bits: z.coerce.number(),
  hsm: z.boolean().default(false),
  production: z.boolean().default(false),
  jwks: z.boolean().default(false),
  json: z.boolean().default(false),
});
const exportOptions = createOptions.pick({ jwks: true, json: true });
type HowShown = z.output<typeof exportOptions>;

const REGISTER =
  "Register the public key above at Maskinporten (Samarbeidsportalen, or its API), on the client that the app uses.";

/** Makes the command. `run` is given what is to be done. */
export function keyCommand(run: Run): Command {
  const command = new Command("key").description("the key that Maskinporten knows the app by");
  withExamples(command.command("create"), "--vault https://<name>.vault.azure.net", '--file "$private/key.jwk"')
    .description("make a key, in Azure Key Vault or in a file, and print its public part")
    .option("--vault <address>", "the vault: https://<name>.vault.azure.net. The private key never leaves it")
    .option("--file <path>", "instead: a new file for the private key, as MASKINPORTEN_JWK takes it")
    .option("--name <name>", "the key's name in the vault; one that is there gets a new version", "maskinporten")
    .addOption(new Option("--bits <n>", "its length").choices(KEY_BITS.map(String)).default(String(KEY_BITS[0])))
    .option("--hsm", "keep it in a hardware module (a Premium vault)")
    .option("--jwks", "print a set of keys that holds this one, as Maskinporten's API takes it")
    .option("--json", "print it on one line")
    .option(...PRODUCTION_OPTION)
    .action((given: unknown) => run(() => create(createOptions.parse(given))));
  withExamples(command.command("export-public [key-id]"), "")
    .description("print a key's public part; without an id that of MASKINPORTEN_KEY_VAULT_KEY or MASKINPORTEN_JWK")
    .option("--jwks", "print a set of keys that holds this one")
    .option("--json", "print it on one line")
    .action((keyId: string | undefined, given: unknown) => run(() => exportPublic(keyId, exportOptions.parse(given))));
  return command;
}

async function create({
  vault,
  file,
  name,
  bits,
  hsm,
  production,
  ...how
}: z.output<typeof createOptions>): Promise<undefined> {
  if ((vault === undefined) === (file === undefined)) throw new CannotDo("Say where to: --vault or --file.");
  if (file !== undefined) {
    const path = fromHere(file);
    show(await createKeyFile(path, bits), how);
    tell(
      `The private key is in ${path}. Put it into the app's key vault, as the secret that MASKINPORTEN_JWK refers to,`,
    );
    tell("and delete the file.");
    tell(REGISTER);
    tell(`When both are done: ${HAVE_SECRETS_READ}. By itself Azure reads secrets once a day.`);
    return undefined;
  }
  refuseProduction(process.env.ALTINN_ENVIRONMENT?.trim() === "production", { production });
  const made = await createVaultKey(await connect(vault ?? ""), { name, bits, hsm });
  show(made, how);
  tell(REGISTER);
  tell("Then set, instead of MASKINPORTEN_JWK or the version before:");
  tell(`  MASKINPORTEN_KEY_VAULT_KEY=${made.keyId}`);
  tell("With azd: azd env set MASKINPORTEN_KEY_VAULT_KEY <that>, azd provision, azd hooks run postdeploy.");
  return undefined;
}

async function exportPublic(keyId: string | undefined, how: HowShown): Promise<undefined> {
  const { MASKINPORTEN_KEY_VAULT_KEY: inVault, MASKINPORTEN_JWK: own } = process.env;
  const wanted = keyId ?? (inVault || undefined);
  if (wanted === undefined && own) return show(publicPartOf(own), how);
  if (wanted === undefined) {
    throw new CannotDo(
      "Name a key: https://<vault>.vault.azure.net/keys/<name>/<version>, or set MASKINPORTEN_KEY_VAULT_KEY.",
    );
  }
  if (readKeyVaultKey(wanted) === undefined) {
    throw new CannotDo("A key's identifier is https://<vault>.vault.azure.net/keys/<name>/<version>.");
  }
  const { origin, pathname } = new URL(wanted);
  const [, , name = "", version = ""] = pathname.split("/");
  return show(await readVaultKey(await connect(origin), name, version), how);
}

function show({ publicJwk }: MadeKey, { jwks, json }: HowShown): undefined {
  print(shownJson(jwks ? { keys: [publicJwk] } : publicJwk, json ? 0 : 2));
}

/** Signs in as whoever runs the command: `az login`, a managed identity, or what else `@azure/identity` finds. */
async function connect(address: string) {
  if (!URL.canParse(address) || new URL(address).protocol !== "https:") {
    throw new CannotDo("A vault's address is https://<name>.vault.azure.net.");
  }
  const { KeyClient } = await import("@azure/keyvault-keys");
  const { DefaultAzureCredential } = await import("@azure/identity");
  return new KeyClient(new URL(address).origin, new DefaultAzureCredential());
}
