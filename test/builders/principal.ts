// X-MS-CLIENT-PRINCIPAL, as App Service Authentication sets it.

/** Somebody whom Entra has signed in. */
export function aPrincipal({
  roles,
  provider = "aad",
}: {
  readonly roles: readonly string[];
  readonly provider?: string;
}): string {
  const claims = [
    {
      typ: "http://schemas.microsoft.com/identity/claims/objectidentifier",
      val: "3f2504e0-4f89-11d3-9a0c-0305e82c3301",
    },
    { typ: "preferred_username", val: "kari@agency.example" },
    ...roles.map((val) => ({ typ: "roles", val })),
  ];
  const principal = { auth_typ: provider, name_typ: "name", role_typ: "roles", claims };
  return Buffer.from(JSON.stringify(principal)).toString("base64");
}
