// App settings as the host uses them itself: `%NAME%` in trigger options, and storage connections.
import type { TokenCredential } from "@azure/identity";
import { QueueServiceClient } from "@azure/storage-queue";

/** App settings by name. */
export type Settings = Readonly<Record<string, string | undefined>>;

/** Retries of the host's own storage calls: short, since the listener asks again anyway. */
const RETRIES = { maxTries: 3, retryDelayInMs: 200, maxRetryDelayInMs: 2000, tryTimeoutInMs: 30_000 };

/** Replaces every `%NAME%` by that setting. Throws an Error that names the setting when there is none. */
export function resolveSettings(text: string, settings: Settings): string {
  return text.replace(/%([^%]+)%/g, (_whole, name: string) => {
    const value = settings[name];
    if (value === undefined) throw new Error(`The setting ${name} does not exist, but "${text}" refers to it.`);
    return value;
  });
}

/**
 * The queue service that a trigger's `connection` means: a setting with a connection string (`<name>`, or
 * `AzureWebJobs<name>`), or the identity form `<name>__queueServiceUri` or `<name>__accountName`, with
 * `<name>__clientId` for a user-assigned identity. Throws an Error that names the missing setting.
 */
export async function connectQueueService(connection: string, settings: Settings): Promise<QueueServiceClient> {
  const text = settings[connection] || settings[`AzureWebJobs${connection}`];
  if (text) return QueueServiceClient.fromConnectionString(text, { retryOptions: RETRIES });
  const account = settings[`${connection}__accountName`];
  const address =
    settings[`${connection}__queueServiceUri`] ?? (account && `https://${account}.queue.core.windows.net`);
  if (!address) {
    throw new Error(
      `There is no storage connection "${connection}": set ${connection} (a connection string) ` +
        `or ${connection}__queueServiceUri.`,
    );
  }
  return new QueueServiceClient(address, await credential(settings[`${connection}__clientId`]), {
    retryOptions: RETRIES,
  });
}

async function credential(managedIdentityClientId: string | undefined): Promise<TokenCredential> {
  // Imported only here: it is large, and with a connection string nobody needs it.
  const { DefaultAzureCredential } = await import("@azure/identity");
  return new DefaultAzureCredential(managedIdentityClientId === undefined ? {} : { managedIdentityClientId });
}
