// The provider as its authors ship it, with a few users: the sign-in pages are its own.
const [, , port, client, secret, redirect] = process.argv;
(async () => {
  const { default: Provider } = await import(require('node:url').pathToFileURL(require.resolve('oidc-provider')).href);
  const users = { paula: ['hub-admins', 'others'], vic: ['lookers'], nina: ['others'], tim: ['till-operators', 'scale-lookers', 'others'] };
  const provider = new Provider(`http://127.0.0.1:${port}`, {
    clients: [{ client_id: client, client_secret: secret, redirect_uris: [redirect], grant_types: ['authorization_code'], response_types: ['code'] }],
    claims: { openid: ['sub'], profile: ['preferred_username', 'groups'] },
    findAccount: (_, id) => ({ accountId: id, claims: async () => ({ sub: id, preferred_username: id, groups: users[id] ?? [] }) }),
    cookies: { keys: ['for tests'] },
    pkce: { required: () => true },
    features: { devInteractions: { enabled: true } },
  });
  provider.listen(Number(port), '127.0.0.1', () => console.log('listening'));
})();
