// Who may see the dashboard, and who may act: decided by what the platform vouches for, and never by what a caller says.
import * as z from "zod";

/** Where the app runs, as far as that decides who may ask. */
export interface Place {
  /** The setting DASHBOARD_AUTH: `entra`, or undefined. */
  readonly auth: "entra" | undefined;
  /** Azure runs the app, by the environment that it gives to processes. */
  readonly isInAzure: boolean;
  /**
   * The platform's authentication stands before the app (WEBSITE_AUTH_ENABLED). Then it takes X-MS-CLIENT-PRINCIPAL out of
   * what callers send, and sets it itself; without it the header is anybody's.
   */
  readonly isAuthenticated: boolean;
}

/** A call, as far as it decides. */
export interface Caller {
  /** The host name that was called. */
  readonly host: string;
  /** The header X-Forwarded-For: its last address is who is connected. */
  readonly forwardedFor: string | null;
  /** The header X-MS-CLIENT-PRINCIPAL. */
  readonly principal: string | null;
}

/** What a caller may do. */
export type Access =
  | {
      readonly kind: "allowed";
      readonly mayAct: boolean;
      /** The object id of whoever it is, for the log; absent on one's own machine. */
      readonly actor?: string;
    }
  /** Nobody has signed in yet. */
  | { readonly kind: "signIn" }
  | { readonly kind: "off" }
  /** Somebody without a role, or a set-up that vouches for nobody. For people. */
  | { readonly kind: "refused"; readonly why: string };

/** The app roles, as infra/ and docs/dashboard.md name them. */
export const ROLES = { read: "Letters.Read", act: "Letters.Act" } as const;

const principalSchema = z.object({
  auth_typ: z.literal("aad"),
  role_typ: z.string().optional(),
  claims: z.array(z.object({ typ: z.string(), val: z.string() })),
});

const OBJECT_ID = ["http://schemas.microsoft.com/identity/claims/objectidentifier", "oid"];

/** Decides on one call. */
export function accessOf(place: Place, caller: Caller): Access {
  if (place.auth === undefined) return ownMachine(place, caller);
  if (!place.isAuthenticated) {
    return {
      kind: "refused",
      why: "DASHBOARD_AUTH is entra, and App Service Authentication is off: nobody vouches for who you are. Turn it on (docs/dashboard.md).",
    };
  }
  if (caller.principal === null) return { kind: "signIn" };
  const principal = readPrincipal(caller.principal);
  if (!principal) return { kind: "refused", why: "Whoever signed you in is not Microsoft Entra ID." };
  const roles = principal.claims
    .filter(({ typ }) => typ === "roles" || typ === principal.role_typ)
    .map(({ val }) => val);
  const mayAct = roles.includes(ROLES.act);
  if (!mayAct && !roles.includes(ROLES.read)) {
    return {
      kind: "refused",
      why: `You have neither of the app roles ${ROLES.read} and ${ROLES.act}. Ask whoever assigns them.`,
    };
  }
  const actor = principal.claims.find(({ typ }) => OBJECT_ID.includes(typ))?.val;
  return { kind: "allowed", mayAct, ...(actor === undefined ? {} : { actor }) };
}

/** On one's own machine, and called from there by a name that only leads there (a website can have others lead there too). */
function ownMachine({ isInAzure }: Place, { host, forwardedFor }: Caller): Access {
  if (isInAzure || !isLoopback(host)) return { kind: "off" };
  // The local host tells who is connected. One that does not (Azure's own tools listen on every address) is not believed.
  const connected = forwardedFor?.split(",").at(-1)?.trim();
  const isHere = connected !== undefined && isLoopback(withoutPort(connected));
  return isHere ? { kind: "allowed", mayAct: true } : { kind: "off" };
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host === "[::1]" || /^(?:::ffff:)?127(?:\.\d{1,3}){3}$/.test(host);
}

function withoutPort(address: string): string {
  const [, bracketed] = /^\[(.+)\](?::\d+)?$/.exec(address) ?? [];
  return bracketed ?? address.replace(/:\d+$/, "");
}

function readPrincipal(header: string) {
  try {
    return principalSchema.safeParse(JSON.parse(Buffer.from(header, "base64").toString("utf8"))).data;
  } catch {
    return undefined;
  }
}

/** Where this process runs. Functions on Flex Consumption may have no instance id, but a pod and a host of their own. */
export function placeOf(auth: "entra" | undefined, environment: Readonly<Record<string, string | undefined>>): Place {
  const marks = ["WEBSITE_INSTANCE_ID", "WEBSITE_SITE_NAME", "WEBSITE_SKU", "WEBSITE_POD_NAME", "LEGION_SERVICE_HOST"];
  return {
    auth,
    isInAzure: marks.some((mark) => (environment[mark] ?? "") !== ""),
    isAuthenticated: environment.WEBSITE_AUTH_ENABLED?.toLowerCase() === "true",
  };
}

/**
 * Whether a call that changes something, or carries what is searched for, comes from the page itself: browsers say so in
 * Sec-Fetch-Site, which no page can set, and another site cannot send JSON without being asked first (which nobody answers).
 */
export function isFromPage(site: string | null, contentType: string | null): boolean {
  return site === "same-origin" && /^application\/json\b/i.test(contentType ?? "");
}
