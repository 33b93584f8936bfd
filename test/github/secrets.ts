// SPDX-License-Identifier: Apache-2.0
import { NO_CONTENT, notFound, ok, unprocessable } from './reply.ts';
import type { Fields, Reply } from './reply.ts';
import { ADMIN } from './call.ts';
import type { Call, Route } from './call.ts';
import { environmentOf } from './environments.ts';
import type { Secret } from './state.ts';

const REPOSITORY = '/repos/{owner}/{repo}/actions/secrets';
const ENVIRONMENT = '/repos/{owner}/{repo}/environments/{environment_name}/secrets';

/** Secrets, sent in sealed boxes. The fake opens them, so that tests see what was meant. */
export const secretRoutes: readonly Route[] = [
  ...routesOf(REPOSITORY, (call) => call.repository.secrets),
  ...routesOf(ENVIRONMENT, (call) => environmentOf(call).secrets),
];

function routesOf(path: string, secretsOf: (call: Call) => Map<string, Secret>): readonly Route[] {
  const named = (call: Call): Secret => {
    const secret = secretsOf(call).get(call.param('secret_name').toUpperCase());
    if (secret === undefined) throw notFound();
    return secret;
  };
  return [
    { method: 'GET', path, need: ADMIN, handle: (call) => call.pageOf('secrets', [...secretsOf(call).values()], secretShape) },
    { method: 'GET', path: `${path}/public-key`, need: ADMIN, handle: (call) => (secretsOf(call), publicKey()) },
    { method: 'GET', path: `${path}/{secret_name}`, need: ADMIN, handle: (call) => ok(secretShape(named(call))) },
    { method: 'PUT', path: `${path}/{secret_name}`, need: ADMIN, handle: (call) => put(call, secretsOf(call)) },
    {
      method: 'DELETE',
      path: `${path}/{secret_name}`,
      need: ADMIN,
      handle: (call) => {
        secretsOf(call).delete(named(call).name);
        return NO_CONTENT;
      },
    },
  ];
}

function secretShape(secret: Secret): Fields {
  return { name: secret.name, created_at: secret.createdAt, updated_at: secret.createdAt };
}

const KEY_ID = '568250167242549743';
let box: { readonly publicKey: Uint8Array; readonly open: (sealed: Uint8Array) => Uint8Array } | null = null;

/** Loaded when first used: most tests never ask. */
async function sealedBox(): Promise<NonNullable<typeof box>> {
  const { default: sodium } = await import('libsodium-wrappers');
  await sodium.ready;
  const { publicKey: key, privateKey } = sodium.crypto_box_keypair();
  box ??= { publicKey: key, open: (sealed) => sodium.crypto_box_seal_open(sealed, key, privateKey) };
  return box;
}

async function publicKey(): Promise<Reply> {
  const { publicKey: key } = await sealedBox();
  return ok({ key_id: KEY_ID, key: Buffer.from(key).toString('base64') });
}

async function put(call: Call, secrets: Map<string, Secret>): Promise<Reply> {
  const { open } = await sealedBox();
  if (call.text('key_id') !== KEY_ID) throw unprocessable('The key_id is not the id of the latest public key.');
  const name = call.param('secret_name').toUpperCase();
  if (!/^[A-Z_][A-Z0-9_]*$/.test(name) || name.startsWith('GITHUB_'))
    throw unprocessable('Secret names can only contain alphanumeric characters');
  let value: string;
  try {
    value = Buffer.from(open(Buffer.from(call.text('encrypted_value') ?? '', 'base64'))).toString();
  } catch {
    throw unprocessable('The encrypted_value is not a sealed box for this key.');
  }
  const isNew = !secrets.has(name);
  secrets.set(name, { name, value, createdAt: call.world.now() });
  return isNew ? { status: 201, body: {} } : NO_CONTENT;
}
