// A real OpenID Connect provider for the tests: `node oidc_provider.mjs <port> <redirect uri>` in a folder with the
// npm package oidc-provider. Whatever name is typed into its own sign-in form becomes an account of that name.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const require = createRequire(pathToFileURL(`${process.cwd()}/`));
const { Provider } = await import(pathToFileURL(require.resolve("oidc-provider")));
const [port, redirectUri] = process.argv.slice(2);

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{ client_id: "bersinar", client_secret: "a secret of the tests", redirect_uris: [redirectUri] }],
  claims: { openid: ["sub"], profile: ["preferred_username", "groups"] },
  conformIdTokenClaims: false,
  findAccount: (_context, id) => ({
    accountId: id,
    claims: () => ({ sub: id, preferred_username: id, groups: id === "orang.luar" ? [] : ["bnnk-depok", "p2m"] }),
  }),
  cookies: { keys: ["cookies of the tests"] },
});
provider.listen(Number(port), "127.0.0.1", () => console.log("ready"));
