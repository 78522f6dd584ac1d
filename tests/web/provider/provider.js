// A real OpenID provider (the npm package oidc-provider) with its own sign-in pages, for tests.
// Arguments: the port, the callback of Markaz. Prints "ready" once it answers. Any login name is an account.
import { Provider } from 'oidc-provider';

const [port, callback] = process.argv.slice(2);
const accounts = {
  amal: { email: 'Amal@Example.org', email_verified: true, name: 'Amal from the provider' },
  invited: { email: 'invited@example.org', email_verified: true, name: 'Invited One' },
  stranger: { email: 'stranger@example.org', email_verified: true, name: 'Stranger' },
  unverified: { email: 'amal@example.org', email_verified: false, name: 'Impostor' },
};
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{
    client_id: 'markaz', client_secret: 'a-secret-of-the-tests-that-is-long-enough', redirect_uris: [callback],
    grant_types: ['authorization_code'], response_types: ['code'],
  }],
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
  pkce: { required: () => true },
  cookies: { keys: ['the tests'] },
  findAccount: (ctx, id) => ({ accountId: id, claims: async () => ({ sub: id, ...accounts[id] }) }),
});
provider.listen(Number(port), '127.0.0.1', () => console.log('ready'));
