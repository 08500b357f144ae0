// What the app loads when it is first needed: loading takes real time, and a history has none.
import "../shared/altinn/multipart.ts";
import "../shared/receiving/receiving.ts";
import "../shared/requests/body/convertOnce.ts";
import "../shared/requests/mobileNumber.ts";
import "../shared/requests/readsOtherwise.ts";
import "../shared/requests/shown/shownWarnings.ts";
