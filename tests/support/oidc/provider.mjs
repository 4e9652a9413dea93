// A provider of OpenID Connect on loopback: node provider.mjs PORT REDIRECT_URI CLIENT_ID CLIENT_SECRET
// Whoever signs in with an address has it verified, unless it begins with "unverified".
import { Provider } from "oidc-provider";

const [port, redirectUri, clientId, clientSecret] = process.argv.slice(2);
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{ client_id: clientId, client_secret: clientSecret, redirect_uris: [redirectUri] }],
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
  cookies: { keys: ["a key of the tests"] },
  pkce: { required: () => true },
  findAccount: (_context, login) => ({
    accountId: login,
    claims: () => ({
      sub: login,
      email: login,
      email_verified: !login.startsWith("unverified"),
      name: login.split("@")[0],
    }),
  }),
});
provider.listen(Number(port), "127.0.0.1");
