// Who may see the dashboard and who may act: nobody by what they say of themselves.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Access, accessOf, isFromPage, placeOf, ROLES } from "../../shared/dashboard/access.ts";
import { aPrincipal } from "../builders/principal.ts";

const HERE = { host: "127.0.0.1", forwardedFor: "127.0.0.1:5000", principal: null };
const FAR = { host: "letters.example", forwardedFor: "203.0.113.7:443", principal: null };
const kindOf = (access: Access) => access.kind;

describe("without a setting", () => {
  const own = placeOf(undefined, {});

  it.each(["127.0.0.1", "127.9.9.9", "localhost", "[::1]"])("is open on one's own machine, called as %s", (host) => {
    expect(accessOf(own, { ...HERE, host })).toEqual({ kind: "allowed", mayAct: true });
    expect(accessOf(own, { ...HERE, host, forwardedFor: "[::ffff:127.0.0.1]:5000" })).toMatchObject({
      kind: "allowed",
    });
  });

  it("is off by any other name, which somebody may have led to this machine", () => {
    for (const host of ["letters.example", "127.0.0.1.letters.example", "localhost.letters.example", "0.0.0.0", ""]) {
      expect(accessOf(own, { ...HERE, host }), host).toEqual({ kind: "off" });
    }
  });

  it("is off for who is connected from elsewhere, whatever they say before that, and where nobody says who is connected", () => {
    for (const forwardedFor of [
      null,
      "203.0.113.7:443",
      "127.0.0.1, 203.0.113.7:443",
      "127.0.0.1, [2001:db8::1]:443",
    ]) {
      expect(accessOf(own, { ...HERE, forwardedFor }), forwardedFor ?? "nobody says").toEqual({ kind: "off" });
    }
  });

  it.each(["WEBSITE_INSTANCE_ID", "WEBSITE_SITE_NAME", "WEBSITE_SKU", "WEBSITE_POD_NAME"])(
    "is off in Azure, which is known by %s",
    (mark) => {
      expect(accessOf(placeOf(undefined, { [mark]: "x", WEBSITE_AUTH_ENABLED: "True" }), HERE)).toEqual({
        kind: "off",
      });
    },
  );
});

describe("with Entra", () => {
  const vouched = placeOf("entra", { WEBSITE_SITE_NAME: "app", WEBSITE_AUTH_ENABLED: "True" });
  const as = (...roles: string[]) => accessOf(vouched, { ...FAR, principal: aPrincipal({ roles }) });

  it("asks who has not signed in to do so", () => {
    expect(accessOf(vouched, FAR)).toEqual({ kind: "signIn" });
  });

  it("lets app roles in, and notes who it is", () => {
    const actor = "3f2504e0-4f89-11d3-9a0c-0305e82c3301";
    expect(as(ROLES.read)).toEqual({ kind: "allowed", mayAct: false, actor });
    expect(as(ROLES.act)).toEqual({ kind: "allowed", mayAct: true, actor });
    expect(as(ROLES.read, ROLES.act)).toMatchObject({ mayAct: true });
  });

  it("refuses everybody else, and says why", () => {
    expect(as()).toMatchObject({ kind: "refused" });
    expect(as("Letters.Write", "letters.act")).toMatchObject({ kind: "refused" });
    for (const principal of ["", "{}", "bm90IGpzb24=", aPrincipal({ roles: [ROLES.act], provider: "github" })]) {
      expect(kindOf(accessOf(vouched, { ...FAR, principal })), principal).toBe("refused");
    }
  });

  it("lets nobody in by a header while the platform's authentication is off", () => {
    const said = fc.record({
      host: fc.constantFrom("127.0.0.1", "localhost", "letters.example"),
      forwardedFor: fc.constantFrom(null, "127.0.0.1:5000", "203.0.113.7:443"),
      principal: fc.constantFrom(null, aPrincipal({ roles: [ROLES.act] }), aPrincipal({ roles: [ROLES.read] })),
    });
    const environments = fc.constantFrom({}, { WEBSITE_AUTH_ENABLED: "False" }, { WEBSITE_SITE_NAME: "app" });
    fc.assert(
      fc.property(environments, said, (environment, caller) => {
        expect(kindOf(accessOf(placeOf("entra", environment), caller))).toBe("refused");
      }),
    );
  });
});

it("takes questions and actions from the page alone", () => {
  expect(isFromPage("same-origin", "application/json; charset=utf-8")).toBe(true);
  // Another site, an address typed in, a browser or program that does not say; a form, which may be sent from anywhere.
  for (const site of ["cross-site", "same-site", "none", null])
    expect(isFromPage(site, "application/json")).toBe(false);
  for (const type of ["text/plain", "application/x-www-form-urlencoded", null]) {
    expect(isFromPage("same-origin", type)).toBe(false);
  }
});
