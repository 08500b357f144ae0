// The app's entry: reads the settings, makes the clients once, and registers every function.
import { createApp } from "../shared/app.ts";
import { type Clock, systemClock } from "../shared/clock.ts";
import { withSendersBlob } from "../shared/settings/sendersBlob.ts";
import { readSettings } from "../shared/settings/settings.ts";
import { createTelemetry } from "../shared/telemetry/telemetry.ts";
import { registerCheckStatusBatch } from "./checkStatusBatch.ts";
import { registerCheckStatuses } from "./checkStatuses.ts";
import { registerDashboard } from "./dashboard.ts";
import { registerFigures } from "./figures.ts";
import { registerFindLetters } from "./findLetters.ts";
import { registerHandlePoisonedDispatch } from "./handlePoisonedDispatch.ts";
import { registerHandlePoisonedRequest } from "./handlePoisonedRequest.ts";
import { registerHealth } from "./health.ts";
import { writeLog } from "./invocation.ts";
import { registerOpenApi } from "./openApi.ts";
import { registerReceiveAltinnEvent } from "./receiveAltinnEvent.ts";
import { registerReceiveCorrespondence } from "./receiveCorrespondence.ts";
import { registerRequestProgress } from "./requestProgress.ts";
import { registerSendCorrespondence } from "./sendCorrespondence.ts";
import { registerSendDispatch } from "./sendDispatch.ts";
import { registerShowLetter } from "./showLetter.ts";
import { registerWaitingLetters } from "./waitingLetters.ts";

/** The app setting (or the prefix of those) that names the storage account of the queues. */
const CONNECTION = "CORRESPONDENCE_STORAGE";

const read = readSettings(await withSendersBlob(process.env));
if (!read.ok) {
  // Azure would just show an app without functions: say loudly, in one line each, what is to be mended.
  for (const { key, problem } of read.problems) console.error(`App setting ${key}: ${problem}`);
  const keys = read.problems.map(({ key }) => key).join(", ");
  throw new Error(`The app cannot start: these app settings are missing or wrong: ${keys}`);
}

const app = await createApp(read.settings, {
  clock: localClock() ?? systemClock,
  // Azure's own name of the app; no setting, and absent elsewhere.
  telemetry: createTelemetry(writeLog, process.env.WEBSITE_SITE_NAME),
});

registerSendCorrespondence(app, CONNECTION);
registerSendDispatch(app, CONNECTION);
registerCheckStatusBatch(app, CONNECTION);
registerHandlePoisonedRequest(app, CONNECTION);
registerHandlePoisonedDispatch(app, CONNECTION);
registerReceiveCorrespondence(app, CONNECTION);
registerCheckStatuses(app);
registerReceiveAltinnEvent(app);
registerHealth(app);
registerRequestProgress(app);
registerFindLetters(app);
registerShowLetter(app);
registerWaitingLetters(app);
registerFigures(app);
registerOpenApi(app);
registerDashboard(app);

/** The local host can make time run faster; in Azure there is no such clock. */
function localClock(): Clock | undefined {
  const found: unknown = Reflect.get(globalThis, Symbol.for("altinn-correspondence-sender.clock"));
  return isClock(found) ? found : undefined;
}

function isClock(value: unknown): value is Clock {
  return typeof value === "object" && value !== null && "now" in value && "elapsed" in value && "scale" in value;
}
