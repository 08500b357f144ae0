// The address of the app, where a command sends its function key there.
import { isCallable } from "../shared/altinn/environments.ts";
import { CannotDo } from "./storage.ts";

/** Refuses an address to which the key would go in the clear. @throws CannotDo */
export function refuseInTheClear(app: string, key: string | undefined): void {
  if (key === undefined || key === "" || isCallable(app)) return;
  throw new CannotDo(
    `The function key would go to ${app} for anybody on the way to read: use https. http is for this machine alone.`,
  );
}
